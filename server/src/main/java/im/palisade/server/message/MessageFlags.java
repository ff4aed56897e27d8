package im.palisade.server.message;

/** Bits of a stored message's {@code flags}. */
public final class MessageFlags {
  /** The sender's side has a copy. */
  public static final int SENDER_COPY = 1;

  /** The recipient's side has a copy. */
  public static final int RECIPIENT_COPY = 1 << 1;

  public static final int RECALLED = 1 << 2;
  public static final int NEEDS_RECEIPT = 1 << 3;
  public static final int RECEIPT_GIVEN = 1 << 4;
  public static final int EXTENSIBLE = 1 << 5;

  /** Counts toward the recipient's unread. */
  public static final int COUNTED = 1 << 6;

  /** Does not become a conversation's last message. */
  public static final int NOT_LAST = 1 << 7;

  /** Came through REST; without one of the origin bits a client sent it. */
  public static final int FROM_REST = 1 << 8;

  /** The sender chose MsgSeq. */
  public static final int MSG_SEQ_GIVEN = 1 << 9;

  /** Came from another system through REST. */
  public static final int IMPORTED = 1 << 10;

  /** Its content was replaced after sending. */
  public static final int MODIFIED = 1 << 11;

  /** Moderation let it through for somebody to look at. */
  public static final int MARKED = 1 << 12;

  /** Tells of the group itself; no account sent it. */
  public static final int SYSTEM = 1 << 13;

  /** Only some of a group may see it. */
  public static final int TARGETED = 1 << 14;

  /** Its recipient wants no offline push for it. */
  public static final int SILENT = 1 << 15;

  private MessageFlags() {}

  /** Whether a bit is set. */
  public static boolean has(int flags, int bit) {
    return (flags & bit) != 0;
  }
}
