package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Who may not send in a group or topic, and until when (group-semantics §7.9). A mute is of an
 * account, member or not, and survives leaving.
 */
public final class GroupMutes {
  /** The seconds, and the end, that stand for no end on the wire. */
  public static final long FOR_EVER_SECONDS = 0xFFFF_FFFFL;

  private static final long FOR_EVER = Long.MAX_VALUE;

  private final Regions regions;
  private final AccountService accounts;
  private final GroupOrder order;
  private final MemberStore members;
  private final LiveRooms rooms;
  private final Clock clock;

  GroupMutes(
      Regions regions,
      AccountService accounts,
      GroupOrder order,
      MemberStore members,
      LiveRooms rooms,
      Clock clock) {
    this.regions = regions;
    this.accounts = accounts;
    this.order = order;
    this.members = members;
    this.rooms = rooms;
    this.clock = clock;
  }

  /** A mute that still runs; the end is UNIX seconds, or {@link #FOR_EVER_SECONDS}. */
  public record Muted(String userId, long until) {}

  /** Whether a stored end is still to come. */
  public static boolean isRunning(OptionalLong storedUntil, long now) {
    return storedUntil.isPresent() && storedUntil.getAsLong() > now;
  }

  /** A stored end as it stands on the wire: 0 when it has passed. */
  static long shown(long storedUntil, long now) {
    return storedUntil <= now ? 0 : Math.min(storedUntil, FOR_EVER_SECONDS);
  }

  /** The end to store for a mute of so many seconds. */
  static long until(long seconds, long now) {
    return seconds == FOR_EVER_SECONDS ? FOR_EVER : now + seconds;
  }

  /**
   * Mutes accounts instead of what was before; unknown ones are passed over.
   *
   * @param seconds from now; 0 lifts, {@link #FOR_EVER_SECONDS} has no end
   * @throws ImException GROUP_NOT_PERMITTED, also for the app where a type has no mutes
   */
  public void mute(App app, Actor actor, Group group, Collection<String> userIds, long seconds) {
    checkType(group);
    List<Account> named = named(app, userIds);
    long now = clock.instant().getEpochSecond();
    order.change(
        app,
        group,
        changing -> {
          for (Account account : named) {
            permit(changing, actor, account.id());
          }
          set(changing, group.id(), named, seconds, now);
          if (!named.isEmpty()) {
            changing.record(actor, "group.mute", named);
            changing.tip(
                Rule.TIP_MUTE, GroupTips.muted(group, actor.account(), each(named, seconds)));
          }
          return null;
        });
  }

  /** The mutes of a group or topic that still run, the longest first. */
  public List<Muted> list(App app, long conversationId) {
    long now = clock.instant().getEpochSecond();
    return regions.of(app).read(connection -> members.muted(connection, conversationId, now));
  }

  /** Until when an account is muted, as on the wire; 0 when it is not. */
  public long mutedUntil(App app, long conversationId, long accountId) {
    long now = clock.instant().getEpochSecond();
    OptionalLong end =
        regions.of(app).read(connection -> members.muteEnd(connection, conversationId, accountId));
    return shown(end.orElse(0), now);
  }

  List<Account> named(App app, Collection<String> userIds) {
    return List.copyOf(accounts.findAll(app, new LinkedHashSet<>(userIds)).values());
  }

  static void checkType(Group group) {
    if (group.type().least(Rule.MUTE).isEmpty()) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the type has no mutes");
    }
  }

  /** Lets pass whoever may mute that account there. */
  void permit(Changing changing, Actor actor, long accountId) throws SQLException {
    permit(changing, actor, accountId, 0);
  }

  /** The same in one topic; 0 for the group. */
  void permit(Changing changing, Actor actor, long accountId, long topicId) throws SQLException {
    Group group = changing.group();
    if (group.type().isLive() && !actor.forApp()) {
      boolean owns = group.ownerId() == actor.account().id();
      boolean manages =
          owns
              || (rooms.isAdmin(changing.app(), group, actor.account().id())
                  && group.ownerId() != accountId
                  && !rooms.isAdmin(changing.app(), group, accountId));
      if (!manages) {
        throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
      }
      return;
    }
    Standing standing =
        group.enablePermission()
            ? changing.require(actor, Permit.MUTE, topicId)
            : changing.require(actor, Rule.MUTE);
    if (standing != Standing.APP && !standing.above(changing.standing(accountId))) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
  }

  /** Writes mutes within a change. */
  void set(
      Changing changing, long conversationId, Collection<Account> accounts, long seconds, long now)
      throws SQLException {
    List<Long> ids = accounts.stream().map(Account::id).toList();
    if (seconds == 0) {
      members.unmute(changing.connection(), conversationId, ids);
    } else {
      members.mute(changing.connection(), conversationId, ids, until(seconds, now));
      changing.rightsLost();
    }
  }

  static Map<Account, Long> each(Collection<Account> accounts, long seconds) {
    Map<Account, Long> each = new LinkedHashMap<>();
    accounts.forEach(account -> each.put(account, seconds));
    return each;
  }
}
