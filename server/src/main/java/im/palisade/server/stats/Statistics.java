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
import im.palisade.server.message.SentListener;
import im.palisade.server.message.Target;
import im.palisade.server.stats.StatisticsStore.AppDay;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import im.palisade.server.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happened in an app, by the days of its time zone (rest-conversations G1). Counting touches
 * memory only and goes to the store in batches every few seconds; what a killed server had not
 * written yet is missing. Registrations are no counter: they are counted from the accounts.
 */
public final class Statistics implements SessionListener, SentListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Statistics.class);
  private static final Duration WRITE_EVERY = Duration.ofSeconds(5);
  private static final int CACHED_DAYS = 10_000;

  private final Regions regions;
  private final AppService apps;
  private final Clock clock;
  private final StatisticsStore store = new StatisticsStore();
  private final Map<AppDay, Tally> tallies = new ConcurrentHashMap<>();
  private final Map<Long, Today> today = new ConcurrentHashMap<>();
  private final Map<Long, Integer> sessionsOf = new ConcurrentHashMap<>();
  private final Map<Long, AtomicInteger> online = new ConcurrentHashMap<>();

  /** Accounts created in a span of the past, which no longer changes. */
  private final Cache<Span, Long> registered =
      Caffeine.newBuilder().maximumSize(CACHED_DAYS).build();

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
   */
  public record Day(
      LocalDate date, Map<Counter, Long> counts, long registered, long registeredTotal) {
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
    Tally tally = tally(message.app());
    switch (message.target()) {
      case Target.Pair pair -> {
        tally.add(Counter.C2C_UP, 1);
        if (message.recipientCopy() && message.sender().id() != pair.recipient().id()) {
          tally.add(Counter.C2C_DOWN, 1);
        }
        tally.seen(message.sender().id(), Tally.SENT_C2C);
      }
      case Target.Group _ -> {
        tally.add(Counter.GROUP_UP, 1);
        tally.seen(message.sender().id(), Tally.SENT_GROUP);
      }
    }
  }

  @Override
  public void opened(Session session, List<Session> kicked) {
    App app = session.principal().app();
    Tally tally = tally(app);
    tally.add(Counter.LOGINS, 1);
    tally.seen(session.principal().accountId(), Tally.LOGIN);
    AtomicInteger count = online(app);
    if (sessionsOf.merge(session.principal().accountId(), 1, Integer::sum) == 1) {
      tally.add(Counter.MAX_ONLINE, count.incrementAndGet());
    }
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
    long total = registered(app, Instant.EPOCH, start(begin, zone));
    List<Day> days = new ArrayList<>();
    for (LocalDate day = begin; !day.isAfter(last); day = day.plusDays(1)) {
      long fresh = registered(app, start(day, zone), start(day.plusDays(1), zone));
      total += fresh;
      days.add(new Day(day, counts.getOrDefault(day.toEpochDay(), Map.of()), fresh, total));
    }
    return days.reversed();
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

  private long registered(App app, Instant from, Instant until) {
    return registered.get(
        new Span(app.appId(), from, until),
        span ->
            regions
                .of(app)
                .read(c -> store.registered(c, span.appId(), span.from(), span.until())));
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

  private record Span(long appId, Instant from, Instant until) {}
}
