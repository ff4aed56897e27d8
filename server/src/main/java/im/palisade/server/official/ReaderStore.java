package im.palisade.server.official;

import static im.palisade.server.official.OfficialStore.text;
import static im.palisade.server.official.OfficialStore.utf8;

import im.palisade.server.conversation.ReceiveOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** SQL of official accounts as conversations of their subscribers. */
final class ReaderStore {
  /**
   * Where a subscriber stands.
   *
   * @param position up to which nothing is unread
   */
  record Reading(long conversationId, long clearSeq, long readSeq, long position, long lastSeq) {}

  /** A conversation of a subscriber's list. */
  record Listed(String account, long time, boolean pinned, boolean cleared) {}

  Optional<Reading> find(Connection connection, long appId, String account, long accountId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT s.conversation_id, s.clear_seq, s.read_seq,
              GREATEST(s.read_seq, s.clear_seq, s.hidden_seq), c.last_seq
            FROM official_account o
            JOIN official_subscriber s ON s.conversation_id = o.conversation_id
            JOIN conversation c ON c.id = o.conversation_id
            WHERE o.app_id = ? AND o.account = ? AND o.gone_id = 0 AND s.account_id = ?
            """)) {
      select.setLong(1, appId);
      select.setBytes(2, utf8(account));
      select.setLong(3, accountId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? Optional.of(
                new Reading(
                    rows.getLong(1),
                    rows.getLong(2),
                    rows.getLong(3),
                    rows.getLong(4),
                    rows.getLong(5)))
            : Optional.empty();
      }
    }
  }

  /**
   * The newest conversations, pinned ones first. Reads the user's subscriptions, as many as it may
   * have, since a message writes to none of them: a message by primary key each.
   */
  List<Listed> list(Connection connection, long accountId, int limit) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT o.account, COALESCE(shown.time, c.last_time) AS shown_time,
              pin.account_id IS NOT NULL AS pinned,
              NOT EXISTS (
                SELECT 1 FROM message other
                WHERE other.conversation_id = c.id AND other.seq > s.clear_seq)
            FROM official_subscriber s
            JOIN official_account o ON o.conversation_id = s.conversation_id AND o.gone_id = 0
            JOIN conversation c ON c.id = s.conversation_id
            LEFT JOIN message shown ON shown.conversation_id = c.id AND shown.seq = c.shown_1
            LEFT JOIN pinned_conversation pin
              ON pin.account_id = s.account_id AND pin.conversation_id = c.id
            WHERE s.account_id = ? AND c.shown_1 > s.hidden_seq
            ORDER BY pinned DESC, shown_time DESC, o.account LIMIT ?
            """)) {
      select.setLong(1, accountId);
      select.setInt(2, limit);
      List<Listed> found = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(
              new Listed(
                  text(rows.getBytes(1)), rows.getLong(2), rows.getBoolean(3), rows.getBoolean(4)));
        }
      }
      return found;
    }
  }

  /** Positions in those conversations of a user that count toward its total and have news. */
  Map<Long, Long> positions(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT s.conversation_id, GREATEST(s.read_seq, s.clear_seq, s.hidden_seq)
            FROM official_subscriber s
            JOIN official_account o ON o.conversation_id = s.conversation_id AND o.gone_id = 0
            JOIN conversation c ON c.id = s.conversation_id
            WHERE s.account_id = ? AND s.msg_flag = 0
              AND c.last_seq > GREATEST(s.read_seq, s.clear_seq, s.hidden_seq)
            """)) {
      select.setLong(1, accountId);
      Map<Long, Long> positions = new HashMap<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          positions.put(rows.getLong(1), rows.getLong(2));
        }
      }
      return positions;
    }
  }

  /** How a subscriber receives messages; empty for nobody's subscription. */
  Optional<ReceiveOption> option(Connection connection, long conversationId, long accountId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT msg_flag FROM official_subscriber WHERE account_id = ? AND conversation_id"
                + " = ?")) {
      select.setLong(1, accountId);
      select.setLong(2, conversationId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? Optional.of(OfficialOptions.of(rows.getInt(1))) : Optional.empty();
      }
    }
  }

  void hide(Connection connection, Reading reading, long accountId, boolean clear)
      throws SQLException {
    try (PreparedStatement unpin =
            connection.prepareStatement(
                "DELETE FROM pinned_conversation WHERE account_id = ? AND conversation_id = ?");
        PreparedStatement update =
            connection.prepareStatement(
                """
                UPDATE official_subscriber
                SET hidden_seq = ?, read_seq = GREATEST(read_seq, ?),
                  clear_seq = IF(?, ?, clear_seq)
                WHERE account_id = ? AND conversation_id = ?
                """)) {
      unpin.setLong(1, accountId);
      unpin.setLong(2, reading.conversationId());
      unpin.executeUpdate();
      update.setLong(1, reading.lastSeq());
      update.setLong(2, reading.lastSeq());
      update.setBoolean(3, clear);
      update.setLong(4, reading.lastSeq());
      update.setLong(5, accountId);
      update.setLong(6, reading.conversationId());
      update.executeUpdate();
    }
  }

  /** Moves a subscriber's position forward; false when it is there or further already. */
  boolean advance(Connection connection, long conversationId, long accountId, long seq)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE official_subscriber SET read_seq = ?
            WHERE account_id = ? AND conversation_id = ? AND read_seq < ?
            """)) {
      update.setLong(1, seq);
      update.setLong(2, accountId);
      update.setLong(3, conversationId);
      update.setLong(4, seq);
      return update.executeUpdate() > 0;
    }
  }
}
