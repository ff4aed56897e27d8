package im.palisade.server.message;

/** Bits of a stored message's {@code flags}. */
final class MessageFlags {
  /** The sender's side has a copy. */
  static final int SENDER_COPY = 1;

  /** The recipient's side has a copy. */
  static final int RECIPIENT_COPY = 1 << 1;

  static final int RECALLED = 1 << 2;
  static final int NEEDS_RECEIPT = 1 << 3;
  static final int RECEIPT_GIVEN = 1 << 4;
  static final int EXTENSIBLE = 1 << 5;

  /** Counts toward the recipient's unread. */
  static final int COUNTED = 1 << 6;

  /** Does not become a conversation's last message. */
  static final int NOT_LAST = 1 << 7;

  /** Came through REST; without one of the origin bits a client sent it. */
  static final int FROM_REST = 1 << 8;

  /** The sender chose MsgSeq. */
  static final int MSG_SEQ_GIVEN = 1 << 9;

  /** Came from another system through REST. */
  static final int IMPORTED = 1 << 10;

  /** Its content was replaced after sending. */
  static final int MODIFIED = 1 << 11;

  /** Moderation let it through for somebody to look at. */
  static final int MARKED = 1 << 12;

  /** Tells of the group itself; no account sent it. */
  static final int SYSTEM = 1 << 13;

  /** Only some of a group may see it. */
  static final int TARGETED = 1 << 14;

  private MessageFlags() {}

  static boolean has(int flags, int bit) {
    return (flags & bit) != 0;
  }
}
