package im.palisade.server.stats;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.CloseCause;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionListener;
import im.palisade.server.jobs.Job;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.message.SentCountsStore;
import im.palisade.server.message.SentCountsStore.Taken;
import im.palisade.server.message.SentListener;
import im.palisade.server.message.Target;
import im.palisade.server.stats.StatisticsStore.AppDay;
import im.palisade.server.stats.StatisticsStore.Rows;
import im.palisade.server.store.Counter;
import im.palisade.server.store.Counts;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import im.palisade.server.store.StoreException;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happened in an app, by the days of its time zone (rest-conversations G1). What changes the
 * store is counted in the same transaction ({@link Counts}) and summed up every few seconds; what
 * does not (logins, live rooms, webhooks) is counted in memory and written as often, so that only a
 * killed server misses any of it. Accounts and groups are no counters: their rows are counted.
 */
public final class Statistics implements SessionListener, SentListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Statistics.class);
  private static final Duration WRITE_EVERY = Duration.ofSeconds(5);
  private static final int CACHED_DAYS = 30_000;
  private static final int PENDING_AT_ONCE = 500;

  private final Regions regions;
  private final AppService apps;
  private final Clock clock;
  private final StatisticsStore store = new StatisticsStore();
  private final SentCountsStore sentCounts = new SentCountsStore();
  private final Map<AppDay, Tally> tallies = new ConcurrentHashMap<>();
  private final Map<Long, Today> today = new ConcurrentHashMap<>();
  private final Map<Long, Integer> sessionsOf = new ConcurrentHashMap<>();
  private final Map<Long, AtomicInteger> online = new ConcurrentHashMap<>();

  /** Accounts and groups of a span of the past, which no longer change. */
  private final Cache<Span, Long> rows = Caffeine.newBuilder().maximumSize(CACHED_DAYS).build();

  public Statistics(Regions regions, AppService apps, Clock clock) {
    this.regions = regions;
    this.apps = apps;
    this.clock = clock;
  }

  /**
   * A day of an app that is over.
   *
   * @param registered accounts created on that day
   * @param registeredTotal accounts created up to its end
   * @param groups at its end
   */
  public record Day(
      LocalDate date,
      Map<Counter, Long> counts,
      long registered,
      long registeredTotal,
      long groupsCreated,
      long groupsDissolved,
      long groups) {
    long of(Counter counter) {
      return counts.getOrDefault(counter, 0L);
    }
  }

  /** Counts for the app's current day; never blocks. */
  public void count(App app, Counter counter, long amount) {
    tally(app).add(counter, amount);
  }

  @Override
  public void sent(OutgoingMessage message) {
    // Those that are stored are counted with their storing.
  }

  @Override
  public void unstored(OutgoingMessage message, int receivers) {
    Tally tally = tally(message.app());
    switch (message.target()) {
      case Target.Pair _ -> {
        tally.add(Counter.C2C_UP, 1);
        tally.add(Counter.C2C_DOWN, receivers);
        tally.seen(message.sender().id(), Counts.SENT_C2C);
      }
      case Target.Group group -> {
        tally.add(Counter.GROUP_UP, 1);
        tally.add(Counter.GROUP_DOWN, receivers);
        tally.seen(message.sender().id(), Counts.SENT_GROUP);
        tally.said(group.followedAs());
      }
    }
  }

  @Override
  public void opened(Session session, List<Session> kicked) {
    App app = session.principal().app();
    Tally tally = tally(app);
    tally.seen(session.principal().accountId(), Counts.LOGIN);
    AtomicInteger count = online(app);
    if (sessionsOf.merge(session.principal().accountId(), 1, Integer::sum) == 1) {
      tally.add(Counter.MAX_ONLINE, count.incrementAndGet());
    }
    // At last: whoever finds the login counted finds what it brought with it.
    tally.add(Counter.LOGINS, 1);
  }

  @Override
  public void closed(Session session, CloseCause cause) {
    Integer left =
        sessionsOf.computeIfPresent(
            session.principal().accountId(), (id, count) -> count == 1 ? null : count - 1);
    if (left == null) {
      online(session.principal().app()).decrementAndGet();
    }
  }

  /** The app's days that are over, newest first, since it was created. */
  public List<Day> days(App app, int most) {
    ZoneId zone = app.settings().zone();
    LocalDate last = clock.instant().atZone(zone).toLocalDate().minusDays(1);
    Instant created = regions.home().read(c -> store.createdAt(c, app.appId()));
    LocalDate first = created.atZone(zone).toLocalDate();
    if (first.isBefore(last.minusDays(most - 1L))) {
      first = last.minusDays(most - 1L);
    }
    LocalDate begin = first;
    Map<Long, Map<Counter, Long>> counts =
        regions
            .of(app)
            .read(c -> store.days(c, app.appId(), begin.toEpochDay(), last.toEpochDay()));
    Instant from = start(begin, zone);
    long total = rows(app, Rows.ACCOUNTS, Instant.EPOCH, from);
    long groups =
        rows(app, Rows.GROUPS, Instant.EPOCH, from)
            - rows(app, Rows.GONE_GROUPS, Instant.EPOCH, from);
    List<Day> days = new ArrayList<>();
    for (LocalDate day = begin; !day.isAfter(last); day = day.plusDays(1)) {
      Instant until = start(day.plusDays(1), zone);
      long fresh = rows(app, Rows.ACCOUNTS, from, until);
      long made = rows(app, Rows.GROUPS, from, until);
      long gone = rows(app, Rows.GONE_GROUPS, from, until);
      total += fresh;
      groups += made - gone;
      Map<Counter, Long> of = counts.getOrDefault(day.toEpochDay(), Map.of());
      days.add(new Day(day, of, fresh, total, made, gone, groups));
      from = until;
    }
    return days.reversed();
  }

  /** Accounts of the app that are signed in at this node now. */
  public int onlineNow(App app) {
    AtomicInteger count = online.get(app.appId());
    return count == null ? 0 : Math.max(0, count.get());
  }

  /** Writes what has been counted. */
  public Job writing() {
    return new Job(
        "statistics",
        WRITE_EVERY,
        AuditDeclaration.none("sums up what has its own records"),
        this::write);
  }

  /** Sums up the users of days that are over. */
  public Job closing() {
    return new Job(
        "statistics-days",
        Duration.ofMinutes(30),
        AuditDeclaration.none("sums up what has its own records"),
        this::closeDays);
  }

  /** Writes what has been counted. */
  @Override
  public void close() {
    write();
  }

  void write() {
    for (App app : apps.all()) {
      AtomicInteger count = online.get(app.appId());
      if (count != null && count.get() > 0) {
        tally(app).add(Counter.MAX_ONLINE, count.get());
      }
    }
    tallies.values().forEach(this::write);
    regions.all().forEach(this::sumUp);
    // Somebody may still count for a day that has just ended; a day later nobody does.
    tallies.values().removeIf(tally -> tally.day() < day(tally.app()) - 1);
  }

  void closeDays() {
    for (Region region : regions.all()) {
      for (AppDay day : region.read(store::open)) {
        boolean over = apps.find(day.appId()).map(app -> day.day() < day(app) - 1).orElse(true);
        if (over) {
          region.inUnitOfWork(
              unit -> {
                store.close(unit.connection(), day);
                return null;
              });
        }
      }
    }
  }

  private void write(Tally tally) {
    Tally.Batch batch = tally.take();
    if (batch.isEmpty()) {
      return;
    }
    try {
      regions
          .of(tally.app())
          .inUnitOfWork(
              unit -> {
                store.add(unit.connection(), tally.app().appId(), tally.day(), batch);
                return null;
              });
    } catch (StoreException e) {
      // What may have been written is not written twice.
      if (!e.outcomeUnknown()) {
        tally.giveBack(batch);
      }
      log.warn("statistics not written", e);
    }
  }

  /** Sums up what transactions have counted. */
  private void sumUp(Region region) {
    try {
      int taken;
      do {
        taken = region.inUnitOfWork(this::sumUpSome);
      } while (taken >= PENDING_AT_ONCE);
    } catch (StoreException e) {
      // The rows stay until they are summed up, unless the commit has come through.
      log.warn("statistics not summed up", e);
    }
  }

  private int sumUpSome(UnitOfWork unit) throws SQLException {
    List<Taken> rows = new ArrayList<>(store.takePending(unit.connection(), PENDING_AT_ONCE));
    rows.addAll(sentCounts.take(unit.connection(), PENDING_AT_ONCE));
    Map<AppDay, DaySums> days = new HashMap<>();
    Map<Long, Integer> members =
        store.memberCounts(
            unit.connection(),
            rows.stream()
                .flatMap(row -> row.counts().said().keySet().stream())
                .map(Counts.Said::groupId)
                .collect(Collectors.toSet()));
    for (Taken row : rows) {
      Counts counts = row.counts();
      counts.added().forEach((key, amount) -> of(days, key.appId(), row).add(key, amount));
      counts.seen().forEach((key, kinds) -> of(days, key.appId(), row).seen(key, kinds));
      counts
          .said()
          .forEach(
              (key, toAll) ->
                  of(days, key.appId(), row)
                      .said(key, toAll * members.getOrDefault(key.groupId(), 0)));
    }
    for (Map.Entry<AppDay, DaySums> each : days.entrySet()) {
      AppDay day = each.getKey();
      store.add(unit.connection(), day.appId(), day.day(), each.getValue().batch());
    }
    return rows.size();
  }

  private DaySums of(Map<AppDay, DaySums> days, long appId, Taken row) {
    ZoneId zone = apps.find(appId).map(app -> app.settings().zone()).orElse(ZoneOffset.UTC);
    long day = row.at().atZone(zone).toLocalDate().toEpochDay();
    return days.computeIfAbsent(new AppDay(appId, day), _ -> new DaySums());
  }

  private long rows(App app, Rows rows, Instant from, Instant until) {
    return this.rows.get(
        new Span(app.appId(), rows, from, until),
        span ->
            regions
                .of(app)
                .read(c -> store.count(c, rows, span.appId(), span.from(), span.until())));
  }

  private Tally tally(App app) {
    return tallies.computeIfAbsent(
        new AppDay(app.appId(), day(app)), key -> new Tally(app, key.day()));
  }

  /** The app's current day, worked out once a day and when its time zone changes. */
  private long day(App app) {
    long now = clock.millis();
    String zone = app.settings().timeZone();
    Today known = today.get(app.appId());
    if (known == null || now >= known.end() || !known.zone().equals(zone)) {
      LocalDate date = Instant.ofEpochMilli(now).atZone(app.settings().zone()).toLocalDate();
      known =
          new Today(
              date.toEpochDay(),
              start(date.plusDays(1), app.settings().zone()).toEpochMilli(),
              zone);
      today.put(app.appId(), known);
    }
    return known.day();
  }

  private AtomicInteger online(App app) {
    return online.computeIfAbsent(app.appId(), id -> new AtomicInteger());
  }

  private static Instant start(LocalDate day, ZoneId zone) {
    return day.atStartOfDay(zone).toInstant();
  }

  private record Today(long day, long end, String zone) {}

  private record Span(long appId, Rows rows, Instant from, Instant until) {}
}
