package im.palisade.bench;

import com.mysql.cj.jdbc.Driver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** The tables under a measured server, to fill them faster than by sending and to count in them. */
final class BenchStore implements AutoCloseable {
  private final Connection connection;

  private BenchStore(Connection connection) {
    this.connection = connection;
  }

  /** Connects to the embedded database of a running server, as that server does. */
  static BenchStore open(Path data) {
    try {
      String port =
          Files.readAllLines(data.resolve("mariadb").resolve("my.cnf")).stream()
              .filter(line -> line.startsWith("port "))
              .map(line -> line.replaceAll("\\D", ""))
              .findFirst()
              .orElseThrow(() -> new BenchException("the database's port is not known"));
      Properties properties = new Properties();
      properties.put("user", "palisade");
      properties.put(
          "password", Files.readString(data.resolve("secrets").resolve("database")).trim());
      properties.put("sslMode", "DISABLED");
      return new BenchStore(
          new Driver().connect("jdbc:mysql://127.0.0.1:" + port + "/palisade", properties));
    } catch (IOException | SQLException e) {
      throw new BenchException("the server's database cannot be reached: " + e.getMessage(), e);
    }
  }

  /**
   * Makes conversations of one message have this many more: texts of that length, from alternating
   * senders, spread over the last 20 days.
   *
   * @param after those with a higher id
   * @return messages there are now
   */
  long lengthen(long after, int perConversation, int textBytes) {
    try {
      long newest = number("SELECT UNIX_TIMESTAMP()");
      long seconds = 20L * 86_400;
      // One conversation after the other: pages fill up as they do when messages come one by one.
      for (long conversation : conversations(after)) {
        try (PreparedStatement insert =
            connection.prepareStatement(
                """
                INSERT INTO message
                  (conversation_id, seq, sender_id, time, msg_seq, random, counted, flags, content)
                SELECT c.id, 1 + s.seq, IF(MOD(s.seq, 2) = 0, c.account_1, c.account_2),
                  ? + FLOOR(s.seq * ?), 1 + s.seq, s.seq, s.seq DIV 2, m.flags,
                  CONCAT(X'0200', REPEAT('x', ?))
                FROM conversation c
                JOIN message m ON m.conversation_id = c.id AND m.seq = 1
                JOIN seq_1_to_%d s
                WHERE c.id = ?
                """
                    .formatted(perConversation))) {
          insert.setLong(1, newest - seconds);
          insert.setDouble(2, (double) (seconds - 60) / perConversation);
          insert.setInt(3, textBytes);
          insert.setLong(4, conversation);
          insert.executeUpdate();
        }
      }
      execute(
          """
          UPDATE conversation SET last_seq = %d, shown_1 = last_seq, shown_2 = last_seq,
            counted_1 = %d, counted_2 = %d, oldest_time = %d
          WHERE last_seq = 1 AND id > %d
          """
              .formatted(
                  perConversation + 1,
                  perConversation,
                  perConversation,
                  newest - seconds - 1,
                  after));
      execute("ANALYZE TABLE message");
      return messages();
    } catch (SQLException e) {
      throw new BenchException("messages cannot be inserted: " + e.getMessage(), e);
    }
  }

  /** The UserID of the added user of that number, from 1 on. */
  static String userName(int number) {
    return "person-%07d".formatted(number);
  }

  /** Adds so many users to an app, as an import would have. */
  void addUsers(long appId, int users) {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO account (app_id, user_id, subject_ref, nick, face_url, created_at)
            SELECT ?, CONCAT('person-', LPAD(seq, 7, '0')), RANDOM_BYTES(16),
              CONCAT('Person ', seq), '', NOW(6)
            FROM seq_1_to_%d
            """
                .formatted(users))) {
      insert.setLong(1, appId);
      insert.executeUpdate();
      execute("ANALYZE TABLE account");
    } catch (SQLException e) {
      throw new BenchException("users cannot be inserted: " + e.getMessage(), e);
    }
  }

  /** Id of the newest conversation, 0 when there is none. */
  long newestConversation() {
    try {
      return number("SELECT COALESCE(MAX(id), 0) FROM conversation");
    } catch (SQLException e) {
      throw new BenchException("conversations cannot be read: " + e.getMessage(), e);
    }
  }

  /** Stored messages. */
  long messages() {
    try {
      return number("SELECT COUNT(*) FROM message");
    } catch (SQLException e) {
      throw new BenchException("messages cannot be counted: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new BenchException("the database connection cannot be closed", e);
    }
  }

  private List<Long> conversations(long after) throws SQLException {
    List<Long> ids = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id FROM conversation WHERE last_seq = 1 AND id > ? ORDER BY id")) {
      select.setLong(1, after);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
      }
    }
    return ids;
  }

  private void execute(String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }

  private long number(String sql) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql);
        ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }
}
