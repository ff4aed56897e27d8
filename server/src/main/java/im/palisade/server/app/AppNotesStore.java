package im.palisade.server.app;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** SQL of tags and closings of apps. There are few apps, so all are read at once. */
final class AppNotesStore {

  Map<Long, AppNotes> all(Connection connection) throws SQLException {
    Map<Long, Map<String, String>> tags = tags(connection);
    Map<Long, AppNotes> notes = new HashMap<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                """
                SELECT app.app_id, app.created_at, app_closing.purge_at FROM app
                LEFT JOIN app_closing ON app_closing.app_id = app.app_id
                """);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        long purgeAt = rows.getLong(3);
        notes.put(
            rows.getLong(1),
            new AppNotes(
                rows.getTimestamp(2).toInstant(),
                tags.getOrDefault(rows.getLong(1), Map.of()),
                rows.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(purgeAt))));
      }
    }
    return notes;
  }

  private static Map<Long, Map<String, String>> tags(Connection connection) throws SQLException {
    Map<Long, Map<String, String>> tags = new HashMap<>();
    try (PreparedStatement select =
            connection.prepareStatement("SELECT app_id, name, value FROM app_tag");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        tags.computeIfAbsent(rows.getLong(1), id -> new HashMap<>())
            .put(text(rows.getBytes(2)), text(rows.getBytes(3)));
      }
    }
    return tags;
  }

  void setTags(Connection connection, long appId, Map<String, String> tags) throws SQLException {
    change(connection, "DELETE FROM app_tag WHERE app_id = ?", appId);
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO app_tag (app_id, name, value) VALUES (?, ?, ?)")) {
      for (Map.Entry<String, String> tag : tags.entrySet()) {
        insert.setLong(1, appId);
        insert.setBytes(2, tag.getKey().getBytes(StandardCharsets.UTF_8));
        insert.setBytes(3, tag.getValue().getBytes(StandardCharsets.UTF_8));
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  void close(Connection connection, long appId, Instant purgeAt) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO app_closing (app_id, purge_at) VALUES (?, ?)
            ON DUPLICATE KEY UPDATE purge_at = VALUES(purge_at)
            """)) {
      insert.setLong(1, appId);
      insert.setLong(2, purgeAt.toEpochMilli());
      insert.executeUpdate();
    }
  }

  /** Takes a closing back; false when its time has come. */
  boolean reopen(Connection connection, long appId, Instant now) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM app_closing WHERE app_id = ? AND purge_at > ?")) {
      delete.setLong(1, appId);
      delete.setLong(2, now.toEpochMilli());
      return delete.executeUpdate() == 1;
    }
  }

  List<Long> due(Connection connection, Instant now) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT app_id FROM app_closing WHERE purge_at <= ?")) {
      select.setLong(1, now.toEpochMilli());
      try (ResultSet rows = select.executeQuery()) {
        List<Long> due = new ArrayList<>();
        while (rows.next()) {
          due.add(rows.getLong(1));
        }
        return due;
      }
    }
  }

  void forget(Connection connection, long appId) throws SQLException {
    change(connection, "DELETE FROM app_tag WHERE app_id = ?", appId);
    change(connection, "DELETE FROM app_closing WHERE app_id = ?", appId);
  }

  private static void change(Connection connection, String sql, long appId) throws SQLException {
    try (PreparedStatement change = connection.prepareStatement(sql)) {
      change.setLong(1, appId);
      change.executeUpdate();
    }
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
