package im.palisade.server.file;

import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** SQL of media files. Everything is found by (app, uuid) or by (app, day of last use). */
final class FileStore {
  private static final Sql FIND =
      new Sql(
          "SELECT id, uuid, extension, banned FROM media_file WHERE app_id = ? AND uuid IN (",
          "?",
          ")");
  private static final Sql TOUCH =
      new Sql(
          "UPDATE media_file SET used_on = ? WHERE used_on < ? AND app_id = ? AND uuid IN (",
          "?",
          ")");
  private static final Sql DELETE = new Sql("DELETE FROM media_file WHERE id IN (", "?", ")");

  private static final Sql.Binder<String> UUID =
      (statement, at, uuid) -> {
        statement.setBytes(at, HexFormat.of().parseHex(uuid));
        return at + 1;
      };

  /** A file as it is to be kept. */
  record NewFile(FileName name, long accountId, FileKind kind, long size, String md5, long day) {}

  /** Does nothing when it is there already. */
  void insert(Connection connection, NewFile file) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO media_file
              (app_id, uuid, account_id, kind, extension, size, md5, created_at, used_on)
            VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(), ?)
            ON DUPLICATE KEY UPDATE used_on = GREATEST(used_on, VALUES(used_on))
            """)) {
      insert.setLong(1, file.name().appId());
      insert.setBytes(2, HexFormat.of().parseHex(file.name().uuid()));
      insert.setLong(3, file.accountId());
      insert.setInt(4, file.kind().code());
      insert.setBytes(5, file.name().extension().getBytes(StandardCharsets.US_ASCII));
      insert.setLong(6, file.size());
      insert.setBytes(7, HexFormat.of().parseHex(file.md5()));
      insert.setLong(8, file.day());
      insert.executeUpdate();
    }
  }

  /** Those of these that are there, by uuid. */
  Map<String, StoredFile> find(Connection connection, long appId, Collection<String> uuids)
      throws SQLException {
    Map<String, StoredFile> found = new HashMap<>();
    FIND.select(
        connection,
        List.of(appId),
        uuids,
        UUID,
        row -> {
          StoredFile file = read(row);
          found.put(file.uuid(), file);
        });
    return found;
  }

  /** Bans or frees a file. */
  void setBanned(Connection connection, long id, boolean banned) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE media_file SET banned = ? WHERE id = ?")) {
      update.setBoolean(1, banned);
      update.setLong(2, id);
      update.executeUpdate();
    }
  }

  /** Files of an app were used on that day. */
  void touch(Connection connection, long appId, Collection<String> uuids, long day)
      throws SQLException {
    TOUCH.update(connection, List.of(day, day, appId), uuids, UUID);
  }

  /** Files of an app last used before that day, oldest first. */
  List<StoredFile> unused(Connection connection, long appId, long beforeDay) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT id, uuid, extension, banned FROM media_file
            WHERE app_id = ? AND used_on < ? ORDER BY used_on LIMIT ?
            """)) {
      select.setLong(1, appId);
      select.setLong(2, beforeDay);
      select.setInt(3, Sql.MAX_ROWS);
      List<StoredFile> files = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          files.add(read(rows));
        }
      }
      return files;
    }
  }

  void delete(Connection connection, List<StoredFile> files) throws SQLException {
    DELETE.update(connection, List.of(), files.stream().map(StoredFile::id).toList(), Sql.ID);
  }

  private static StoredFile read(ResultSet row) throws SQLException {
    return new StoredFile(
        row.getLong(1),
        HexFormat.of().formatHex(row.getBytes(2)),
        new String(row.getBytes(3), StandardCharsets.US_ASCII),
        row.getBoolean(4));
  }
}
