package im.palisade.server.callback;

import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.callback.CallbackCommand.Kind;
import im.palisade.server.callback.Failure.Reason;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receivers of all apps. Each app has connections, a breaker and a bound of its own, so that a
 * dead endpoint of one costs no other anything. A change of settings counts at once on this node
 * and within {@value #LOOKS_AGAIN_MILLIS} ms on others.
 */
final class Receivers implements AutoCloseable {
  /** From the start of a request to the last byte of its answer (callbacks §1.3). */
  static final Duration BUDGET = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(Receivers.class);
  private static final long LOOKS_AGAIN_MILLIS = 5_000;

  /** Before-webhooks of one app under way at once; whoever comes then waits within the budget. */
  private static final int MOST_BEFORE = 64;

  private static final int FAILURES_KEPT = 1_000;

  private final AppService apps;
  private final Regions regions;
  private final CallbackSecretStore secrets;
  private final CallbackSettings settings;
  private final CallbackMetrics metrics;
  private final Clock clock;
  private final Map<Long, Line> lines = new ConcurrentHashMap<>();

  Receivers(
      AppService apps,
      Regions regions,
      CallbackSecretStore secrets,
      CallbackSettings settings,
      CallbackMetrics metrics,
      Clock clock) {
    this.apps = apps;
    this.regions = regions;
    this.secrets = secrets;
    this.settings = settings;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** A call that failed, for the console. */
  record FailedCall(Instant at, String command, Failure failure) {}

  /** Calls the app's receiver once; blocks no longer than the budget. */
  Answer call(App app, Kind kind, Callback callback) {
    App now = current(app);
    return call(now, now.settings().webhook().url(), kind, callback, BUDGET);
  }

  /** Calls another URL of the app, with the same secrets and bounds. */
  Answer call(App app, String url, Kind kind, Callback callback, Duration budget) {
    return line(app, url).call(app, url, kind, callback, budget);
  }

  /** The app as its settings are now; whoever acts may carry an older one. */
  App current(App app) {
    return apps.find(app.appId()).orElse(app);
  }

  /** Whether calls of the app are not made for now. */
  boolean isSuspended(App app) {
    Line known = lines.get(app.appId());
    return known != null && known.breaker.isOpen();
  }

  /** The last failures, newest first. */
  List<FailedCall> failures(App app) {
    Line known = lines.get(app.appId());
    return known == null ? List.of() : known.failures();
  }

  /** What is known of the app's secrets is to be read again. */
  void changed(long appId) {
    for (long each : new long[] {appId, -appId}) {
      Line known = lines.get(each);
      if (known != null) {
        known.lookedAt = 0;
      }
    }
  }

  @Override
  public void close() {
    lines.values().forEach(Line::close);
  }

  /** A second URL has a line of its own: one may be dead while the other is not. */
  private Line line(App app, String url) {
    boolean main = url.equals(app.settings().webhook().url());
    return lines.computeIfAbsent(main ? app.appId() : -app.appId(), id -> new Line());
  }

  /** The way to one receiver. */
  private final class Line {
    private final Breaker breaker = new Breaker(() -> System.nanoTime() / 1_000_000);
    private final Semaphore before = new Semaphore(MOST_BEFORE);
    private final Deque<FailedCall> failed = new ArrayDeque<>();
    private Optional<Current> current = Optional.empty();
    private volatile long lookedAt;

    private record Current(
        String url, boolean signed, CallbackSecrets secrets, Receiver receiver) {}

    Answer call(App app, String url, Kind kind, Callback callback, Duration budget) {
      long begin = System.nanoTime();
      if (!breaker.admits()) {
        Answer answer = Answer.failed(Reason.SUSPENDED, "the receiver is tried again soon");
        metrics.called(kind, answer, 0);
        return answer;
      }
      Answer answer = Answer.failed(Reason.BUSY, "interrupted");
      try {
        answer =
            kind == Kind.BEFORE
                ? bounded(app, url, callback, budget)
                : receiver(app, url).post(callback, budget);
      } finally {
        settle(answer);
      }
      metrics.called(kind, answer, System.nanoTime() - begin);
      metrics.count(app, answer);
      if (answer instanceof Answer.Failed failure) {
        note(app, callback, failure.failure());
      }
      return answer;
    }

    private void settle(Answer answer) {
      switch (answer) {
        case Answer.Given _ -> breaker.succeeded();
        case Answer.Failed failed -> {
          switch (failed.failure().reason().says()) {
            case DOWN -> breaker.failed();
            case UP -> breaker.succeeded();
            case NOTHING -> breaker.withdrawn();
          }
        }
      }
    }

    private Answer bounded(App app, String url, Callback callback, Duration budget) {
      long end = System.nanoTime() + budget.toNanos();
      boolean admitted = false;
      try {
        admitted = before.tryAcquire(budget.toMillis() / 2, TimeUnit.MILLISECONDS);
        return admitted
            ? receiver(app, url).post(callback, Duration.ofNanos(end - System.nanoTime()))
            : Answer.failed(Reason.BUSY, MOST_BEFORE + " before-webhooks are under way");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Answer.failed(Reason.BUSY, "interrupted");
      } finally {
        if (admitted) {
          before.release();
        }
      }
    }

    private synchronized Receiver receiver(App app, String url) {
      boolean signed = app.settings().webhook().signed();
      long now = clock.millis();
      boolean fresh = now - lookedAt < LOOKS_AGAIN_MILLIS && now >= lookedAt;
      if (current.isPresent()
          && fresh
          && current.get().url().equals(url)
          && current.get().signed() == signed) {
        return current.get().receiver();
      }
      CallbackSecrets known =
          regions.home().read(connection -> secrets.read(connection, app.appId()));
      lookedAt = now;
      Optional<Current> old = current;
      if (old.isPresent()
          && old.get().url().equals(url)
          && old.get().signed() == signed
          && old.get().secrets().equals(known)) {
        return old.get().receiver();
      }
      Optional<String> token = signed ? known.token() : Optional.empty();
      Receiver made = new Receiver(app.appId(), url, token, known, settings, clock);
      current = Optional.of(new Current(url, signed, known, made));
      // Calls under way keep the old one a while; each ends within its budget.
      old.ifPresent(
          replaced ->
              Thread.startVirtualThread(
                  () -> {
                    try {
                      Thread.sleep(2 * BUDGET.toMillis());
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                    replaced.receiver().close();
                  }));
      return made;
    }

    private void note(App app, Callback callback, Failure failure) {
      boolean first;
      synchronized (failed) {
        first = failed.isEmpty() || !failed.getFirst().failure().reason().equals(failure.reason());
        failed.addFirst(new FailedCall(clock.instant(), callback.command(), failure));
        if (failed.size() > FAILURES_KEPT) {
          failed.removeLast();
        }
      }
      if (first) {
        log.warn(
            "webhook {} of app {} failed: {} ({})",
            callback.command(),
            app.appId(),
            failure.reason().text(),
            failure.detail());
      }
    }

    List<FailedCall> failures() {
      synchronized (failed) {
        return List.copyOf(failed);
      }
    }

    synchronized void close() {
      current.ifPresent(each -> each.receiver().close());
    }
  }

  /** The app as its settings are now; settings may have changed since a webhook was kept. */
  Optional<App> app(long appId) {
    return apps.find(appId);
  }
}
