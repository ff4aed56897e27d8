package im.palisade.server.moderation;

/** What a hit of a local word does to the text: its {@code FilterType}. */
public enum WordAction {
  /** The hit gives way to the replacement. */
  REPLACE(1),
  /** The text is refused. */
  BLOCK(2),
  /** The text passes, and a message waits for somebody to look at it; an extension of ours. */
  MARK(3);

  private final int code;

  WordAction(int code) {
    this.code = code;
  }

  /** On the wire and in the store. */
  public int code() {
    return code;
  }

  /** The action of that code; a code that is none stands for replacing. */
  static WordAction ofCode(int code) {
    return code == BLOCK.code ? BLOCK : code == MARK.code ? MARK : REPLACE;
  }
}
