package im.palisade.server.relation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * SQL that takes a deleted account out of all relations. The numbers of the others are corrected by
 * statements over indexes, since it may have any number of fans.
 */
final class RelationCleanerStore {
  private static final List<String> STATEMENTS =
      List.of(
          """
          UPDATE relation JOIN friend ON friend.owner_id = relation.account_id
          SET relation.friends = relation.friends - 1,
            relation.standard_seq = relation.standard_seq + 1,
            relation.list_seq = relation.list_seq + (friend.lists <> 0),
            relation.custom_seq = relation.custom_seq + (friend.custom <> '')
          WHERE friend.friend_id = ?
          """,
          "DELETE FROM friend WHERE friend_id = ?",
          "DELETE FROM friend WHERE owner_id = ?",
          "DELETE FROM friend_list WHERE owner_id = ?",
          """
          UPDATE relation JOIN friend_request ON friend_request.from_id = relation.account_id
          SET relation.requests_out = relation.requests_out - 1
          WHERE friend_request.to_id = ?
          """,
          """
          UPDATE relation JOIN friend_request ON friend_request.to_id = relation.account_id
          SET relation.requests_in = relation.requests_in - 1
          WHERE friend_request.from_id = ?
          """,
          "DELETE FROM friend_request WHERE from_id = ?",
          "DELETE FROM friend_request WHERE to_id = ?",
          """
          UPDATE relation JOIN blocked ON blocked.owner_id = relation.account_id
          SET relation.blocked = relation.blocked - 1,
            relation.block_seq = relation.block_seq + 1
          WHERE blocked.blocked_id = ?
          """,
          "DELETE FROM blocked WHERE blocked_id = ?",
          "DELETE FROM blocked WHERE owner_id = ?",
          """
          UPDATE relation JOIN follow ON follow.follower_id = relation.account_id
          SET relation.following = relation.following - 1,
            relation.mutual = relation.mutual - (follow.mutual_at > 0)
          WHERE follow.followed_id = ?
          """,
          """
          UPDATE relation JOIN follow ON follow.followed_id = relation.account_id
          SET relation.followers = relation.followers - 1
          WHERE follow.follower_id = ?
          """,
          "DELETE FROM follow WHERE follower_id = ?",
          "DELETE FROM follow WHERE followed_id = ?",
          """
          UPDATE relation
          SET deleted = 1, friends = 0, blocked = 0, requests_in = 0, requests_out = 0,
            following = 0, followers = 0, mutual = 0
          WHERE account_id = ?
          """);

  /** Standard sequences, after the deletion, of those who have the account as a friend. */
  Map<Long, Integer> bereaved(Connection connection, long accountId) throws SQLException {
    Map<Long, Integer> sequences = new HashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT relation.account_id, relation.standard_seq + 1
            FROM relation JOIN friend ON friend.owner_id = relation.account_id
            WHERE friend.friend_id = ?
            """)) {
      select.setLong(1, accountId);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          sequences.put(rows.getLong(1), rows.getInt(2));
        }
      }
    }
    return sequences;
  }

  /** With how many others the account is friends, whichever of both has the entry. */
  int pairs(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT COUNT(*) FROM (
              SELECT friend_id FROM friend WHERE owner_id = ?
              UNION SELECT owner_id FROM friend WHERE friend_id = ?) others
            """)) {
      select.setLong(1, accountId);
      select.setLong(2, accountId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** Removes everything; the account's own row, which must be locked, becomes a tombstone. */
  void clean(Connection connection, long accountId) throws SQLException {
    for (String sql : STATEMENTS) {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setLong(1, accountId);
        statement.executeUpdate();
      }
    }
  }
}
