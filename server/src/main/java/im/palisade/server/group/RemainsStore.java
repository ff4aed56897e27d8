package im.palisade.server.group;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** SQL of what dissolved groups and topics leave behind. */
final class RemainsStore {
  /** What of a conversation goes with its group, by its id and at most so many rows. */
  private static final List<String> DELETES =
      List.of(
          "DELETE FROM permission_member WHERE community_id = ? LIMIT ?",
          "DELETE FROM permission_topic WHERE topic_id = ? LIMIT ?",
          "DELETE FROM permission_group WHERE community_id = ? LIMIT ?",
          "DELETE FROM group_mute WHERE conversation_id = ? LIMIT ?",
          "DELETE FROM group_topic_member WHERE conversation_id = ? LIMIT ?",
          "DELETE FROM group_application WHERE conversation_id = ? LIMIT ?",
          "DELETE FROM group_counter WHERE conversation_id = ? LIMIT ?",
          "DELETE FROM group_attributes WHERE conversation_id = ? LIMIT ?");

  /** Conversations that have something left; the table holds no others. */
  List<Long> left(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT conversation_id FROM group_remains")) {
      return ids(select);
    }
  }

  /** Deletes rows beside those of members; true when nothing is left. */
  boolean deleteSome(Connection connection, long conversationId, int most) throws SQLException {
    List<Long> all = new ArrayList<>(List.of(conversationId));
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT conversation_id FROM group_topic WHERE community_id = ? AND gone_id <> 0")) {
      select.setLong(1, conversationId);
      all.addAll(ids(select));
    }
    boolean done = true;
    for (long id : all) {
      for (String each : DELETES) {
        try (PreparedStatement delete = connection.prepareStatement(each)) {
          delete.setLong(1, id);
          delete.setInt(2, most);
          done &= delete.executeUpdate() < most;
        }
      }
    }
    return done;
  }

  void forget(Connection connection, long conversationId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM group_remains WHERE conversation_id = ?")) {
      delete.setLong(1, conversationId);
      delete.executeUpdate();
    }
  }

  private static List<Long> ids(PreparedStatement select) throws SQLException {
    List<Long> found = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        found.add(rows.getLong(1));
      }
    }
    return found;
  }
}
