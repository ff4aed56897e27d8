package im.palisade.server.group;

import im.palisade.server.account.Account;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a deleted account out of its groups in the transaction that deletes it: groups it owned
 * have no owner then, and nobody is told. Writers find the conversations' versions moved.
 */
final class DepartureStore {
  /** Each with the account's id for every parameter. */
  private static final List<String> CHANGES =
      List.of(
          """
          UPDATE conversation c JOIN group_member m ON m.conversation_id = c.id
          SET c.version = c.version + 1 WHERE m.account_id = ?
          """,
          """
          UPDATE im_group g JOIN group_member m ON m.conversation_id = g.conversation_id
          SET g.member_count = g.member_count - 1 WHERE m.account_id = ?
          """,
          "UPDATE im_group SET owner_id = 0 WHERE owner_id = ? AND gone_id = 0",
          "DELETE FROM group_member WHERE account_id = ?",
          "DELETE FROM group_past_member WHERE account_id = ?",
          "DELETE FROM group_topic_member WHERE account_id = ?",
          "DELETE FROM group_last_seen WHERE account_id = ?",
          "DELETE FROM group_mute WHERE account_id = ?",
          "DELETE FROM permission_member WHERE account_id = ?",
          "DELETE FROM group_application WHERE account_id = ?");

  /** Takes the account out; returns the names of the groups that have changed. */
  List<String> leave(Connection connection, Account account) throws SQLException {
    List<String> changed = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT group_id FROM im_group WHERE owner_id = ? AND gone_id = 0
            UNION
            SELECT g.group_id FROM im_group g
              JOIN group_member m ON m.conversation_id = g.conversation_id
            WHERE m.account_id = ? AND g.gone_id = 0
            """)) {
      select.setLong(1, account.id());
      select.setLong(2, account.id());
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          changed.add(GroupStore.text(rows, 1));
        }
      }
    }
    for (String change : CHANGES) {
      try (PreparedStatement statement = connection.prepareStatement(change)) {
        statement.setLong(1, account.id());
        statement.executeUpdate();
      }
    }
    return changed;
  }
}
