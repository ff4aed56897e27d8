package im.palisade.server.auditlog.care;

import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What monitoring sees of anchors, by region and kind of place. */
final class AnchorMetrics extends Collector {
  private final Map<String, AnchorStates> states;
  private final Clock clock;

  AnchorMetrics(Map<String, AnchorStates> states, Clock clock) {
    this.states = states;
    this.clock = clock;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    return List.of(
        gauge(
            "palisade_audit_anchor_age_seconds",
            "How long ago everything in the audit log was last known to be anchored there; -1"
                + " before the first time.",
            state ->
                state
                    .currentAt()
                    .map(at -> Duration.between(at, clock.instant()).toMillis() / 1000.0)
                    .orElse(-1.0)),
        gauge(
            "palisade_audit_anchor_entries",
            "Entries of the checkpoint that was anchored there last.",
            AnchorState::size),
        gauge(
            "palisade_audit_anchor_failures",
            "Attempts in a row that failed there.",
            AnchorState::failures));
  }

  private GaugeMetricFamily gauge(String name, String help, ToDoubleFunction<AnchorState> value) {
    GaugeMetricFamily family = new GaugeMetricFamily(name, help, List.of("region", "anchor"));
    states.forEach(
        (region, known) ->
            known
                .all()
                .forEach(
                    state ->
                        family.addMetric(
                            List.of(region, state.kind()), value.applyAsDouble(state))));
    return family;
  }
}
