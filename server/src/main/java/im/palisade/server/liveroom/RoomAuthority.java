package im.palisade.server.liveroom;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.group.Actor;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupHook;
import im.palisade.server.group.GroupHook.Fact;
import im.palisade.server.group.GroupNotices;
import im.palisade.server.group.GroupNotices.Kind;
import im.palisade.server.group.Role;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.stats.Statistics;
import im.palisade.server.store.Counter;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Bans and admins of live rooms (group-semantics §10.6–7); both outlast the room's being empty. */
public final class RoomAuthority {
  /** Most admins of a room. */
  static final int MOST_ADMINS = 5;

  /** The seconds that stand for no end. */
  private static final long FOR_EVER_SECONDS = 0xFFFF_FFFFL;

  private final Regions regions;
  private final AccountService accounts;
  private final SessionDirectory sessions;
  private final Rooms rooms;
  private final RoomTips tips;
  private final GroupHook hook;
  private final LiveRoomStore store;
  private final LiveRoomMetrics metrics;
  private final Statistics statistics;
  private final Clock clock;

  RoomAuthority(
      Regions regions,
      AccountService accounts,
      SessionDirectory sessions,
      Rooms rooms,
      RoomTips tips,
      GroupHook hook,
      LiveRoomStore store,
      LiveRoomMetrics metrics,
      Statistics statistics,
      Clock clock) {
    this.regions = regions;
    this.accounts = accounts;
    this.sessions = sessions;
    this.rooms = rooms;
    this.tips = tips;
    this.hook = hook;
    this.store = store;
    this.metrics = metrics;
    this.statistics = statistics;
    this.clock = clock;
  }

  /**
   * Who acts.
   *
   * @param userId shown as the operator
   * @param cause what audit events of the act share
   */
  public record Operator(String userId, Cause cause) {}

  /** A running ban; {@code until} is {@link #FOR_EVER_SECONDS} for one without end. */
  public record Banned(Account account, long until) {}

  /** A page of bans; {@code next} is where it goes on, 0 at the end. */
  public record BanPage(List<Banned> bans, long next) {}

  /**
   * Puts accounts out of the room and keeps them out. Unknown accounts are passed over.
   *
   * @param seconds 4294967295 for ever
   * @param description shown to those banned
   * @throws ImException GROUP_NOT_PERMITTED for the owner, or when bans are switched off
   */
  public void ban(
      App app,
      Group group,
      Collection<String> userIds,
      long seconds,
      String description,
      Operator by) {
    requireBans(app);
    List<Account> banned = found(app, userIds);
    if (banned.stream().anyMatch(account -> account.id() == group.ownerId())) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the owner cannot be banned");
    }
    if (banned.isEmpty()) {
      return;
    }
    long now = clock.instant().getEpochSecond();
    long until = seconds == FOR_EVER_SECONDS ? Long.MAX_VALUE : now + seconds;
    record Out(Room room, List<String> present) {}
    Out out =
        rooms.changing(
            app,
            group,
            it -> {
              regions
                  .of(app)
                  .inUnitOfWork(
                      unit -> {
                        store.ban(
                            unit.connection(),
                            group.id(),
                            ids(banned),
                            until,
                            clock.millis() * 1000,
                            now);
                        unit.record(
                            by.cause()
                                .event(
                                    "group.member.remove",
                                    Outcome.SUCCESS,
                                    targets(group, banned)));
                        return null;
                      });
              return new Out(it, putOut(it, banned, until));
            });
    EncodedFrame notice =
        GroupNotices.frame(
            Kind.REMOVED,
            group,
            by.userId(),
            Json.object().put("reason", description).put("bannedUntil", wire(until)));
    banned.forEach(account -> tell(account, notice));
    tips.banned(out.room(), by.userId(), banned.stream().map(Account::userId).toList());
    if (!out.present().isEmpty()) {
      hook.told(app, group, new Fact.Left(true, out.present()), by.userId(), by.cause().origin());
    }
  }

  /**
   * The same as the room's owner, or as an admin of it, who has power over neither the owner nor
   * other admins.
   *
   * @throws ImException GROUP_NOT_PERMITTED
   */
  void banAs(
      App app, Group group, Actor by, Collection<String> userIds, long seconds, String reason) {
    long operator = by.account().id();
    Room room = rooms.of(app, group);
    boolean owns = group.ownerId() == operator;
    Set<Long> admins = LiveRoomService.locked(room, () -> Set.copyOf(room.admins()));
    boolean permitted =
        owns
            || (admins.contains(operator)
                && found(app, userIds).stream().noneMatch(each -> admins.contains(each.id())));
    if (!permitted) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
    Cause cause = by.cause().within(app.appId());
    ban(app, group, userIds, seconds, reason, new Operator(by.account().userId(), cause));
  }

  /** Puts them out and returns who was there. */
  private List<String> putOut(Room room, List<Account> banned, long until) {
    List<Session> out = new ArrayList<>();
    List<String> present = new ArrayList<>();
    room.lock().lock();
    try {
      for (Account account : banned) {
        room.ban(account.id(), until);
        Optional<List<Session>> was = room.remove(account.id());
        was.ifPresent(
            sessions -> {
              out.addAll(sessions);
              present.add(account.userId());
            });
        metrics.present.dec(was.isPresent() ? 1 : 0);
        statistics.count(room.app(), Counter.GROUP_QUITS, was.isPresent() ? 1 : 0);
      }
    } finally {
      room.lock().unlock();
    }
    out.forEach(session -> rooms.remove(session, room));
    return present;
  }

  /**
   * Lifts bans; accounts without one are passed over.
   *
   * @throws ImException GROUP_NOT_PERMITTED when bans are switched off
   */
  public void unban(App app, Group group, Collection<String> userIds, Operator by) {
    requireBans(app);
    List<Account> named = found(app, userIds);
    long now = clock.instant().getEpochSecond();
    record Freed(Room room, List<Account> accounts) {}
    Freed done =
        rooms.changing(
            app,
            group,
            room -> {
              List<Account> freed =
                  LiveRoomService.locked(
                      room,
                      () -> named.stream().filter(each -> room.isBanned(each.id(), now)).toList());
              if (!freed.isEmpty()) {
                free(app, group, room, freed, by);
              }
              return new Freed(room, freed);
            });
    if (!done.accounts().isEmpty()) {
      tips.unbanned(
          done.room(), by.userId(), done.accounts().stream().map(Account::userId).toList());
    }
  }

  private void free(App app, Group group, Room room, List<Account> freed, Operator by) {
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              store.unban(unit.connection(), group.id(), ids(freed));
              unit.record(by.cause().event("group.update", Outcome.SUCCESS, targets(group, freed)));
              return null;
            });
    LiveRoomService.locked(
        room,
        () -> {
          freed.forEach(each -> room.unban(each.id()));
          return true;
        });
  }

  /**
   * Running bans, the oldest first.
   *
   * @throws ImException GROUP_NOT_PERMITTED when bans are switched off
   */
  public BanPage bans(App app, Group group, long offset, int limit) {
    requireBans(app);
    long now = clock.instant().getEpochSecond();
    List<LiveRoomStore.Ban> read =
        regions
            .of(app)
            .read(connection -> store.bans(connection, group.id(), now, offset, limit + 1));
    List<LiveRoomStore.Ban> page = read.subList(0, Math.min(limit, read.size()));
    Map<Long, Account> found =
        accounts.findByIds(app, page.stream().map(LiveRoomStore.Ban::accountId).toList());
    return new BanPage(
        page.stream()
            .filter(ban -> found.containsKey(ban.accountId()))
            .map(ban -> new Banned(found.get(ban.accountId()), wire(ban.until())))
            .toList(),
        read.size() > limit ? offset + limit : 0);
  }

  /**
   * Makes accounts admins of the room, or ends that; the owner is passed over.
   *
   * @throws ImException GROUP_ACCOUNT_NOT_FOUND, GROUP_INVALID_PARAMETER when there would be more
   *     than {@value #MOST_ADMINS}; nothing is changed then
   */
  public void changeAdmins(
      App app, Group group, boolean appoints, Collection<String> userIds, Operator by) {
    Set<String> distinct = new LinkedHashSet<>(userIds);
    List<Account> named = found(app, distinct);
    if (named.size() < distinct.size()) {
      throw new ImException(ErrorCode.GROUP_ACCOUNT_NOT_FOUND);
    }
    List<Account> changed =
        rooms.changing(app, group, room -> change(app, group, room, appoints, named, by));
    EncodedFrame notice =
        GroupNotices.frame(
            appoints ? Kind.MADE_ADMIN : Kind.NO_LONGER_ADMIN, group, by.userId(), Json.object());
    changed.forEach(account -> tell(account, notice));
  }

  private List<Account> change(
      App app, Group group, Room room, boolean appoints, List<Account> named, Operator by) {
    Set<Long> before = LiveRoomService.locked(room, () -> new HashSet<>(room.admins()));
    List<Account> changed =
        named.stream()
            .filter(each -> each.id() != group.ownerId() && before.contains(each.id()) != appoints)
            .toList();
    if (appoints && before.size() + changed.size() > MOST_ADMINS) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "more than " + MOST_ADMINS + " admins");
    }
    if (changed.isEmpty()) {
      return changed;
    }
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              if (appoints) {
                store.addAdmins(unit.connection(), group.id(), ids(changed));
              } else {
                store.removeAdmins(unit.connection(), group.id(), ids(changed));
              }
              unit.record(
                  by.cause().event("group.member.role", Outcome.SUCCESS, targets(group, changed)));
              for (Account each : changed) {
                hook.happened(
                    unit,
                    app,
                    group,
                    new Fact.MemberChanged(
                        each.userId(),
                        Optional.of(appoints ? Role.ADMIN : Role.MEMBER),
                        Optional.empty()),
                    by.userId(),
                    by.cause().origin());
              }
              return null;
            });
    LiveRoomService.locked(
        room,
        () ->
            appoints ? room.admins().addAll(ids(changed)) : room.admins().removeAll(ids(changed)));
    return changed;
  }

  /** The room's admins, by internal id. */
  public List<Account> admins(App app, Group group) {
    Room room = rooms.of(app, group);
    List<Long> ids = LiveRoomService.locked(room, () -> room.admins().stream().sorted().toList());
    Map<Long, Account> found = accounts.findByIds(app, ids);
    return ids.stream().filter(found::containsKey).map(found::get).toList();
  }

  private void tell(Account account, EncodedFrame notice) {
    sessions.of(account.id()).forEach(session -> session.send(notice));
  }

  private List<Account> found(App app, Collection<String> userIds) {
    Map<String, Account> found = accounts.findAll(app, new LinkedHashSet<>(userIds));
    return new LinkedHashSet<>(userIds)
        .stream().filter(found::containsKey).map(found::get).toList();
  }

  private static List<Long> ids(List<Account> accounts) {
    return accounts.stream().map(Account::id).toList();
  }

  private static List<Target> targets(Group group, List<Account> accounts) {
    List<Target> targets = new ArrayList<>();
    targets.add(new Target("group", group.groupId()));
    accounts.forEach(account -> targets.add(AccountService.target(account)));
    return targets;
  }

  private static long wire(long until) {
    return Math.min(until, FOR_EVER_SECONDS);
  }

  private static void requireBans(App app) {
    if (!app.settings().groups().ban()) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "bans are switched off");
    }
  }
}
