package im.palisade.server.relation;

/**
 * A friend request that waits for approval.
 *
 * @param time UNIX seconds
 * @param both whether approval makes friends of both, or only adds to the requester's list
 * @param list name of the requester's list the friend is to go into, or empty
 */
public record FriendRequest(
    long fromId,
    long toId,
    long time,
    boolean both,
    String list,
    String remark,
    String source,
    String wording) {}
