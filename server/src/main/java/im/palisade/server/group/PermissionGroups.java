package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Permission groups of communities with topics (rest-groups-advanced annex K). */
public final class PermissionGroups {
  /** Most permission groups of a community. */
  public static final int MAX_GROUPS = 50;

  private final Regions regions;
  private final AccountService accounts;
  private final GroupOrder order;
  private final MemberStore members;
  private final TopicStore topics;
  private final PermissionStore store = new PermissionStore();
  private final Clock clock;

  PermissionGroups(
      Regions regions,
      AccountService accounts,
      GroupOrder order,
      MemberStore members,
      TopicStore topics,
      Clock clock) {
    this.regions = regions;
    this.accounts = accounts;
    this.order = order;
    this.members = members;
    this.topics = topics;
    this.clock = clock;
  }

  /** What became of one of several things asked for. */
  public enum Done {
    YES,
    MISSING
  }

  /**
   * Makes one.
   *
   * @return its id
   * @throws ImException GROUP_NOT_PERMITTED, GROUP_ID_IN_USE, GROUP_TOO_MANY_JOINED
   */
  public String create(
      App app,
      Actor actor,
      Group group,
      Optional<String> id,
      String name,
      long permission,
      String customString) {
    check(group);
    id.ifPresent(GroupIds::checkChosenPermission);
    long now = clock.instant().getEpochSecond();
    return order.change(
        app,
        group,
        changing -> {
          changing.require(actor, Permit.MANAGE_PERMISSION_GROUPS);
          if (store.page(changing.connection(), group.id(), 0, MAX_GROUPS).size() >= MAX_GROUPS) {
            throw new ImException(ErrorCode.GROUP_TOO_MANY_JOINED, "too many permission groups");
          }
          String made = id.orElseGet(GroupIds::assignedPermission);
          if (!store.insert(
              changing.connection(), group.id(), made, name, permission, customString, now)) {
            throw new ImException(ErrorCode.GROUP_ID_IN_USE);
          }
          changing.record(actor, "group.update", List.of());
          return made;
        });
  }

  /** Ends some, each for itself; in the order given. */
  public Map<String, Done> destroy(App app, Actor actor, Group group, Collection<String> ids) {
    check(group);
    return order.change(
        app,
        group,
        changing -> {
          changing.require(actor, Permit.MANAGE_PERMISSION_GROUPS);
          Map<String, PermissionGroup> found =
              store.find(changing.connection(), group.id(), new LinkedHashSet<>(ids));
          Map<String, Done> done = new LinkedHashMap<>();
          for (String id : ids) {
            PermissionGroup each = found.get(id);
            done.put(id, each == null ? Done.MISSING : Done.YES);
            if (each != null) {
              store.delete(changing.connection(), each.id());
            }
          }
          if (!found.isEmpty()) {
            changing.rightsLost();
            changing.record(actor, "group.update", List.of());
          }
          return done;
        });
  }

  /**
   * Changes one; what is empty stays.
   *
   * @throws ImException GROUP_NOT_PERMITTED, GROUP_NOT_FOUND
   */
  public void modify(
      App app,
      Actor actor,
      Group group,
      String id,
      Optional<String> name,
      Optional<Long> permission,
      Optional<String> customString) {
    check(group);
    order.change(
        app,
        group,
        changing -> {
          changing.require(actor, Permit.MANAGE_PERMISSION_GROUPS);
          PermissionGroup before = locked(changing, id);
          PermissionGroup after =
              new PermissionGroup(
                  before.id(),
                  id,
                  name.orElse(before.name()),
                  permission.orElse(before.permission()),
                  customString.orElse(before.customString()),
                  before.createTime(),
                  before.members());
          if (!after.equals(before)) {
            store.update(changing.connection(), after);
            changing.rightsLost();
            changing.record(actor, "group.update", List.of());
          }
          return null;
        });
  }

  /** A page behind an internal id, and where it goes on; 0 at the end. */
  public record Page(List<PermissionGroup> groups, long next) {}

  /** All of a community, in the order of their making. */
  public Page page(App app, Group group, long after, int limit) {
    check(group);
    List<PermissionGroup> found =
        regions.of(app).read(c -> store.page(c, group.id(), after, limit + 1));
    boolean more = found.size() > limit;
    List<PermissionGroup> page = more ? found.subList(0, limit) : found;
    return new Page(page, more ? page.getLast().id() : 0);
  }

  /** Those of the names that there are. */
  public Map<String, PermissionGroup> some(App app, Group group, Collection<String> ids) {
    check(group);
    return regions.of(app).read(c -> store.find(c, group.id(), new LinkedHashSet<>(ids)));
  }

  /**
   * Adds members of the community.
   *
   * @return 0, 10013 for one that is in, 10007 for one that is no member; by UserID
   * @throws ImException GROUP_NOT_PERMITTED, GROUP_NOT_FOUND
   */
  public Map<String, Integer> add(
      App app, Actor actor, Group group, String id, Collection<String> userIds) {
    check(group);
    Map<String, Account> named = accounts.findAll(app, new LinkedHashSet<>(userIds));
    return order.change(
        app,
        group,
        changing -> {
          changing.require(actor, Permit.MANAGE_PERMISSION_MEMBERS);
          PermissionGroup to = locked(changing, id);
          List<Long> all = named.values().stream().map(Account::id).toList();
          Set<Long> present = new HashSet<>();
          members
              .find(changing.connection(), group.id(), all)
              .forEach(member -> present.add(member.accountId()));
          Set<Long> in = new HashSet<>(store.membersOf(changing.connection(), to.id(), all));
          Map<String, Integer> results = new LinkedHashMap<>();
          List<Account> added = new ArrayList<>();
          for (String userId : userIds) {
            Account account = named.get(userId);
            if (account == null || !present.contains(account.id())) {
              results.put(userId, ErrorCode.GROUP_NOT_PERMITTED.number());
            } else if (in.contains(account.id())) {
              results.putIfAbsent(userId, ErrorCode.GROUP_ALREADY_MEMBER.number());
            } else if (results.putIfAbsent(userId, 0) == null) {
              added.add(account);
            }
          }
          if (!added.isEmpty()) {
            store.add(
                changing.connection(),
                group.id(),
                to.id(),
                added.stream().map(Account::id).toList());
            changing.record(actor, "group.member.role", added);
          }
          return results;
        });
  }

  /** Takes accounts out; those who are not in are passed over. */
  public void remove(App app, Actor actor, Group group, String id, Collection<String> userIds) {
    check(group);
    List<Account> named = List.copyOf(accounts.findAll(app, new LinkedHashSet<>(userIds)).values());
    order.change(
        app,
        group,
        changing -> {
          changing.require(actor, Permit.MANAGE_PERMISSION_MEMBERS);
          PermissionGroup from = locked(changing, id);
          store.remove(changing.connection(), from.id(), named.stream().map(Account::id).toList());
          changing.rightsLost();
          changing.record(actor, "group.member.role", named);
          return null;
        });
  }

  /** UserIDs of a page, and where it goes on; 0 at the end. */
  public record Members(List<String> userIds, long next) {}

  /**
   * Who is in one.
   *
   * @throws ImException GROUP_NOT_FOUND
   */
  public Members members(App app, Group group, String id, long after, int limit) {
    check(group);
    return regions
        .of(app)
        .read(
            c -> {
              PermissionGroup of = store.find(c, group.id(), id).orElseThrow(this::missing);
              Map<Long, String> found = store.members(c, of.id(), after, limit + 1);
              List<Long> ids = List.copyOf(found.keySet());
              boolean more = ids.size() > limit;
              List<String> names = List.copyOf(found.values());
              return new Members(
                  more ? names.subList(0, limit) : names, more ? ids.get(limit - 1) : 0);
            });
  }

  /**
   * Sets the bits of a permission group in topics.
   *
   * @param only whether topics that have bits already are passed over as done
   * @return what became of each, by topic, in the order given
   * @throws ImException GROUP_NOT_PERMITTED, GROUP_NOT_FOUND
   */
  public Map<String, Done> grant(
      App app, Actor actor, Group group, String id, Map<String, Long> bits, boolean only) {
    return each(
        app,
        actor,
        group,
        id,
        bits.keySet(),
        (changing, to, topic, known) -> {
          if (!only || !known.containsKey(topic.id())) {
            store.setTopic(changing.connection(), to.id(), topic.id(), bits.get(topic.topicId()));
          }
          return Done.YES;
        });
  }

  /** Takes a permission group's bits in topics away. */
  public Map<String, Done> withdraw(
      App app, Actor actor, Group group, String id, Collection<String> topicIds) {
    return each(
        app,
        actor,
        group,
        id,
        new LinkedHashSet<>(topicIds),
        (changing, from, topic, known) -> {
          store.deleteTopic(changing.connection(), from.id(), topic.id());
          return known.containsKey(topic.id()) ? Done.YES : Done.MISSING;
        });
  }

  /**
   * The bits of a permission group in topics that have any, by topic.
   *
   * @param topicIds only these; all when empty
   * @throws ImException GROUP_NOT_FOUND
   */
  public Map<String, Long> topics(App app, Group group, String id, Collection<String> topicIds) {
    check(group);
    return regions
        .of(app)
        .read(
            c -> {
              PermissionGroup of = store.find(c, group.id(), id).orElseThrow(this::missing);
              Map<Long, Long> bits = store.topics(c, of.id());
              Map<String, Long> named = new LinkedHashMap<>();
              for (Topic topic : topics.all(c, group.id())) {
                if (bits.containsKey(topic.id())
                    && (topicIds.isEmpty() || topicIds.contains(topic.topicId()))) {
                  named.put(topic.topicId(), bits.get(topic.id()));
                }
              }
              return named;
            });
  }

  /** What is done with one topic. */
  @FunctionalInterface
  private interface Step {
    Done with(Changing changing, PermissionGroup group, Topic topic, Map<Long, Long> known)
        throws SQLException;
  }

  private Map<String, Done> each(
      App app, Actor actor, Group group, String id, Collection<String> topicIds, Step step) {
    check(group);
    return order.change(
        app,
        group,
        changing -> {
          changing.require(actor, Permit.MANAGE_TOPICS);
          PermissionGroup of = locked(changing, id);
          Map<Long, Long> known = store.topics(changing.connection(), of.id());
          Map<String, Topic> live = new LinkedHashMap<>();
          topics
              .find(changing.connection(), group.id(), topicIds)
              .forEach(topic -> live.put(topic.topicId(), topic));
          Map<String, Done> done = new LinkedHashMap<>();
          for (String topicId : topicIds) {
            Topic topic = live.get(topicId);
            done.put(topicId, topic == null ? Done.MISSING : step.with(changing, of, topic, known));
          }
          changing.rightsLost();
          changing.record(actor, "group.update", List.of());
          return done;
        });
  }

  private PermissionGroup locked(Changing changing, String id) throws SQLException {
    return store.find(changing.connection(), changing.group().id(), id).orElseThrow(this::missing);
  }

  private ImException missing() {
    return new ImException(ErrorCode.GROUP_NOT_FOUND, "no such permission group");
  }

  private static void check(Group group) {
    if (!group.type().allows(Rule.TOPICS)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the type has no permission groups");
    }
    if (!group.supportTopic() || !group.enablePermission()) {
      throw new ImException(ErrorCode.COMMUNITY_OFF, "the community uses no permission groups");
    }
  }
}
