package im.palisade.server.moderation;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** SQL of library words. */
final class LibraryStore {
  private static final String SELECT =
      "SELECT id, library, content, label, created_at FROM library_word WHERE app_id = ?";

  /** Every word of an app, for its filter. */
  List<LibraryWord> readAll(Connection connection, long appId) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SELECT + " ORDER BY id")) {
      select.setLong(1, appId);
      return read(select);
    }
  }

  /** Every word of a library, by id. */
  List<LibraryWord> readAll(Connection connection, long appId, Library library)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(SELECT + " AND library = ? ORDER BY id")) {
      select.setLong(1, appId);
      select.setBytes(2, ascii(library.id()));
      return read(select);
    }
  }

  /** Words of a library from an offset on, by id. */
  List<LibraryWord> page(Connection connection, long appId, Library library, int offset, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(SELECT + " AND library = ? ORDER BY id LIMIT ? OFFSET ?")) {
      select.setLong(1, appId);
      select.setBytes(2, ascii(library.id()));
      select.setInt(3, limit);
      select.setInt(4, offset);
      return read(select);
    }
  }

  /** How many words a library has; counts its part of an index, 10,000 entries at most. */
  int count(Connection connection, long appId, Library library) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT COUNT(*) FROM library_word WHERE app_id = ? AND library = ?")) {
      select.setLong(1, appId);
      select.setBytes(2, ascii(library.id()));
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  Optional<LibraryWord> find(Connection connection, long appId, Library library, String content)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(SELECT + " AND library = ? AND content = ?")) {
      select.setLong(1, appId);
      select.setBytes(2, ascii(library.id()));
      select.setBytes(3, content.getBytes(StandardCharsets.UTF_8));
      return read(select).stream().findFirst();
    }
  }

  /** Adds a word or changes its label. */
  void put(
      Connection connection, long appId, Library library, String content, Label label, Instant now)
      throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO library_word (app_id, library, content, label, created_at)
            VALUES (?, ?, ?, ?, ?)
            ON DUPLICATE KEY UPDATE label = VALUES(label)
            """)) {
      upsert.setLong(1, appId);
      upsert.setBytes(2, ascii(library.id()));
      upsert.setBytes(3, content.getBytes(StandardCharsets.UTF_8));
      upsert.setBytes(4, ascii(label.wireName()));
      upsert.setTimestamp(5, Timestamp.from(now));
      upsert.executeUpdate();
    }
  }

  void delete(Connection connection, long id) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM library_word WHERE id = ?")) {
      delete.setLong(1, id);
      delete.executeUpdate();
    }
  }

  private static List<LibraryWord> read(PreparedStatement select) throws SQLException {
    List<LibraryWord> words = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        Library library =
            Library.find(new String(rows.getBytes(2), StandardCharsets.US_ASCII))
                .orElse(Library.REVIEW);
        words.add(
            new LibraryWord(
                rows.getLong(1),
                library,
                new String(rows.getBytes(3), StandardCharsets.UTF_8),
                Label.ofWireName(new String(rows.getBytes(4), StandardCharsets.US_ASCII)),
                rows.getTimestamp(5).toInstant()));
      }
    }
    return words;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
