package im.palisade.server.message;

/**
 * A message's row.
 *
 * @param seq the server's number in the conversation
 * @param msgSeq first number of the MsgKey; equals {@code seq} for what clients send
 * @param flags bits of {@link MessageFlags}
 */
public record StoredMessage(
    long conversationId,
    long seq,
    long senderId,
    long time,
    long msgSeq,
    long random,
    int flags,
    MessageBody body) {

  /** Its key. */
  public MsgKey key() {
    return new MsgKey(msgSeq, random, time);
  }

  /** Whether a flag is set. */
  public boolean has(int flag) {
    return MessageFlags.has(flags, flag);
  }
}
