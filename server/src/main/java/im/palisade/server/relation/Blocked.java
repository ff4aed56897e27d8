package im.palisade.server.relation;

/**
 * An entry of a blocklist.
 *
 * @param addedAt microseconds since 1970
 */
public record Blocked(long ownerId, long blockedId, String userId, long addedAt) {
  /** UNIX seconds. */
  public long addedSeconds() {
    return addedAt / 1_000_000;
  }
}
