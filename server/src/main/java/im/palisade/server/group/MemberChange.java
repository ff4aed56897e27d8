package im.palisade.server.group;

import java.util.Map;
import java.util.Optional;

/**
 * What is to become of a member; what is empty stays.
 *
 * @param role {@link Role#ADMIN} or {@link Role#MEMBER}
 * @param custom fields to set; an empty value deletes
 * @param muteSeconds from now; 0 lifts, {@link GroupMutes#FOR_EVER_SECONDS} has no end
 */
public record MemberChange(
    Optional<Role> role,
    Optional<MsgFlag> msgFlag,
    Optional<String> nameCard,
    Map<String, String> custom,
    Optional<Long> muteSeconds) {
  public MemberChange {
    custom = Map.copyOf(custom);
  }
}
