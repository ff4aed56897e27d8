package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What operators do about groups, by the rules that hold over REST. */
public final class GroupOperations {
  private final GroupServices services;
  private final GroupSearch search;

  GroupOperations(GroupServices services, GroupSearch search) {
    this.services = services;
    this.search = search;
  }

  /**
   * A page of groups.
   *
   * @param next where it goes on; empty at the end
   */
  public record Page(List<GroupRow> groups, Optional<String> next) {}

  /** What of a profile is to be changed; what is empty stays. */
  public record Change(
      Optional<String> name,
      Optional<String> introduction,
      Optional<String> notification,
      Optional<Boolean> muteAll) {}

  /**
   * Groups whose id begins so, by id.
   *
   * @param after id of the last group of the page before; empty for the first
   */
  public Page byId(App app, String prefix, String after, int limit) {
    List<String> ids = search.byId(app, prefix, after, limit + 1);
    boolean more = ids.size() > limit;
    List<String> page = more ? ids.subList(0, limit) : ids;
    return new Page(rows(app, page), more ? Optional.of(page.getLast()) : Optional.empty());
  }

  /**
   * Groups of a type in the order of their creation.
   *
   * @param after where the page before went on; empty for the first
   * @throws ImException GROUP_INVALID_PARAMETER when there is no such type
   */
  public Page byType(App app, String type, String after, int limit) {
    long place = after.matches("[0-9]{1,18}") ? Long.parseLong(after) : 0;
    var page = search.byType(app, type(app, type), place, limit);
    return new Page(
        rows(app, page.groupIds()),
        page.next() == 0 ? Optional.empty() : Optional.of(Long.toString(page.next())));
  }

  /**
   * A group with its numbers.
   *
   * @throws ImException GROUP_NOT_FOUND
   */
  public GroupRow get(App app, String groupId) {
    Group group = services.groups().require(app, groupId);
    return Optional.ofNullable(services.groups().read(app, List.of(groupId)).get(groupId))
        .orElseGet(() -> new GroupRow(group, new GroupNumbers(0, 0, 0, 0)));
  }

  /** GroupIDs by conversation, as long as something of the groups is left. */
  public Map<Long, String> ids(App app, Collection<Long> conversationIds) {
    Map<Long, String> ids = new HashMap<>();
    services.groups().refs(app, conversationIds).forEach((id, ref) -> ids.put(id, ref.groupId()));
    return ids;
  }

  /** How many are in a live room now. */
  public int online(App app, Group group) {
    return services.rooms().online(app, group);
  }

  /** Members behind a cursor, in the order of joining. */
  public GroupRoster.Page members(App app, Group group, String cursor, int limit) {
    return services.roster().page(app, group, EnumSet.allOf(Role.class), cursor, limit);
  }

  /** The live accounts of those internal ids. */
  public Map<Long, Account> accounts(App app, Collection<Long> ids) {
    return services.accounts().findByIds(app, ids);
  }

  /** Makes a group. */
  public Group create(
      App app,
      Actor actor,
      String type,
      Optional<String> groupId,
      String name,
      Optional<String> owner) {
    return services
        .creation()
        .create(
            app,
            actor,
            new NewGroup(
                type(app, type),
                groupId,
                new GroupTexts(name, "", "", ""),
                owner,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                List.of(),
                false,
                false,
                OptionalLong.empty(),
                OptionalLong.empty(),
                false));
  }

  /** Changes the profile. */
  public void change(App app, Actor actor, Group group, Change wanted) {
    services
        .profiles()
        .modify(
            app,
            actor,
            group,
            new ProfileChange(
                wanted.name(),
                wanted.introduction(),
                wanted.notification(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                wanted.muteAll(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of()));
  }

  /** Gives the group to another of its members. */
  public void transfer(App app, Actor actor, Group group, String owner) {
    services.profiles().transfer(app, actor, group, owner);
  }

  /** Adds members; those who are in already are passed over. */
  public void add(App app, Actor actor, Group group, List<String> userIds) {
    var _ = services.membership().add(app, actor, group, userIds, false);
  }

  /** Removes members. */
  public void remove(App app, Actor actor, Group group, List<String> userIds) {
    services.leaving().remove(app, actor, group, userIds, false, "");
  }

  /** Silences members for so many seconds, or ends that with 0. */
  public void mute(App app, Actor actor, Group group, List<String> userIds, long seconds) {
    services.mutes().mute(app, actor, group, userIds, seconds);
  }

  /** Dissolves the group, whatever its type. */
  public void dissolve(App app, Actor actor, Group group) {
    services.dissolution().dissolve(app, actor, group);
  }

  private GroupType type(App app, String name) {
    return services
        .groups()
        .types()
        .named(app, name)
        .orElseThrow(
            () -> new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "no such type of group"));
  }

  private List<GroupRow> rows(App app, List<String> ids) {
    Map<String, GroupRow> rows = services.groups().read(app, ids);
    List<GroupRow> ordered = new ArrayList<>();
    for (String id : ids) {
      Optional.ofNullable(rows.get(id)).ifPresent(ordered::add);
    }
    return ordered;
  }
}
