package im.palisade.server.message;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.conversation.ConversationHead;
import im.palisade.server.conversation.ConversationHeads;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Region;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A group as its rows, for tests of what lies below groups. */
public final class GroupRows {
  private GroupRows() {}

  /** A group without members; its conversation's id. */
  public static long group(Region region, App app, String groupId, int type) {
    return region.inUnitOfWork(
        unit -> {
          long id;
          try (PreparedStatement insert =
              unit.connection()
                  .prepareStatement(
                      "INSERT INTO conversation (app_id, kind) VALUES (?, 2)",
                      Statement.RETURN_GENERATED_KEYS)) {
            insert.setLong(1, app.appId());
            insert.executeUpdate();
            try (ResultSet keys = insert.getGeneratedKeys()) {
              keys.next();
              id = keys.getLong(1);
            }
          }
          run(
              unit.connection(),
              """
              INSERT INTO im_group (conversation_id, app_id, group_id, type, name, create_time,
                last_info_time, max_members, join_option, invite_option, custom, created_at)
              VALUES (?, ?, CAST(? AS BINARY), ?, 'g', 1600000000, 1, 6000, 1, 1, '',
                UTC_TIMESTAMP(6))
              """,
              id,
              app.appId(),
              groupId,
              type);
          return id;
        });
  }

  /** Enters a member at the group's end. */
  public static void join(
      Connection connection, ConversationHead head, long accountId, int role, long joinTime)
      throws SQLException {
    run(
        connection,
        """
        INSERT INTO group_member (conversation_id, account_id, role, join_time, from_seq, read_seq,
          read_counted, msg_flag, custom)
        VALUES (?, ?, ?, ?, ?, ?, ?, 1, '')
        """,
        head.id(),
        accountId,
        role,
        joinTime,
        head.lastSeq() + 1,
        head.lastSeq(),
        head.counted(1));
    run(
        connection,
        "UPDATE im_group SET member_count = member_count + 1 WHERE conversation_id = ?",
        head.id());
  }

  /** Takes a member out; its right to send is lost. */
  public static void leave(Connection connection, ConversationHead head, long accountId)
      throws SQLException {
    run(
        connection,
        """
        INSERT INTO group_past_member (conversation_id, account_id, from_seq, to_seq, read_seq,
          clear_seq, hidden_seq)
        SELECT conversation_id, account_id, from_seq, ?, read_seq, clear_seq, hidden_seq
        FROM group_member WHERE conversation_id = ? AND account_id = ?
        """,
        head.lastSeq(),
        head.id(),
        accountId);
    run(
        connection,
        "DELETE FROM group_member WHERE conversation_id = ? AND account_id = ?",
        head.id(),
        accountId);
    ConversationHeads.moveVersion(connection, head.id());
  }

  static boolean isMember(Connection connection, long groupId, long accountId) throws SQLException {
    return number(
            connection,
            "SELECT COUNT(*) FROM group_member WHERE conversation_id = ? AND account_id = ?",
            groupId,
            accountId)
        > 0;
  }

  static long version(Connection connection, long groupId) throws SQLException {
    return number(connection, "SELECT version FROM conversation WHERE id = ?", groupId);
  }

  /** A text of a member, with the rights it had at that version. */
  static OutgoingMessage message(
      App app, Account from, long groupId, long version, long random, boolean noUnread) {
    Permission permission =
        new Permission() {
          @Override
          public void check(Connection connection) throws SQLException {
            if (!isMember(connection, groupId, from.id())) {
              throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
            }
          }

          @Override
          public void forget() {}
        };
    var elements = Json.mapper().createArrayNode();
    elements.addObject().put("MsgType", "TIMTextElem").putObject("MsgContent").put("Text", "t");
    return new OutgoingMessage(
        app,
        from,
        new Target.Group(
            Conversation.group(groupId, version),
            groupId,
            "GROUPg",
            new GroupRef("g", "Public", Optional.empty()),
            permission,
            true,
            true,
            List.of(),
            List.of(),
            Set.of()),
        new Door.Client("none"),
        random,
        OptionalLong.empty(),
        false,
        OptionalLong.empty(),
        MessageBody.of(elements, Optional.empty(), 1000, ErrorCode.MESSAGE_TOO_LONG, false),
        false,
        true,
        true,
        true,
        noUnread,
        false,
        false,
        false,
        OutgoingMessage.MAX_LIFE_TIME,
        Optional.empty());
  }

  public static int run(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      return statement.executeUpdate();
    }
  }

  public static long number(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }
}
