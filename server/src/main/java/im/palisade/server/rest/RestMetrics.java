package im.palisade.server.rest;

import im.palisade.server.metrics.Metrics;
import im.palisade.server.protocol.ErrorCode;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is counted of REST calls. Labels come from the endpoint table and the table of codes. */
final class RestMetrics {
  private static final String UNKNOWN_COMMAND = "unknown";

  /** A webhook's own verdict may be any of thousands of numbers. */
  private static final String APP_VERDICT = "app";

  private static final Map<Integer, String> CODES =
      Arrays.stream(ErrorCode.values())
          .collect(
              Collectors.toUnmodifiableMap(
                  ErrorCode::number, code -> Integer.toString(code.number())));

  private final Counter requests;
  private final Histogram seconds;
  private final Gauge inFlight;

  RestMetrics(Metrics metrics) {
    requests =
        metrics.register(
            Counter.build("palisade_rest_requests_total", "REST calls by command and code")
                .labelNames("command", "code")
                .create());
    seconds =
        metrics.register(
            Histogram.build("palisade_rest_seconds", "Time from request line to answer")
                .labelNames("command")
                .buckets(.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5)
                .create());
    inFlight =
        metrics.register(
            Gauge.build("palisade_rest_in_flight", "REST calls being served").create());
  }

  void begun() {
    inFlight.inc();
  }

  void ended(Optional<Endpoint> endpoint, int code, double took) {
    inFlight.dec();
    String command = endpoint.map(Endpoint::path).orElse(UNKNOWN_COMMAND);
    requests.labels(command, code == 0 ? "0" : CODES.getOrDefault(code, APP_VERDICT)).inc();
    seconds.labels(command).observe(took);
  }
}
