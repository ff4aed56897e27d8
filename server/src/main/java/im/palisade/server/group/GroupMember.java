package im.palisade.server.group;

import java.util.Map;

/**
 * A present member of a stored group.
 *
 * @param accountId internal account id
 * @param joinTime UNIX seconds
 * @param fromSeq the first message that came after joining
 * @param readSeq up to where it has read
 * @param clearSeq up to where it has cleared the conversation
 * @param hiddenSeq up to where the conversation is off its list
 * @param nameCard may be empty
 * @param lastSendTime UNIX seconds of its last message; 0 when it never sent one
 * @param custom custom fields that have a value
 */
public record GroupMember(
    long groupId,
    long accountId,
    Role role,
    long joinTime,
    long fromSeq,
    long readSeq,
    long clearSeq,
    long hiddenSeq,
    MsgFlag msgFlag,
    String nameCard,
    long lastSendTime,
    Map<String, String> custom) {

  public GroupMember {
    custom = Map.copyOf(custom);
  }

  /** The same in another role. */
  GroupMember as(Role other) {
    return with(other, msgFlag, nameCard, custom);
  }

  GroupMember with(
      Role newRole, MsgFlag newFlag, String newNameCard, Map<String, String> newCustom) {
    return new GroupMember(
        groupId,
        accountId,
        newRole,
        joinTime,
        fromSeq,
        readSeq,
        clearSeq,
        hiddenSeq,
        newFlag,
        newNameCard,
        lastSendTime,
        newCustom);
  }
}
