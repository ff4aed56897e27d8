package im.palisade.server.auditlog;

import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What monitoring sees of the audit log, by region. */
final class AuditLogMetrics extends Collector {
  private final Map<String, RegionLog> logs;

  AuditLogMetrics(Map<String, RegionLog> logs) {
    this.logs = logs;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    return List.of(
        gauge(
            "palisade_audit_log_up",
            "Whether the audit log can be written.",
            log -> log.relay().problem().isEmpty() ? 1 : 0),
        gauge(
            "palisade_audit_log_entries",
            "Entries of the current epoch.",
            log -> log.log().map(open -> (double) open.size()).orElse(0.0)),
        gauge(
            "palisade_audit_waiting",
            "Acts whose events wait for the log in memory.",
            log -> log.relay().waiting()),
        gauge(
            "palisade_audit_lag_seconds",
            "How long the oldest event waits for the log.",
            log -> log.relay().lagSeconds()),
        gauge(
            "palisade_audit_spilled",
            "Events in the spill journal since the log could last be written.",
            log -> log.relay().spilled()),
        counter(
            "palisade_audit_appended",
            "Events appended since the start.",
            log -> log.relay().appended()),
        counter(
            "palisade_audit_refused",
            "Acts refused since the start because they could not be recorded.",
            log -> log.relay().refused()));
  }

  private GaugeMetricFamily gauge(String name, String help, ToDoubleFunction<RegionLog> value) {
    GaugeMetricFamily family = new GaugeMetricFamily(name, help, List.of("region"));
    logs.forEach((region, log) -> family.addMetric(List.of(region), value.applyAsDouble(log)));
    return family;
  }

  private CounterMetricFamily counter(String name, String help, ToDoubleFunction<RegionLog> value) {
    CounterMetricFamily family = new CounterMetricFamily(name, help, List.of("region"));
    logs.forEach((region, log) -> family.addMetric(List.of(region), value.applyAsDouble(log)));
    return family;
  }
}
