package im.palisade.server.auditlog.forward;

import im.palisade.compliance.index.EntryPosition;
import im.palisade.server.auditlog.AuditLogFeature;
import im.palisade.server.auditlog.LogEntries;
import im.palisade.server.config.StartException;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The forwarders of all regions' logs. */
public final class ForwardFeature implements AutoCloseable {
  /** How long a receiver may take to confirm what is under way when the server stops. */
  private static final Duration STOP = Duration.ofSeconds(2);

  private final List<Forwarder> forwarders = new ArrayList<>();

  /**
   * How a forwarder stands.
   *
   * @param place where events go
   * @param behind events that are not confirmed yet
   * @param lag how old the oldest of them is
   * @param problem why nothing is taken there; empty while it is
   */
  public record State(
      String region,
      String name,
      String place,
      long behind,
      Duration lag,
      long sent,
      Optional<String> problem) {}

  /** Begins to forward. */
  public ForwardFeature(
      Regions regions,
      AuditLogFeature logs,
      ForwardSettings settings,
      Path folder,
      Metrics metrics,
      Clock clock) {
    try {
      for (Region region : regions.all()) {
        LogEntries entries = new LogEntries(logs.of(region));
        EntryPosition start =
            settings.history() ? EntryPosition.START : entries.end().orElse(EntryPosition.START);
        for (Receiver receiver : receivers(settings, clock)) {
          Files.createDirectories(
              folder,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
          Forwarder forwarder =
              new Forwarder(
                  region.name(),
                  entries,
                  receiver,
                  file(folder, region.name(), receiver.name()),
                  start,
                  Forwarder.Pace.USUAL,
                  clock);
          forwarders.add(forwarder);
        }
      }
    } catch (IOException e) {
      throw new StartException("how far audit events were forwarded: " + e.getMessage(), e);
    }
    metrics.register(new ForwardMetrics());
    forwarders.forEach(Forwarder::start);
  }

  /** Where positions are kept in the data directory. */
  public static Path folder(Path dataDirectory) {
    return dataDirectory.resolve("audit-forward");
  }

  private static Path file(Path folder, String region, String name) {
    return folder.resolve(region + "-" + name + ".json");
  }

  /** How each stands. */
  public List<State> states() {
    return forwarders.stream()
        .map(Forwarder::state)
        .map(
            state ->
                new State(
                    state.region(),
                    state.name(),
                    state.place(),
                    state.behind(),
                    state.lag(),
                    state.sent(),
                    state.problem()))
        .toList();
  }

  /** What is under way is confirmed first, so that it is not sent again, but not for long. */
  @Override
  public void close() {
    close(forwarders, STOP);
  }

  /** Stops all at once. */
  static void close(List<Forwarder> forwarders, Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    forwarders.forEach(Forwarder::stop);
    forwarders.forEach(each -> each.join(Duration.ofNanos(Math.max(1, end - System.nanoTime()))));
  }

  private static List<Receiver> receivers(ForwardSettings settings, Clock clock) {
    List<Receiver> all = new ArrayList<>();
    settings.syslog().ifPresent(to -> all.add(new SyslogReceiver(to.host(), to.port(), to.tls())));
    settings
        .web()
        .ifPresent(to -> all.add(new WebReceiver(to.url(), to.format(), to.token(), to.tls())));
    settings
        .folder()
        .ifPresent(
            to -> all.add(new FolderReceiver(to.path(), to.format(), to.rollBytes(), clock)));
    return all;
  }

  /** What monitoring sees. */
  private final class ForwardMetrics extends Collector {
    private static final List<String> LABELS = List.of("region", "receiver");

    @Override
    public List<MetricFamilySamples> collect() {
      return List.of(
          gauge(
              "palisade_audit_forward_up",
              "Whether the receiver takes audit events.",
              state -> state.problem().isEmpty() ? 1 : 0),
          gauge(
              "palisade_audit_forward_behind",
              "Audit events that the receiver has not confirmed yet.",
              Forwarder.State::behind),
          gauge(
              "palisade_audit_forward_lag_seconds",
              "How old the oldest audit event is that the receiver has not confirmed.",
              state -> state.lag().toMillis() / 1000.0),
          counter(
              "palisade_audit_forwarded",
              "Audit events the receiver has confirmed since the start.",
              Forwarder.State::sent),
          counter(
              "palisade_audit_forward_failures",
              "Times that forwarding failed since the start.",
              Forwarder.State::failures));
    }

    private GaugeMetricFamily gauge(
        String name, String help, ToDoubleFunction<Forwarder.State> value) {
      GaugeMetricFamily family = new GaugeMetricFamily(name, help, LABELS);
      forwarders.forEach(
          each -> {
            Forwarder.State state = each.state();
            family.addMetric(List.of(state.region(), state.name()), value.applyAsDouble(state));
          });
      return family;
    }

    private CounterMetricFamily counter(
        String name, String help, ToDoubleFunction<Forwarder.State> value) {
      CounterMetricFamily family = new CounterMetricFamily(name, help, LABELS);
      forwarders.forEach(
          each -> {
            Forwarder.State state = each.state();
            family.addMetric(List.of(state.region(), state.name()), value.applyAsDouble(state));
          });
      return family;
    }
  }
}
