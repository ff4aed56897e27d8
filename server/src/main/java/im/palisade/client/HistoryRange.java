package im.palisade.client;

/** Which part of a conversation to read. */
public sealed interface HistoryRange {
  /** The newest messages. */
  record Newest() implements HistoryRange {}

  /** The newest messages below a seq. */
  record Before(long seq) implements HistoryRange {}

  /** The oldest messages above a seq. */
  record After(long seq) implements HistoryRange {}
}
