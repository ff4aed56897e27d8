package im.palisade.server.relation;

import java.util.Map;

/**
 * An entry of an account's friend list.
 *
 * @param userId the friend's
 * @param addTime UNIX seconds
 * @param lists one bit per named list of the owner
 * @param custom values by full tag
 */
public record Friend(
    long ownerId,
    long friendId,
    String userId,
    long addTime,
    int lists,
    String remark,
    String source,
    String wording,
    Map<String, String> custom) {
  public Friend {
    custom = Map.copyOf(custom);
  }

  Friend withLists(int mask) {
    return new Friend(ownerId, friendId, userId, addTime, mask, remark, source, wording, custom);
  }

  Friend withRemark(String text) {
    return new Friend(ownerId, friendId, userId, addTime, lists, text, source, wording, custom);
  }

  Friend withCustom(Map<String, String> values) {
    return new Friend(ownerId, friendId, userId, addTime, lists, remark, source, wording, values);
  }

  /** The same but for its custom fields. */
  boolean hasStandardOf(Friend other) {
    return withCustom(other.custom).equals(other);
  }
}
