package im.palisade.server.group;

import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * SQL of who belongs to groups. Public for what features above must ask within a transaction that
 * holds the conversation's lock.
 */
public final class MemberStore {
  private static final String COLUMNS =
      """
      SELECT m.conversation_id, m.account_id, m.role, m.join_time, m.from_seq, m.read_seq,
        m.clear_seq, m.hidden_seq, m.msg_flag, m.name_card, m.last_send_time, m.custom
      FROM group_member m
      """;

  private static final Sql SOME =
      new Sql(COLUMNS + "WHERE m.conversation_id = ? AND m.account_id IN (", "?", ")");

  /** One member, by primary key. */
  public Optional<GroupMember> find(Connection connection, long groupId, long accountId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(COLUMNS + "WHERE m.conversation_id = ? AND m.account_id = ?")) {
      select.setLong(1, groupId);
      select.setLong(2, accountId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? Optional.of(read(rows)) : Optional.empty();
      }
    }
  }

  /** Those of the accounts that are members, in no order. */
  public List<GroupMember> find(Connection connection, long groupId, Collection<Long> accountIds)
      throws SQLException {
    List<GroupMember> found = new ArrayList<>();
    SOME.select(connection, List.of(groupId), accountIds, Sql.ID, row -> found.add(read(row)));
    return found;
  }

  /** UNIX seconds until which an account may not send there, as stored; empty when never muted. */
  public OptionalLong muteEnd(Connection connection, long conversationId, long accountId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT until FROM group_mute WHERE conversation_id = ? AND account_id = ?")) {
      select.setLong(1, conversationId);
      select.setLong(2, accountId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
      }
    }
  }

  static GroupMember read(ResultSet row) throws SQLException {
    return new GroupMember(
        row.getLong(1),
        row.getLong(2),
        Role.ofCode(row.getInt(3)),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        row.getLong(7),
        row.getLong(8),
        MsgFlag.ofCode(row.getInt(9)),
        GroupStore.text(row, 10),
        row.getLong(11),
        FieldValues.decode(row.getBytes(12)));
  }
}
