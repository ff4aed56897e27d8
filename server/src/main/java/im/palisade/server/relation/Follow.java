package im.palisade.server.relation;

/**
 * One account follows another.
 *
 * @param followedAt microseconds since 1970
 * @param mutualAt the later of both times when each follows the other, else 0
 */
record Follow(long followerId, long followedId, long followedAt, long mutualAt) {}
