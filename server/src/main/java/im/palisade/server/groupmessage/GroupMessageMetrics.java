package im.palisade.server.groupmessage;

import im.palisade.server.message.Priority;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;

/** What is counted of group messages beyond what is counted of all. */
final class GroupMessageMetrics {
  private final Counter dropped;

  GroupMessageMetrics(CollectorRegistry registry) {
    dropped =
        Counter.build(
                "palisade_group_messages_dropped_total",
                "Group messages beyond their group's budget, by priority")
            .labelNames("priority")
            .register(registry);
  }

  void dropped(Priority priority) {
    dropped.labels(priority.wireName()).inc();
  }
}
