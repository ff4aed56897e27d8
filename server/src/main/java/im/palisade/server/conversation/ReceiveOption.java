package im.palisade.server.conversation;

/**
 * How one side of a pair receives what the other writes (message-formats §5.6). The codes are
 * stored, and those of {@code MsgFlag} on the wire.
 */
public enum ReceiveOption {
  /** Delivered, pushed, counted. */
  NOTIFY(1),
  /** Delivered and counted, not pushed. */
  SILENT(2),
  /** In the history and nowhere else. */
  DISCARD(3);

  private static final int BITS = 2;
  private static final int MASK = 3;

  private final int code;

  ReceiveOption(int code) {
    this.code = code;
  }

  /** How it is stored. */
  public int code() {
    return code;
  }

  /** The option stored under that code; 0 is nobody's own choice. */
  public static ReceiveOption ofCode(int code) {
    return values()[Math.max(0, code - 1)];
  }

  /** That of one side in a conversation's {@code options}. */
  static ReceiveOption of(int options, int side) {
    return ofCode(options >> shift(side) & MASK);
  }

  /** Where the option of a side stands in a conversation's {@code options}. */
  static int shift(int side) {
    return (side - 1) * BITS;
  }
}
