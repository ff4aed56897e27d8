package im.palisade.server.admin.page;

import com.sun.management.OperatingSystemMXBean;
import im.palisade.server.admin.page.OverviewApi.LivePoint;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.metrics.Metrics;
import io.prometheus.client.Collector.MetricFamilySamples;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A short memory of this node's figures for the overview's charts: points of ten seconds for an
 * hour and of a minute for a day, in two rings. Monitoring proper reads {@code /metrics}.
 */
public final class LiveSeries implements AutoCloseable {
  /** Seconds between two points of the finer ring. */
  static final int STEP = 10;

  /** Seconds between two points of the coarser ring. */
  static final int MINUTE = 60;

  private static final Logger LOG = LoggerFactory.getLogger(LiveSeries.class);
  private static final int FINE_POINTS = 360;
  private static final int COARSE_POINTS = 1_440;
  private static final String STORED = "palisade_messages_stored_total";
  private static final String ROOMS = "palisade_live_room_messages_total";
  private static final String REST = "palisade_rest_requests_total";
  private static final String WAITING = "palisade_webhook_backlog";
  private static final Set<String> NAMES = Set.of(STORED, ROOMS, REST, WAITING);

  private final Metrics metrics;
  private final SessionDirectory sessions;
  private final Clock clock;
  private final Ring fine = new Ring(FINE_POINTS);
  private final Ring coarse = new Ring(COARSE_POINTS);
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("live-series").factory());

  /** Begins to sample. */
  public LiveSeries(Metrics metrics, SessionDirectory sessions, Clock clock) {
    this.metrics = metrics;
    this.sessions = sessions;
    this.clock = clock;
    var _ = timer.scheduleAtFixedRate(() -> sample(fine), 0, STEP, TimeUnit.SECONDS);
    var _ = timer.scheduleAtFixedRate(() -> sample(coarse), 0, MINUTE, TimeUnit.SECONDS);
  }

  /** Points that are newer, oldest first. */
  List<LivePoint> since(boolean minutes, Instant time) {
    return (minutes ? coarse : fine).since(time);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  private void sample(Ring ring) {
    try {
      ring.add(clock.instant(), totals(), sessions.sessions(), sessions.accounts());
    } catch (RuntimeException e) {
      LOG.warn("this node's figures could not be sampled", e);
    }
  }

  /** Sums over all labels. */
  private Map<String, Double> totals() {
    Map<String, Double> totals = new HashMap<>();
    for (MetricFamilySamples family :
        Collections.list(metrics.registry().filteredMetricFamilySamples(NAMES))) {
      family.samples.stream()
          .filter(sample -> NAMES.contains(sample.name))
          .forEach(sample -> totals.merge(sample.name, sample.value, Double::sum));
    }
    return totals;
  }

  /** The last points, and the totals that the next one's rates begin at. */
  private static final class Ring {
    private final int most;
    private final Deque<LivePoint> points = new ArrayDeque<>();
    private Map<String, Double> before = Map.of();
    private Instant at = Instant.EPOCH;

    Ring(int most) {
      this.most = most;
    }

    synchronized void add(Instant now, Map<String, Double> totals, long sessions, int online) {
      double seconds = (now.toEpochMilli() - at.toEpochMilli()) / 1000.0;
      if (at.isAfter(Instant.EPOCH) && seconds > 0) {
        if (points.size() == most) {
          points.removeFirst();
        }
        points.addLast(
            new LivePoint(
                now,
                sessions,
                online,
                rate(STORED, totals, seconds),
                rate(ROOMS, totals, seconds),
                rate(REST, totals, seconds),
                totals.getOrDefault(WAITING, 0.0),
                cpu(),
                Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()));
      }
      before = totals;
      at = now;
    }

    synchronized List<LivePoint> since(Instant time) {
      return points.stream().filter(point -> point.at().isAfter(time)).toList();
    }

    private double rate(String name, Map<String, Double> totals, double seconds) {
      double more = totals.getOrDefault(name, 0.0) - before.getOrDefault(name, 0.0);
      return Math.max(0, more) / seconds;
    }

    private static double cpu() {
      return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os
          ? Math.max(0, os.getProcessCpuLoad())
          : 0;
    }
  }
}
