package im.palisade.server.moderation;

/** How a local word is matched: its {@code WordType}. */
public enum WordKind {
  /** As it stands, wherever it occurs. */
  WORD(1, 100, 3_000),
  /** A regular expression in RE2 syntax, which is matched in linear time. */
  EXPRESSION(2, 256, 200);

  private final int code;
  private final int maxBytes;
  private final int maxPerApp;

  WordKind(int code, int maxBytes, int maxPerApp) {
    this.code = code;
    this.maxBytes = maxBytes;
    this.maxPerApp = maxPerApp;
  }

  /** On the wire and in the store. */
  public int code() {
    return code;
  }

  /** Longest keyword in UTF-8 bytes. */
  public int maxBytes() {
    return maxBytes;
  }

  /** How many of them an app may have. */
  public int maxPerApp() {
    return maxPerApp;
  }

  /** The kind of that code; a code that is none stands for a word. */
  static WordKind ofCode(int code) {
    return code == EXPRESSION.code ? EXPRESSION : WORD;
  }
}
