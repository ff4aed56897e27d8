package im.palisade.server.message;

/**
 * A stored message after a change to it.
 *
 * @param message as it was before
 * @param flags bits of {@link MessageFlags} as they are now
 * @param changeSeq the change's number in its conversation; clients resume a sync by it
 */
public record ChangedMessage(StoredMessage message, int flags, long changeSeq) {
  /** Whether a flag is set now. */
  public boolean has(int flag) {
    return MessageFlags.has(flags, flag);
  }
}
