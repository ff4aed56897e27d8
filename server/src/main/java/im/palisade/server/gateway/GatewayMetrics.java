package im.palisade.server.gateway;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.util.concurrent.atomic.LongAdder;

/** What the gateway counts. */
final class GatewayMetrics {
  final Gauge.Child connections;
  final Counter.Child framesIn;
  final Counter.Child framesOut;
  final Counter.Child slowReaders;
  final Counter.Child refusedByRate;
  final Counter.Child refusedConnections;
  final LongAdder pendingBytes = new LongAdder();
  private final Counter closes;

  GatewayMetrics(CollectorRegistry registry, SessionDirectory directory) {
    connections =
        Gauge.build("palisade_gateway_connections", "Open connections, logged in or not.")
            .register(registry)
            .labels();
    Gauge.build("palisade_gateway_sessions", "Logged-in sessions.")
        .register(registry)
        .setChild(
            new Gauge.Child() {
              @Override
              public double get() {
                return directory.sessions();
              }
            });
    Gauge.build("palisade_gateway_pending_bytes", "Bytes waiting for clients that read slowly.")
        .register(registry)
        .setChild(
            new Gauge.Child() {
              @Override
              public double get() {
                return pendingBytes.sum();
              }
            });
    framesIn =
        Counter.build("palisade_gateway_frames_received_total", "Frames from clients.")
            .register(registry)
            .labels();
    framesOut =
        Counter.build("palisade_gateway_frames_sent_total", "Frames handed to the network.")
            .register(registry)
            .labels();
    slowReaders =
        Counter.build("palisade_gateway_slow_readers_total", "Connections closed with 4008.")
            .register(registry)
            .labels();
    refusedByRate =
        Counter.build("palisade_gateway_frames_refused_total", "Frames above the rate limit.")
            .register(registry)
            .labels();
    refusedConnections =
        Counter.build("palisade_gateway_connections_refused_total", "Connections above the limit.")
            .register(registry)
            .labels();
    closes =
        Counter.build("palisade_gateway_closes_total", "Connections closed, by close code.")
            .labelNames("by", "code")
            .register(registry);
  }

  void closedByServer(CloseCode code) {
    closes.labels("server", Integer.toString(code.number())).inc();
  }

  /** Codes of the client's own choice fall under "other"; 1006 stands for no close frame. */
  void closedByClient(int code) {
    closes.labels("client", code >= 1000 && code <= 1011 ? Integer.toString(code) : "other").inc();
  }
}
