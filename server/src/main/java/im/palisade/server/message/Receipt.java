package im.palisade.server.message;

/**
 * What a sender is told: the message is committed and flushed, or (seq 0) was only for live
 * connections.
 *
 * @param duplicate the answer is that of an earlier message; nothing was stored or delivered now
 */
public record Receipt(long seq, MsgKey key, long senderId, boolean duplicate) {
  /** Added to internal ids so that MsgIds look like the upstream product's. */
  private static final long MSG_ID_BASE = 144_115_188_075_855_872L;

  /** The message's time in UNIX seconds. */
  public long time() {
    return key.time();
  }

  /** {@code MsgId}: unique, opaque to callers. */
  public String msgId() {
    return (MSG_ID_BASE + senderId) + "-" + key.time() + "-" + key.random();
  }
}
