package im.palisade.server.conversation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.util.Optional;

/**
 * SQL of conversations and their members, but for the writer's part in {@link ConversationHeads}.
 */
final class ConversationStore {
  private static final int KIND_C2C = 1;

  Optional<Conversation> findPair(Connection connection, long account1, long account2)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, version, options FROM conversation WHERE account_1 = ? AND account_2 ="
                + " ?")) {
      select.setLong(1, account1);
      select.setLong(2, account2);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? Optional.of(
                Conversation.pair(
                    rows.getLong(1), account1, account2, rows.getLong(2), rows.getInt(3)))
            : Optional.empty();
      }
    }
  }

  /** A conversation and how many members it has left. */
  record Joined(Conversation conversation, int members) {}

  /** Version and members in one statement, so that they belong together. */
  Optional<Joined> findJoined(Connection connection, long account1, long account2)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT id, version, options,
              (SELECT COUNT(*) FROM member WHERE member.conversation_id = conversation.id)
            FROM conversation WHERE account_1 = ? AND account_2 = ?
            """)) {
      select.setLong(1, account1);
      select.setLong(2, account2);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? Optional.of(
                new Joined(
                    Conversation.pair(
                        rows.getLong(1), account1, account2, rows.getLong(2), rows.getInt(3)),
                    rows.getInt(4)))
            : Optional.empty();
      }
    }
  }

  /** Creates a pair's conversation and member rows, or returns empty when another was first. */
  Optional<Conversation> insertPair(Connection connection, long appId, long account1, long account2)
      throws SQLException {
    long id;
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO conversation (app_id, kind, account_1, account_2) VALUES (?, ?, ?, ?)",
            Statement.RETURN_GENERATED_KEYS)) {
      insert.setLong(1, appId);
      insert.setInt(2, KIND_C2C);
      insert.setLong(3, account1);
      insert.setLong(4, account2);
      insert.executeUpdate();
      try (ResultSet generated = insert.getGeneratedKeys()) {
        generated.next();
        id = generated.getLong(1);
      }
    } catch (SQLIntegrityConstraintViolationException e) {
      return Optional.empty();
    }
    insertMember(connection, id, account1);
    if (account2 != account1) {
      insertMember(connection, id, account2);
    }
    return Optional.of(Conversation.pair(id, account1, account2, 0, 0));
  }

  /** How many members a conversation of a pair has left. */
  int members(Connection connection, long conversationId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT COUNT(*) FROM member WHERE conversation_id = ?")) {
      select.setLong(1, conversationId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** The sequence up to which a member has cleared the conversation; 0 when it is no member. */
  long clearSeq(Connection connection, long conversationId, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT clear_seq FROM member WHERE account_id = ? AND conversation_id = ?")) {
      select.setLong(1, accountId);
      select.setLong(2, conversationId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  /** Makes writers ask again for permission in every conversation of a deleted account. */
  void leaveAll(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement update =
            connection.prepareStatement(
                """
                UPDATE conversation JOIN member ON member.conversation_id = conversation.id
                SET conversation.version = conversation.version + 1
                WHERE member.account_id = ?
                """);
        PreparedStatement delete =
            connection.prepareStatement("DELETE FROM member WHERE account_id = ?")) {
      update.setLong(1, accountId);
      update.executeUpdate();
      delete.setLong(1, accountId);
      delete.executeUpdate();
    }
  }

  private static void insertMember(Connection connection, long conversationId, long accountId)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO member (account_id, conversation_id) VALUES (?, ?)")) {
      insert.setLong(1, accountId);
      insert.setLong(2, conversationId);
      insert.executeUpdate();
    }
  }
}
