package im.palisade.server.message;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.store.Recording;
import im.palisade.server.store.Region;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a batch with imported messages writes beside their rows. */
final class ImportStore {
  private ImportStore() {}

  /** Records who imported, and lets retention know of messages older than all before. */
  static Recording record(Region region, Connection connection, List<Submission> stored)
      throws SQLException {
    Map<Long, Long> oldest = new HashMap<>();
    Map<Importer, AuditEvent> events = new HashMap<>();
    for (Submission each : stored) {
      if (each.message().door() instanceof Door.Import imported) {
        oldest.merge(each.conversation().id(), each.time(), Math::min);
        events.merge(
            new Importer(each.message().app().appId(), imported.event().actor()),
            imported.event(),
            ImportStore::together);
      }
    }
    if (!events.isEmpty()) {
      lowerOldestTime(connection, oldest);
    }
    return region.write(connection, List.copyOf(events.values()));
  }

  private static AuditEvent together(AuditEvent one, AuditEvent other) {
    Set<Target> targets = new LinkedHashSet<>(one.target());
    targets.addAll(other.target());
    return AuditEvent.of(
            one.type(),
            one.time(),
            one.app(),
            one.outcome(),
            one.actor(),
            one.source(),
            List.copyOf(targets),
            one.request())
        .withPersonal(one.personal())
        .withCount(one.count() + other.count());
  }

  private static void lowerOldestTime(Connection connection, Map<Long, Long> oldest)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE conversation SET oldest_time = ? WHERE id = ? AND oldest_time > ?")) {
      for (Map.Entry<Long, Long> each : oldest.entrySet()) {
        update.setLong(1, each.getValue());
        update.setLong(2, each.getKey());
        update.setLong(3, each.getValue());
        update.addBatch();
      }
      update.executeBatch();
    }
  }

  private record Importer(long appId, Actor actor) {}
}
