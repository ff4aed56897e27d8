package im.palisade.server.group;

/**
 * What moves with messages and members; always read, never kept.
 *
 * @param lastSeq of the last stored message, tips included; 0 before the first
 * @param lastMsgTime UNIX seconds of the last message, tips not included; 0 before the first
 * @param counted messages so far that count as unread
 */
public record GroupNumbers(int memberCount, long lastSeq, long lastMsgTime, long counted) {
  /** The sequence the next stored message gets. */
  public long nextSeq() {
    return lastSeq + 1;
  }
}
