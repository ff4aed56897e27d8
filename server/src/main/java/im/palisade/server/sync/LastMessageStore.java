package im.palisade.server.sync;

import im.palisade.server.message.MessageStore;
import im.palisade.server.message.StoredMessage;
import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** SQL of the messages that conversation lists show. */
final class LastMessageStore {
  private static final Sql BY_PLACE =
      new Sql(
          "SELECT "
              + Arrays.stream(MessageStore.COLUMNS.split(", ", -1))
                  .map(column -> "m." + column)
                  .collect(Collectors.joining(", "))
              + """
              , a.user_id, a.nick, a.face_url
              FROM message m FORCE INDEX (PRIMARY) LEFT JOIN account a ON a.id = m.sender_id
              WHERE (m.conversation_id, m.seq) IN (\
              """,
          "(?, ?)",
          ")");

  /** Where a message stands. */
  record At(long conversationId, long seq) {}

  /** A message with who sent it; the system's have an empty sender. */
  record Line(StoredMessage message, String from, String nick, String faceUrl) {}

  /** The messages that stand there, by conversation. */
  Map<Long, Line> find(Connection connection, Collection<At> places) throws SQLException {
    Map<Long, Line> found = new HashMap<>();
    BY_PLACE.select(
        connection,
        List.of(),
        places,
        (statement, at, place) -> {
          statement.setLong(at, place.conversationId());
          statement.setLong(at + 1, place.seq());
          return at + 2;
        },
        row ->
            found.put(
                row.getLong(1),
                new Line(
                    MessageStore.row(row),
                    text(row.getBytes(9)),
                    text(row.getBytes(10)),
                    text(row.getBytes(11)))));
    return found;
  }

  private static String text(byte[] utf8) {
    return utf8 == null ? "" : new String(utf8, StandardCharsets.UTF_8);
  }
}
