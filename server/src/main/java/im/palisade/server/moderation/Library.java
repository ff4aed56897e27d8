package im.palisade.server.moderation;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * The word libraries of the built-in provider: every app has one per verdict. No command makes any,
 * so they are the same everywhere.
 */
public enum Library {
  BLOCK("lib1", "default", "Words that are not let through", Verdict.BLOCK),
  REVIEW("lib2", "review", "Words somebody should look at", Verdict.REVIEW);

  /** Most words in one. */
  public static final int MAX_WORDS = 10_000;

  private final String id;
  private final String title;
  private final String description;
  private final Verdict suggestion;

  Library(String id, String title, String description, Verdict suggestion) {
    this.id = id;
    this.title = title;
    this.description = description;
    this.suggestion = suggestion;
  }

  /** {@code ID}, {@code LibID}. */
  public String id() {
    return id;
  }

  /** {@code LibName}. */
  public String title() {
    return title;
  }

  /** {@code Describe}. */
  public String description() {
    return description;
  }

  /** What a text with one of its words gets. */
  public Verdict suggestion() {
    return suggestion;
  }

  /** The library of that id. */
  public static Optional<Library> find(String id) {
    return Stream.of(values()).filter(library -> library.id.equals(id)).findFirst();
  }
}
