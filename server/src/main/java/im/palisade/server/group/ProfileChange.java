package im.palisade.server.group;

import java.util.Map;
import java.util.Optional;

/**
 * What is to become of a group's profile; what is empty stays.
 *
 * @param custom fields to set; an empty value deletes
 */
public record ProfileChange(
    Optional<String> name,
    Optional<String> introduction,
    Optional<String> notification,
    Optional<String> faceUrl,
    Optional<Integer> maxMembers,
    Optional<JoinOption> joinOption,
    Optional<JoinOption> inviteOption,
    Optional<Boolean> muteAll,
    Optional<Boolean> historyBeforeJoin,
    Optional<Boolean> enablePermission,
    Optional<Long> defaultPermission,
    Map<String, String> custom) {

  public ProfileChange {
    custom = Map.copyOf(custom);
  }

  boolean touchesTexts() {
    return name.isPresent()
        || introduction.isPresent()
        || notification.isPresent()
        || faceUrl.isPresent();
  }

  boolean touchesRest() {
    return maxMembers.isPresent()
        || joinOption.isPresent()
        || inviteOption.isPresent()
        || muteAll.isPresent()
        || historyBeforeJoin.isPresent()
        || enablePermission.isPresent()
        || defaultPermission.isPresent();
  }

  GroupTexts texts(GroupTexts present) {
    return new GroupTexts(
        name.orElse(present.name()),
        introduction.orElse(present.introduction()),
        notification.orElse(present.notification()),
        faceUrl.orElse(present.faceUrl()));
  }

  /** The group with these changes; sequence and time of the profile are not moved. */
  Group applied(Group present) {
    GroupType type = present.type();
    return new Group(
        present.id(),
        present.appId(),
        present.groupId(),
        type,
        present.ownerId(),
        texts(present.texts()),
        present.createTime(),
        present.infoSeq(),
        present.lastInfoTime(),
        type.maxMembers() == 0 ? present.maxMembers() : maxMembers.orElse(present.maxMembers()),
        type.allows(Rule.JOIN_SETTABLE)
            ? joinOption.orElse(present.joinOption())
            : present.joinOption(),
        type.allows(Rule.INVITE_SETTABLE)
            ? inviteOption.orElse(present.inviteOption())
            : present.inviteOption(),
        muteAll.orElse(present.muteAll()),
        present.active(),
        present.supportTopic(),
        type.allows(Rule.HISTORY_SETTABLE)
            ? historyBeforeJoin.or(present::historyBeforeJoin)
            : present.historyBeforeJoin(),
        enablePermission.orElse(present.enablePermission()),
        defaultPermission.orElse(
            enablePermission.orElse(false) && present.defaultPermission() == 0
                ? Permit.DEFAULT
                : present.defaultPermission()),
        CustomFields.merged(present.custom(), custom),
        present.version());
  }
}
