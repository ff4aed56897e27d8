package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.message.GroupUnreadStore;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Reads who is in groups, and in which groups somebody is; pages by index. */
public final class GroupRoster {
  /** Most members of a page by offset. */
  public static final int MAX_PAGE = 6_000;

  /** Most members of a page by cursor. */
  public static final int MAX_CURSOR_PAGE = 100;

  private static final GroupUnreadStore.Unread NO_NEWS = new GroupUnreadStore.Unread(0, true);

  private final Regions regions;
  private final AccountService accounts;
  private final RosterStore store;
  private final LiveRooms rooms;
  private final GroupService groups;
  private final Clock clock;
  private final GroupUnreadStore news = new GroupUnreadStore();

  GroupRoster(
      Regions regions,
      AccountService accounts,
      RosterStore store,
      LiveRooms rooms,
      GroupService groups,
      Clock clock) {
    this.regions = regions;
    this.accounts = accounts;
    this.store = store;
    this.rooms = rooms;
    this.groups = groups;
    this.clock = clock;
  }

  /**
   * A member as it is shown.
   *
   * @param muteUntil UNIX seconds, 0 when not muted, 4294967295 for ever
   */
  public record Listed(GroupMember member, String userId, long muteUntil) {}

  /** A page by cursor; {@code next} is empty at the end. */
  public record Page(List<Listed> members, String next) {}

  /**
   * How far all topics of a community have come, and somebody in them.
   *
   * @param nextSeq one more than the messages of all topics
   * @param readSeq messages of all topics that were read
   */
  public record TopicTotals(long nextSeq, long readSeq) {
    static final TopicTotals NONE = new TopicTotals(1, 0);
  }

  /** A group of somebody's, with its membership; a live room has none. */
  public record Joined(
      GroupRow row, Optional<GroupMember> self, long muteUntil, TopicTotals topics, long unread) {}

  /** Members in the order of joining. */
  public List<Listed> page(App app, Group group, Set<Role> roles, int offset, int limit) {
    List<Listed> page = new ArrayList<>();
    each(app, group, roles, offset, limit, page::add);
    return page;
  }

  /** The same, one by one, for who may have enough before the end; {@code each} may throw. */
  public void each(
      App app, Group group, Set<Role> roles, int offset, int limit, Consumer<Listed> each) {
    long now = clock.instant().getEpochSecond();
    regions
        .of(app)
        .read(
            connection -> {
              store.page(connection, group.id(), roles, offset, limit, now, each);
              return null;
            });
  }

  /**
   * Members behind a cursor, in the order of joining; one who is there all the time is not missed.
   *
   * @param cursor empty for the first page
   * @throws ImException GROUP_INVALID_PARAMETER for a cursor that is none of ours
   */
  public Page page(App app, Group group, Set<Role> roles, String cursor, int limit) {
    RosterStore.Place after = RosterStore.Place.parse(cursor);
    long now = clock.instant().getEpochSecond();
    List<Listed> found =
        regions
            .of(app)
            .read(connection -> store.behind(connection, group.id(), roles, after, limit + 1, now));
    if (found.size() <= limit) {
      return new Page(found, "");
    }
    List<Listed> page = List.copyOf(found.subList(0, limit));
    return new Page(page, RosterStore.Place.of(page.getLast().member()).toString());
  }

  /** Those of the accounts that are members, in the order given. */
  public List<Listed> some(App app, Group group, Collection<String> userIds) {
    Map<String, Account> named = accounts.findAll(app, new LinkedHashSet<>(userIds));
    List<Long> ids = named.values().stream().map(Account::id).toList();
    long now = clock.instant().getEpochSecond();
    Map<String, Listed> found = new LinkedHashMap<>();
    regions
        .of(app)
        .read(connection -> store.some(connection, group.id(), ids, now))
        .forEach(listed -> found.put(listed.userId(), listed));
    return named.keySet().stream().filter(found::containsKey).map(found::get).toList();
  }

  /** The roles of accounts; one that is no member is missing. */
  public Map<String, Role> roles(App app, Group group, Collection<String> userIds) {
    Map<String, Account> named = accounts.findAll(app, new LinkedHashSet<>(userIds));
    Map<Long, GroupMember> found =
        groups.members(app, group, named.values().stream().map(Account::id).toList());
    Map<String, Role> roles = new LinkedHashMap<>();
    named.forEach(
        (userId, account) -> {
          GroupMember member = found.get(account.id());
          if (member != null) {
            roles.put(userId, member.role());
          }
        });
    return roles;
  }

  /** Which groups of somebody's are wanted. */
  public record Wanted(
      Optional<GroupType> type,
      Optional<Boolean> supportTopic,
      boolean liveRooms,
      boolean inactive) {}

  /** The groups an account is in, in the order of joining; live rooms last. */
  public List<Joined> joined(App app, String userId, Wanted wanted) {
    Account account =
        accounts
            .find(app, userId)
            .orElseThrow(() -> new ImException(ErrorCode.GROUP_ACCOUNT_NOT_FOUND));
    long now = clock.instant().getEpochSecond();
    List<RosterStore.Membership> memberships =
        regions.of(app).read(connection -> store.of(connection, account.id(), now));
    List<Long> ids =
        new ArrayList<>(memberships.stream().map(each -> each.member().groupId()).toList());
    List<Long> live = wanted.liveRooms() ? rooms.roomsOf(app, account.id()) : List.of();
    ids.addAll(live);
    Map<Long, GroupRow> rows = groups.readByIds(app, ids);
    Map<Long, GroupUnreadStore.Unread> unread =
        memberships.isEmpty()
            ? Map.of()
            : regions.of(app).read(connection -> news.unreadOfGroups(connection, account.id()));
    List<Joined> joined = new ArrayList<>();
    Map<Long, TopicTotals> topics =
        wanted.supportTopic().orElse(false)
            ? regions.of(app).read(c -> store.topicTotals(c, account.id(), ids))
            : Map.of();
    for (RosterStore.Membership each : memberships) {
      GroupRow row = rows.get(each.member().groupId());
      if (row != null && fits(row.group(), wanted)) {
        joined.add(
            new Joined(
                row,
                Optional.of(each.member()),
                each.muteUntil(),
                topics.getOrDefault(row.group().id(), TopicTotals.NONE),
                unread.getOrDefault(row.group().id(), NO_NEWS).count()));
      }
    }
    for (long id : live) {
      GroupRow row = rows.get(id);
      if (row != null && fits(row.group(), wanted)) {
        joined.add(new Joined(row, Optional.empty(), 0, TopicTotals.NONE, 0));
      }
    }
    return joined;
  }

  private static boolean fits(Group group, Wanted wanted) {
    return (group.active() || wanted.inactive())
        && wanted.type().map(type -> type.name().equals(group.type().name())).orElse(true)
        && wanted
            .supportTopic()
            .map(topics -> group.type().isCommunity() && group.supportTopic() == topics)
            .orElse(true);
  }
}
