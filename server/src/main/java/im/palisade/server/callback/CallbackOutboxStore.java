package im.palisade.server.callback;

import im.palisade.server.protocol.Origin;
import im.palisade.server.security.SecretBox;
import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * SQL of webhooks that are kept until they have arrived. Their bodies hold what users wrote, so
 * they are sealed, each for its app.
 */
final class CallbackOutboxStore {
  private static final int STEP = 500;

  private static final Sql INSERT =
      new Sql(
          """
          INSERT INTO callback_outbox
            (app_id, lane, command, platform, address, depth, created_at, due_at, attempts, unread_of,
             body)
          VALUES \
          """,
          "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          "");

  private static final Sql READ =
      new Sql(
          """
          SELECT id, app_id, lane, command, platform, address, depth, created_at, attempts,
            unread_of, body
          FROM callback_outbox WHERE id IN (\
          """,
          "?",
          ") ORDER BY id");

  private static final Sql DELIVERED =
      new Sql("UPDATE callback_outbox SET waiting = 0 WHERE id IN (", "?", ")");

  private static final Sql DELETE = new Sql("DELETE FROM callback_outbox WHERE id IN (", "?", ")");

  private final SecretBox box;

  CallbackOutboxStore(SecretBox box) {
    this.box = box;
  }

  /** A webhook and when it is to be sent. */
  record Due(Kept kept, long dueAt) {}

  /** How many wait, and since when the oldest does. */
  record Backlog(long waiting, Optional<Long> oldest) {}

  void insert(Connection connection, Collection<Due> callbacks) throws SQLException {
    INSERT.update(connection, List.of(), callbacks, this::bind);
  }

  /** Apps with webhooks that wait; skips along the index from app to app. */
  List<Long> appsWaiting(Connection connection) throws SQLException {
    List<Long> apps = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT app_id FROM callback_outbox FORCE INDEX (callback_due)
            WHERE waiting = 1 AND app_id > ? ORDER BY app_id LIMIT 1
            """)) {
      long last = 0;
      while (true) {
        select.setLong(1, last);
        try (ResultSet rows = select.executeQuery()) {
          if (!rows.next()) {
            return apps;
          }
          last = rows.getLong(1);
          apps.add(last);
        }
      }
    }
  }

  /** Ids of an app's webhooks that are due, the longest due first; those under way are passed. */
  List<Long> due(Connection connection, long appId, long now, Set<Long> underWay, int most)
      throws SQLException {
    List<Long> ids = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT id FROM callback_outbox FORCE INDEX (callback_due)
            WHERE waiting = 1 AND app_id = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?
            """)) {
      select.setLong(1, appId);
      select.setLong(2, now);
      select.setInt(3, underWay.size() + most);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next() && ids.size() < most) {
          if (!underWay.contains(rows.getLong(1))) {
            ids.add(rows.getLong(1));
          }
        }
      }
    }
    return ids;
  }

  /** Those webhooks, in the order of their ids. */
  List<Kept> read(Connection connection, Collection<Long> ids) throws SQLException {
    List<Kept> found = new ArrayList<>();
    READ.select(
        connection,
        List.of(),
        ids,
        Sql.ID,
        row ->
            found.add(
                new Kept(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(8),
                    row.getInt(9),
                    new Callback(
                        text(row.getBytes(4)),
                        new Origin(
                            "", false, text(row.getBytes(6)), text(row.getBytes(5)), row.getInt(7)),
                        text(box.open(row.getBytes(11), owner(row.getLong(2)))),
                        row.getLong(10)))));
    return found;
  }

  void delivered(Connection connection, Collection<Long> ids) throws SQLException {
    DELIVERED.update(connection, List.of(), ids, Sql.ID);
  }

  void delete(Connection connection, Collection<Long> ids) throws SQLException {
    DELETE.update(connection, List.of(), ids, Sql.ID);
  }

  void postpone(Connection connection, Collection<Due> callbacks) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE callback_outbox SET due_at = ?, attempts = ? WHERE id = ?")) {
      for (Due each : callbacks) {
        update.setLong(1, each.dueAt());
        update.setInt(2, each.kept().attempts());
        update.setLong(3, each.kept().id());
        update.addBatch();
      }
      update.executeBatch();
    }
  }

  /** Counts along the index. */
  Backlog backlog(Connection connection, long appId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT COUNT(*), MIN(created_at) FROM callback_outbox
            WHERE app_id = ? AND waiting = 1
            """)) {
      select.setLong(1, appId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return new Backlog(rows.getLong(1), Optional.ofNullable(rows.getObject(2, Long.class)));
      }
    }
  }

  /** Gives up one step of an app's webhooks that wait, the oldest first; returns how many. */
  int giveUp(Connection connection, long appId, long createdBefore, int most) throws SQLException {
    return delete(
        connection,
        """
        DELETE FROM callback_outbox
        WHERE app_id = ? AND waiting = 1 AND created_at < ? ORDER BY created_at LIMIT ?
        """,
        appId,
        createdBefore,
        Math.min(most, STEP));
  }

  /** Forgets one step of an app's webhooks that were delivered. */
  int forget(Connection connection, long appId, long createdBefore) throws SQLException {
    return delete(
        connection,
        """
        DELETE FROM callback_outbox
        WHERE app_id = ? AND waiting = 0 AND created_at < ? ORDER BY created_at LIMIT ?
        """,
        appId,
        createdBefore,
        STEP);
  }

  /** Makes what was delivered of a time range due again; returns how many. */
  int replay(Connection connection, long appId, long from, long to, long now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE callback_outbox SET waiting = 1, due_at = ?, attempts = 0
            WHERE app_id = ? AND waiting = 0 AND created_at >= ? AND created_at < ?
            """)) {
      update.setLong(1, now);
      update.setLong(2, appId);
      update.setLong(3, from);
      update.setLong(4, to);
      return update.executeUpdate();
    }
  }

  private static int delete(
      Connection connection, String sql, long appId, long createdBefore, int most)
      throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      delete.setLong(1, appId);
      delete.setLong(2, createdBefore);
      delete.setInt(3, most);
      return delete.executeUpdate();
    }
  }

  private int bind(PreparedStatement insert, int first, Due due) throws SQLException {
    Kept kept = due.kept();
    Callback callback = kept.callback();
    int at = first;
    insert.setLong(at++, kept.appId());
    insert.setLong(at++, kept.lane());
    insert.setBytes(at++, bytes(callback.command()));
    insert.setBytes(at++, bytes(callback.origin().platform()));
    insert.setBytes(at++, bytes(callback.origin().address()));
    insert.setInt(at++, callback.origin().depth());
    insert.setLong(at++, kept.createdAt());
    insert.setLong(at++, due.dueAt());
    insert.setInt(at++, kept.attempts());
    insert.setLong(at++, callback.unreadOf());
    insert.setBytes(at++, box.seal(bytes(callback.body()), owner(kept.appId())));
    return at;
  }

  private static String owner(long appId) {
    return "webhook/" + appId;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
