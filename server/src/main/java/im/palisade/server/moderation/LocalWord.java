package im.palisade.server.moderation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An entry of an app's own list.
 *
 * @param id 0 before it is stored
 * @param keyword the word or the expression, as it was given
 * @param replacement what a hit gives way to when the action is {@link WordAction#REPLACE}
 */
public record LocalWord(
    long id,
    String keyword,
    WordKind kind,
    WordAction action,
    String replacement,
    Instant updatedAt) {

  /** What a hit gives way to when nothing is said. */
  public static final String DEFAULT_REPLACEMENT = "***";

  /** Longest replacement in UTF-8 bytes. */
  public static final int MAX_REPLACEMENT_BYTES = 256;

  /** What names an entry: its id or, when there is none, keyword and kind. */
  public record Name(OptionalLong id, String keyword, WordKind kind) {}

  /** A page of the list. */
  public record Page(List<LocalWord> words, Counts all, Counts found) {}

  /** How many words and how many expressions. */
  public record Counts(int words, int expressions) {
    int of(WordKind kind) {
      return switch (kind) {
        case WORD -> words;
        case EXPRESSION -> expressions;
      };
    }
  }

  /** What of a list is asked for. */
  public record Query(Optional<WordAction> action, String part, int offset, int limit) {}
}
