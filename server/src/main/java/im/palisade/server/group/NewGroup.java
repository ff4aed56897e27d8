package im.palisade.server.group;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A group to make. Lengths and words are checked by whoever reads them; the rest by {@link
 * GroupCreation}.
 *
 * @param groupId chosen by the app; assigned when empty
 * @param owner its UserID
 * @param maxMembers at most the type's; that when empty
 * @param createTime UNIX seconds of an import; now when empty
 * @param imported from another system: nobody is told, and it is active from the start
 */
public record NewGroup(
    GroupType type,
    Optional<String> groupId,
    GroupTexts texts,
    Optional<String> owner,
    OptionalInt maxMembers,
    Optional<JoinOption> joinOption,
    Optional<JoinOption> inviteOption,
    Map<String, String> custom,
    List<Initial> members,
    boolean supportTopic,
    boolean enablePermission,
    OptionalLong defaultPermission,
    OptionalLong createTime,
    boolean imported) {

  /** A member from the start. */
  public record Initial(String userId, boolean admin, Map<String, String> custom) {
    public Initial {
      custom = Map.copyOf(custom);
    }
  }

  public NewGroup {
    custom = Map.copyOf(custom);
    members = List.copyOf(members);
  }
}
