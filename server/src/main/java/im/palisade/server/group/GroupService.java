package im.palisade.server.group;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.app.App;
import im.palisade.server.message.GroupRef;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds groups and their members. Groups are cached; whatever changes one forgets it after the
 * commit, so a lookup that follows a reply sees the change.
 */
public final class GroupService {
  private static final int CACHED_GROUPS = 100_000;

  private final Regions regions;
  private final GroupTypes types = new GroupTypes();
  private final GroupStore store = new GroupStore(types);
  private final MemberStore members = new MemberStore();
  private final PermissionStore permissions = new PermissionStore();
  private final Cache<Key, Group> cache = Caffeine.newBuilder().maximumSize(CACHED_GROUPS).build();

  public GroupService(Regions regions) {
    this.regions = regions;
  }

  /** The group types of apps. */
  public GroupTypes types() {
    return types;
  }

  /** The live group of that name; one of an impossible form is none. */
  public Optional<Group> find(App app, String groupId) {
    return Optional.ofNullable(
        cache.get(
            new Key(app.appId(), groupId),
            key ->
                regions
                    .of(app)
                    .read(connection -> store.find(connection, app, List.of(groupId)))
                    .stream()
                    .findFirst()
                    .map(GroupRow::group)
                    .orElse(null)));
  }

  /**
   * The live group of that name.
   *
   * @throws ImException GROUP_ID_INVALID, GROUP_NOT_FOUND
   */
  public Group require(App app, String groupId) {
    GroupIds.check(groupId);
    return find(app, groupId).orElseThrow(() -> new ImException(ErrorCode.GROUP_NOT_FOUND));
  }

  /** Forgets what is known of a group, after it has changed or a writer found it changed. */
  public void refresh(App app, String groupId) {
    refresh(app.appId(), groupId);
  }

  void refresh(long appId, String groupId) {
    cache.invalidate(new Key(appId, groupId));
  }

  /** The live groups of those names with their numbers, by name, in one query. */
  public Map<String, GroupRow> read(App app, Collection<String> groupIds) {
    Map<String, GroupRow> found = HashMap.newHashMap(groupIds.size());
    regions
        .of(app)
        .read(connection -> store.find(connection, app, groupIds))
        .forEach(row -> found.put(row.group().groupId(), row));
    return found;
  }

  /** The live groups of those conversations with their numbers, by conversation, in one query. */
  public Map<Long, GroupRow> readByIds(App app, Collection<Long> ids) {
    Map<Long, GroupRow> found = HashMap.newHashMap(ids.size());
    if (!ids.isEmpty()) {
      regions
          .of(app)
          .read(connection -> store.findByIds(connection, app, ids))
          .forEach(row -> found.put(row.group().id(), row));
    }
    return found;
  }

  /**
   * What groups and topics are called outside, by conversation, those that are gone included as
   * long as something of them is left.
   */
  public Map<Long, GroupRef> refs(App app, Collection<Long> conversationIds) {
    return regions.of(app).read(connection -> store.refs(connection, app, conversationIds));
  }

  /** The present member; always read. */
  public Optional<GroupMember> member(App app, Group group, long accountId) {
    return regions.of(app).read(connection -> members.find(connection, group.id(), accountId));
  }

  /** Those of the accounts that are members, by account; always read, in one query. */
  public Map<Long, GroupMember> members(App app, Group group, Collection<Long> accountIds) {
    Map<Long, GroupMember> found = HashMap.newHashMap(accountIds.size());
    regions
        .of(app)
        .read(connection -> members.find(connection, group.id(), accountIds))
        .forEach(member -> found.put(member.accountId(), member));
    return found;
  }

  /** UNIX seconds until which an account may not send in a group or topic; 0 when never muted. */
  public long mutedUntil(App app, Group group, long accountId) {
    return regions
        .of(app)
        .read(connection -> members.muteEnd(connection, group.id(), accountId))
        .orElse(0);
  }

  /**
   * Whether a member's permission groups, or what all members may, grant it something in a
   * community; what its owner may is not asked here.
   */
  public boolean grants(App app, Group group, long accountId, Permit permit) {
    return grants(app, group, 0, accountId, permit);
  }

  /** The same in one of its topics. */
  public boolean grants(App app, Group group, long topicId, long accountId, Permit permit) {
    PermissionStore.Granted granted =
        regions.of(app).read(c -> permissions.granted(c, group.id(), topicId, accountId));
    return permit.in(granted.communityBits() | group.defaultPermission(), granted.topicBits());
  }

  private record Key(long appId, String groupId) {}
}
