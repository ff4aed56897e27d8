package im.palisade.server.liveroom;

import im.palisade.server.message.Priority;
import im.palisade.server.metrics.Metrics;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.util.EnumMap;
import java.util.Map;

/** What live rooms count. */
final class LiveRoomMetrics {
  final Counter.Child messages;
  final Counter.Child broadcasts;
  final Gauge.Child present;
  private final Map<Priority, Counter.Child> dropped = new EnumMap<>(Priority.class);

  LiveRoomMetrics(Metrics metrics) {
    messages =
        metrics
            .register(
                Counter.build("palisade_live_room_messages_total", "Messages said in live rooms.")
                    .create())
            .labels();
    broadcasts =
        metrics
            .register(
                Counter.build(
                        "palisade_live_room_broadcasts_total", "Messages to all rooms of an app.")
                    .create())
            .labels();
    present =
        metrics
            .register(
                Gauge.build("palisade_live_room_present", "Accounts in live rooms, by room.")
                    .create())
            .labels();
    Counter above =
        metrics.register(
            Counter.build(
                    "palisade_live_room_dropped_total",
                    "Messages above a live room's rate, dropped or refused.")
                .labelNames("priority")
                .create());
    for (Priority priority : Priority.values()) {
      dropped.put(priority, above.labels(priority.wireName()));
    }
  }

  void dropped(Priority priority) {
    dropped.get(priority).inc();
  }
}
