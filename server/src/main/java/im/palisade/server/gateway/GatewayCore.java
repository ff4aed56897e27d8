package im.palisade.server.gateway;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What all connections of a gateway share. */
final class GatewayCore {
  private final GatewaySettings settings;
  private final SessionDirectory directory;
  private final GatewayMetrics metrics;
  private final Logins logins;
  private final Requests requests;
  private final long nanosPerFrame;
  private final AtomicInteger connections = new AtomicInteger();
  private final ThreadFactory callThreads =
      Thread.ofVirtual().name("im-call").inheritInheritableThreadLocals(false).factory();

  GatewayCore(
      GatewaySettings settings,
      SessionDirectory directory,
      GatewayMetrics metrics,
      Logins logins,
      Requests requests) {
    this.settings = settings;
    this.directory = directory;
    this.metrics = metrics;
    this.logins = logins;
    this.requests = requests;
    this.nanosPerFrame =
        settings.framesPerSecond() == 0
            ? 0
            : TimeUnit.SECONDS.toNanos(1) / settings.framesPerSecond();
  }

  GatewaySettings settings() {
    return settings;
  }

  SessionDirectory directory() {
    return directory;
  }

  GatewayMetrics metrics() {
    return metrics;
  }

  Logins logins() {
    return logins;
  }

  Requests requests() {
    return requests;
  }

  /** 0 when the rate is not limited. */
  long nanosPerFrame() {
    return nanosPerFrame;
  }

  /** Runs this on a virtual thread of its own. */
  void startCall(Runnable call) {
    callThreads.newThread(call).start();
  }

  /** Counts a connection; false, and not counted, when there are too many. */
  boolean connectionOpened() {
    if (connections.incrementAndGet() > settings.maxConnections()) {
      connections.decrementAndGet();
      metrics.refusedConnections.inc();
      return false;
    }
    metrics.connections.inc();
    return true;
  }

  void connectionClosed() {
    connections.decrementAndGet();
    metrics.connections.dec();
  }

  int connections() {
    return connections.get();
  }
}
