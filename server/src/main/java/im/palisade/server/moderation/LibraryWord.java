package im.palisade.server.moderation;

import java.time.Instant;

/** A word of a library. */
public record LibraryWord(
    long id, Library library, String content, Label label, Instant createdAt) {

  /** Longest word in UTF-8 bytes. */
  public static final int MAX_BYTES = 100;

  /** As callers see it. */
  public String wireId() {
    return "w" + id;
  }
}
