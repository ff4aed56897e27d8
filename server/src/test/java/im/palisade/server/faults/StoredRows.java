package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.server.store.DataDirectory;
import im.palisade.server.store.Database;
import im.palisade.server.testing.TestDatabase;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Holds the rows of a data directory, whose server has ended, to each other. */
final class StoredRows {
  private static final int COUNTED = 64;

  private StoredRows() {}

  /** Checks what the store says twice; returns how many messages there are. */
  static int check(Path data) {
    try (DataDirectory directory = DataDirectory.open(data);
        Database database = Database.open(TestDatabase.settings(Map.of()), directory);
        Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      List<String> tables =
          strings(statement, "CHECK TABLE message, conversation, member, commit_feed", 4);
      assertEquals(List.of("OK", "OK", "OK", "OK"), tables);
      assertEquals(List.of(), strings(statement, heads(), 1), "conversations whose row is wrong");
      assertEquals(List.of(), strings(statement, running(), 1), "messages counted wrongly");
      List<String> messages = strings(statement, keys(), 1);
      assertEquals(messages, feed(statement), "the commit feed names exactly what was stored");
      // Each message of these tests is one that a user sent to another.
      assertEquals(
          List.of(Integer.toString(messages.size())),
          strings(statement, "SELECT SUM(value) FROM statistic WHERE counter = 3", 1),
          "statistics count exactly what was stored");
      return messages.size();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** The running numbers in the conversation row against the messages. */
  private static String heads() {
    return """
    SELECT conversation.id
    FROM conversation LEFT JOIN
      (SELECT conversation_id, COUNT(*) AS messages, MAX(seq) AS last, MAX(time) AS newest,
         COALESCE(SUM(flags & %1$d <> 0 AND sender_id = account_2), 0) AS toward_1,
         COALESCE(SUM(flags & %1$d <> 0 AND sender_id = account_1), 0) AS toward_2
       FROM message JOIN conversation ON conversation.id = conversation_id
       GROUP BY conversation_id) AS counts ON counts.conversation_id = conversation.id
    WHERE last_seq <> COALESCE(messages, 0) OR last_seq <> COALESCE(last, 0)
      OR last_time <> COALESCE(newest, 0)
      OR shown_1 <> last_seq OR shown_2 <> last_seq
      OR counted_1 <> COALESCE(toward_1, 0) OR counted_2 <> COALESCE(toward_2, 0)
    """
        .formatted(COUNTED);
  }

  /** Each message's running number against the messages before it. */
  private static String running() {
    return """
    SELECT CONCAT(conversation_id, ':', seq) FROM
      (SELECT conversation_id, seq, counted,
         SUM(flags & %d <> 0) OVER (PARTITION BY conversation_id, sender_id ORDER BY seq) AS n
       FROM message) AS numbered
    WHERE counted <> n
    """
        .formatted(COUNTED);
  }

  private static String keys() {
    return "SELECT CONCAT(conversation_id, ':', seq) FROM message ORDER BY conversation_id, seq";
  }

  private static List<String> feed(Statement statement) throws SQLException {
    List<long[]> named = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery("SELECT entries FROM commit_feed")) {
      while (rows.next()) {
        ByteBuffer in = ByteBuffer.wrap(rows.getBytes(1));
        assertEquals(1, in.get(), "format");
        while (in.hasRemaining()) {
          long conversation = in.getLong();
          int from = in.getInt();
          int to = in.getInt();
          for (int seq = from; seq <= to; seq++) {
            named.add(new long[] {conversation, seq});
          }
        }
      }
    }
    return named.stream()
        .sorted((a, b) -> a[0] == b[0] ? Long.compare(a[1], b[1]) : Long.compare(a[0], b[0]))
        .map(key -> key[0] + ":" + key[1])
        .toList();
  }

  private static List<String> strings(Statement statement, String sql, int column)
      throws SQLException {
    List<String> values = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(column));
      }
    }
    return values;
  }
}
