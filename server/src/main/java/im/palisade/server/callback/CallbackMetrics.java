package im.palisade.server.callback;

import im.palisade.server.app.App;
import im.palisade.server.stats.Statistics;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;

/** What an operator sees of webhooks. */
final class CallbackMetrics {
  private static final String OK = "ok";

  private final Counter calls;
  private final Counter dropped;
  private final Histogram seconds;
  private final Gauge backlog;
  private final Statistics statistics;

  CallbackMetrics(CollectorRegistry registry, Statistics statistics) {
    this.statistics = statistics;
    calls =
        Counter.build("palisade_webhook_calls_total", "Webhooks sent, by kind and outcome")
            .labelNames("kind", "outcome")
            .register(registry);
    dropped =
        Counter.build("palisade_webhook_dropped_total", "Webhooks given up, by reason")
            .labelNames("reason")
            .register(registry);
    seconds =
        Histogram.build("palisade_webhook_seconds", "Time receivers took, by kind")
            .labelNames("kind")
            .buckets(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 2)
            .register(registry);
    backlog =
        Gauge.build("palisade_webhook_backlog", "Stored webhooks that wait, all apps")
            .register(registry);
  }

  /** A call has ended. */
  void called(CallbackCommand.Kind kind, Answer answer, long nanos) {
    String outcome =
        switch (answer) {
          case Answer.Given _ -> OK;
          case Answer.Failed failed -> failed.failure().reason().label();
        };
    calls.labels(kind.label(), outcome).inc();
    seconds.labels(kind.label()).observe(nanos / 1e9);
  }

  /** A receiver was asked, for the app's statistics. */
  void count(App app, Answer answer) {
    statistics.count(app, im.palisade.server.store.Counter.CALLBACK_REQUESTS, 1);
    switch (answer) {
      case Answer.Given _ ->
          statistics.count(app, im.palisade.server.store.Counter.CALLBACK_ANSWERS, 1);
      case Answer.Failed _ -> {}
    }
  }

  /** Webhooks will never be sent. */
  void dropped(String reason, long count) {
    dropped.labels(reason).inc((double) count);
  }

  void backlog(long waiting) {
    backlog.set((double) waiting);
  }
}
