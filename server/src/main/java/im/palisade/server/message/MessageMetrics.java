package im.palisade.server.message;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;

/** What an operator sees of the message path. */
final class MessageMetrics {
  private final Counter stored;
  private final Counter duplicates;
  private final Counter failures;
  private final Histogram batches;

  MessageMetrics(CollectorRegistry registry) {
    stored =
        Counter.build("palisade_messages_stored_total", "Messages committed").register(registry);
    duplicates =
        Counter.build("palisade_messages_duplicate_total", "Sends answered with an earlier message")
            .register(registry);
    failures =
        Counter.build("palisade_messages_failed_total", "Sends not acknowledged, by reason")
            .labelNames("reason")
            .register(registry);
    // A series that begins with the first failure has no rate an alert could see.
    for (Submission.Failure reason : Submission.Failure.values()) {
      failures.labels(reason.name());
    }
    batches =
        Histogram.build("palisade_message_batch_size", "Messages per commit")
            .buckets(1, 2, 4, 8, 16, 32, 64, 128, 256)
            .register(registry);
  }

  void batch(int size) {
    batches.observe(size);
  }

  void stored() {
    stored.inc();
  }

  void duplicate() {
    duplicates.inc();
  }

  void failed(Submission.Failure reason) {
    failures.labels(reason.name()).inc();
  }
}
