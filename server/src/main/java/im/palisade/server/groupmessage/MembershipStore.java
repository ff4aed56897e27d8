package im.palisade.server.groupmessage;

import im.palisade.server.groupmessage.GroupMessageStore.Span;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** SQL of when an account belonged to a group, as what it may read depends on it. */
final class MembershipStore {
  /** Spells of membership that are looked at, the newest first. */
  private static final int SPELLS = 20;

  /**
   * An account's memberships of a group.
   *
   * @param present whether it belongs to it now
   * @param clearSeq up to where it has cleared the conversation for itself
   */
  record Memberships(boolean present, long clearSeq, List<Span> spans) {}

  /** Present and past memberships; none when it never belonged. */
  Memberships of(Connection connection, long groupId, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            (SELECT from_seq, 4294967295, clear_seq, 1 FROM group_member
             WHERE conversation_id = ? AND account_id = ?)
            UNION ALL
            (SELECT from_seq, to_seq, clear_seq, 0 FROM group_past_member
             WHERE conversation_id = ? AND account_id = ? ORDER BY from_seq DESC LIMIT ?)
            """)) {
      select.setLong(1, groupId);
      select.setLong(2, accountId);
      select.setLong(3, groupId);
      select.setLong(4, accountId);
      select.setInt(5, SPELLS);
      boolean present = false;
      long clearSeq = 0;
      List<Span> spans = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          spans.add(new Span(rows.getLong(1), rows.getLong(2)));
          clearSeq = Math.max(clearSeq, rows.getLong(3));
          present |= rows.getBoolean(4);
        }
      }
      return new Memberships(present, clearSeq, spans);
    }
  }

  /** UNIX seconds when a present member joined. */
  long joinTime(Connection connection, long groupId, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT join_time FROM group_member WHERE conversation_id = ? AND account_id = ?")) {
      select.setLong(1, groupId);
      select.setLong(2, accountId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  /** Up to where a member has cleared a topic for itself. */
  long topicClearSeq(Connection connection, long topicId, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT clear_seq FROM group_topic_member
            WHERE conversation_id = ? AND account_id = ?
            """)) {
      select.setLong(1, topicId);
      select.setLong(2, accountId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }
}
