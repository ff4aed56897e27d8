package im.palisade.server.callback;

/**
 * A webhook that is sent until it arrives.
 *
 * @param id of its row; 0 before it has one
 * @param lane those of one lane are sent in turn
 * @param createdAt UNIX milliseconds
 * @param attempts that failed
 */
record Kept(long id, long appId, long lane, long createdAt, int attempts, Callback callback) {
  /** The same with another body. */
  Kept with(Callback other) {
    return new Kept(id, appId, lane, createdAt, attempts, other);
  }
}
