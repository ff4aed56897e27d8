package im.palisade.server.group;

import im.palisade.server.conversation.Conversation;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a group and changes seldom; what every message or join moves stands in {@link
 * GroupNumbers}. Kept in memory, so holding one is no promise: what must not be stale is asked
 * under the conversation's lock.
 *
 * @param id of its conversation; never reused
 * @param groupId the name on the wire, free again after dissolution
 * @param ownerId internal account id, 0 when it has none
 * @param createTime UNIX seconds
 * @param infoSeq one more with every change of the profile
 * @param maxMembers 0 for no limit
 * @param active false for a Work group before its first message
 * @param historyBeforeJoin the group's own word, else that of its type
 * @param custom custom fields that have a value
 * @param version of its conversation: moves when somebody may have lost a right
 */
public record Group(
    long id,
    long appId,
    String groupId,
    GroupType type,
    long ownerId,
    GroupTexts texts,
    long createTime,
    long infoSeq,
    long lastInfoTime,
    int maxMembers,
    JoinOption joinOption,
    JoinOption inviteOption,
    boolean muteAll,
    boolean active,
    boolean supportTopic,
    Optional<Boolean> historyBeforeJoin,
    boolean enablePermission,
    long defaultPermission,
    Map<String, String> custom,
    long version) {

  public Group {
    custom = Map.copyOf(custom);
  }

  /** The conversation its messages are of. */
  public Conversation conversation() {
    return Conversation.group(id, version);
  }

  /** Whether its members see what was before they joined. */
  public boolean showsHistoryBeforeJoin() {
    return historyBeforeJoin.orElseGet(() -> type.allows(Rule.HISTORY_BEFORE_JOIN));
  }

  /** The same after one more change of its profile. */
  Group infoChanged(long now) {
    return with(ownerId, infoSeq + 1, now, active);
  }

  /** The same with another owner; 0 for none. */
  Group owned(long newOwnerId) {
    return with(newOwnerId, infoSeq, lastInfoTime, active);
  }

  /** The same, seen by all its members. */
  Group activated() {
    return with(ownerId, infoSeq, lastInfoTime, true);
  }

  private Group with(long newOwnerId, long newInfoSeq, long newInfoTime, boolean nowActive) {
    return new Group(
        id,
        appId,
        groupId,
        type,
        newOwnerId,
        texts,
        createTime,
        newInfoSeq,
        newInfoTime,
        maxMembers,
        joinOption,
        inviteOption,
        muteAll,
        nowActive,
        supportTopic,
        historyBeforeJoin,
        enablePermission,
        defaultPermission,
        custom,
        version);
  }
}
