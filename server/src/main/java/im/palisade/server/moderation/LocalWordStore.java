package im.palisade.server.moderation;

import im.palisade.server.moderation.LocalWord.Counts;
import im.palisade.server.moderation.LocalWord.Name;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** SQL of local words. */
final class LocalWordStore {

  /**
   * Every word of an app, by id. The whole list is read even for a page of it: it is short (3,200
   * rows at most, side by side in one index), and pages are filtered by what SQL cannot compare
   * without regard to case.
   */
  List<LocalWord> readAll(Connection connection, long appId) throws SQLException {
    List<LocalWord> words = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT id, keyword, kind, action, replacement, updated_at
            FROM local_word WHERE app_id = ? ORDER BY id
            """)) {
      select.setLong(1, appId);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          words.add(
              new LocalWord(
                  rows.getLong(1),
                  new String(rows.getBytes(2), StandardCharsets.UTF_8),
                  WordKind.ofCode(rows.getInt(3)),
                  WordAction.ofCode(rows.getInt(4)),
                  new String(rows.getBytes(5), StandardCharsets.UTF_8),
                  rows.getTimestamp(6).toInstant()));
        }
      }
    }
    return words;
  }

  /** Adds words or changes those of the same keyword and kind. */
  void put(Connection connection, long appId, List<LocalWord> words) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO local_word (app_id, keyword, kind, action, replacement, updated_at)
            VALUES (?, ?, ?, ?, ?, ?)
            ON DUPLICATE KEY UPDATE
              action = VALUES(action),
              replacement = VALUES(replacement),
              updated_at = VALUES(updated_at)
            """)) {
      for (LocalWord word : words) {
        upsert.setLong(1, appId);
        upsert.setBytes(2, word.keyword().getBytes(StandardCharsets.UTF_8));
        upsert.setInt(3, word.kind().code());
        upsert.setInt(4, word.action().code());
        upsert.setBytes(5, word.replacement().getBytes(StandardCharsets.UTF_8));
        upsert.setTimestamp(6, Timestamp.from(word.updatedAt()));
        upsert.executeUpdate();
      }
    }
  }

  /** The id of a word that is there. */
  OptionalLong find(Connection connection, long appId, Name name) throws SQLException {
    boolean byId = name.id().isPresent();
    try (PreparedStatement select =
        connection.prepareStatement(
            byId
                ? "SELECT id FROM local_word WHERE id = ? AND app_id = ?"
                : "SELECT id FROM local_word WHERE keyword = ? AND app_id = ? AND kind = ?")) {
      select.setLong(2, appId);
      if (byId) {
        select.setLong(1, name.id().getAsLong());
      } else {
        select.setBytes(1, name.keyword().getBytes(StandardCharsets.UTF_8));
        select.setInt(3, name.kind().code());
      }
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
      }
    }
  }

  void delete(Connection connection, long id) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM local_word WHERE id = ?")) {
      delete.setLong(1, id);
      delete.executeUpdate();
    }
  }

  /** How many there are; counts the app's part of an index, which is short. */
  Counts count(Connection connection, long appId) throws SQLException {
    int words = 0;
    int expressions = 0;
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT kind, COUNT(*) FROM local_word WHERE app_id = ? GROUP BY kind")) {
      select.setLong(1, appId);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          switch (WordKind.ofCode(rows.getInt(1))) {
            case WORD -> words = rows.getInt(2);
            case EXPRESSION -> expressions = rows.getInt(2);
          }
        }
      }
    }
    return new Counts(words, expressions);
  }
}
