package im.palisade.server.auditlog;

import im.palisade.server.store.Region;
import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** SQL of the outbox: rows of committed records that the log may not have yet. */
final class OutboxStore {
  private static final Sql DELETE = new Sql("DELETE FROM audit_outbox WHERE id IN (", "?", ")");

  /** A row as it stands. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Row(long id, byte[] records) {}

  private final Region region;

  OutboxStore(Region region) {
    this.region = region;
  }

  /** The oldest rows after that id. */
  List<Row> after(long id, int limit) {
    return region.read(connection -> after(connection, id, limit));
  }

  private static List<Row> after(Connection connection, long id, int limit) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, events FROM audit_outbox WHERE id > ? ORDER BY id LIMIT ?")) {
      select.setLong(1, id);
      select.setInt(2, limit);
      try (ResultSet rows = select.executeQuery()) {
        List<Row> found = new ArrayList<>();
        while (rows.next()) {
          found.add(new Row(rows.getLong(1), rows.getBytes(2)));
        }
        return found;
      }
    }
  }

  /** Removes rows whose records the log has. */
  void delete(Collection<Long> ids) {
    region.inUnitOfWork(unit -> DELETE.update(unit.connection(), List.of(), ids, Sql.ID));
  }

  /** Keeps records that found no other place. */
  void insert(byte[] records) {
    region.inUnitOfWork(
        unit -> {
          try (PreparedStatement insert =
              unit.connection()
                  .prepareStatement(
                      "INSERT INTO audit_outbox (recorded_at, events)"
                          + " VALUES (UTC_TIMESTAMP(6), ?)")) {
            insert.setBytes(1, records);
            return insert.executeUpdate();
          }
        });
  }
}
