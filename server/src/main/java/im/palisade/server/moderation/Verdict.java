package im.palisade.server.moderation;

/** What should become of a text (K1 {@code Result}), from harmless to worst. */
public enum Verdict {
  PASS("Pass"),
  REVIEW("Review"),
  BLOCK("Block");

  private final String wireName;

  Verdict(String wireName) {
    this.wireName = wireName;
  }

  /** On the wire. */
  public String wireName() {
    return wireName;
  }
}
