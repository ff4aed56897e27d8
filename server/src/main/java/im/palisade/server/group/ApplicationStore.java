package im.palisade.server.group;

import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** SQL of requests to be let in. */
final class ApplicationStore {
  /** Most pending requests of a group that are kept; beyond that the oldest goes. */
  static final int MAX_PENDING = 50;

  private static final int PENDING = 0;
  private static final int SETTLED = 1;

  private static final Sql SETTLE =
      new Sql(
          """
          UPDATE group_application SET state = 1
          WHERE conversation_id = ? AND state = 0 AND account_id IN (\
          """,
          "?",
          ")");

  /** How a request came about. */
  enum Kind {
    ASKED(1),
    /** A member invited somebody where owner or admins decide. */
    INVITED(2),
    /** Somebody is in as soon as it agrees itself. */
    CONSENT(3);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    static Kind ofCode(int code) {
      return values()[code - 1];
    }
  }

  /**
   * A request.
   *
   * @param inviterId 0 for one who asked
   * @param createdAt UNIX seconds
   */
  record Application(
      long id,
      long groupId,
      long accountId,
      Kind kind,
      long inviterId,
      String message,
      long createdAt,
      boolean pending) {}

  /** Enters a request instead of an earlier one of the same account; returns its id. */
  long put(
      Connection connection,
      long groupId,
      long accountId,
      Kind kind,
      long inviterId,
      String message,
      long now)
      throws SQLException {
    try (PreparedStatement delete =
            connection.prepareStatement(
                """
                DELETE FROM group_application
                WHERE conversation_id = ? AND account_id = ? AND kind = ?
                """);
        PreparedStatement insert =
            connection.prepareStatement(
                """
                INSERT INTO group_application
                  (conversation_id, account_id, kind, inviter_id, message, created_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                Statement.RETURN_GENERATED_KEYS)) {
      delete.setLong(1, groupId);
      delete.setLong(2, accountId);
      delete.setInt(3, kind.code);
      delete.executeUpdate();
      insert.setLong(1, groupId);
      insert.setLong(2, accountId);
      insert.setInt(3, kind.code);
      insert.setLong(4, inviterId);
      insert.setBytes(5, GroupStore.bytes(message));
      insert.setLong(6, now);
      insert.executeUpdate();
      try (ResultSet generated = insert.getGeneratedKeys()) {
        generated.next();
        return generated.getLong(1);
      }
    }
  }

  /** Drops invitations that an account has not answered beyond the newest. */
  void pruneInvitations(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            """
            DELETE FROM group_application
            WHERE account_id = ? AND state = 0 AND kind = ? AND id <= (
              SELECT id FROM (
                SELECT id FROM group_application WHERE account_id = ? AND state = 0 AND kind = ?
                ORDER BY id DESC LIMIT 1 OFFSET ?) oldest)
            """)) {
      delete.setLong(1, accountId);
      delete.setInt(2, Kind.CONSENT.code);
      delete.setLong(3, accountId);
      delete.setInt(4, Kind.CONSENT.code);
      delete.setInt(5, MAX_PENDING);
      delete.executeUpdate();
    }
  }

  /** Drops what is pending beyond the newest of a group. */
  void prune(Connection connection, long groupId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            """
            DELETE FROM group_application
            WHERE conversation_id = ? AND state = 0 AND id <= (
              SELECT id FROM (
                SELECT id FROM group_application WHERE conversation_id = ? AND state = 0
                ORDER BY id DESC LIMIT 1 OFFSET ?) oldest)
            """)) {
      delete.setLong(1, groupId);
      delete.setLong(2, groupId);
      delete.setInt(3, MAX_PENDING);
      delete.executeUpdate();
    }
  }

  Optional<Application> find(Connection connection, long id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT id, conversation_id, account_id, kind, inviter_id, message, created_at, state
            FROM group_application WHERE id = ?
            """)) {
      select.setLong(1, id);
      return all(select).stream().findFirst();
    }
  }

  /** Notes that a request was answered; false when it had been before. */
  boolean settle(Connection connection, long id) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE group_application SET state = ? WHERE id = ? AND state = ?")) {
      update.setInt(1, SETTLED);
      update.setLong(2, id);
      update.setInt(3, PENDING);
      return update.executeUpdate() > 0;
    }
  }

  /** What these accounts asked for is no longer open: they are in. */
  void settle(Connection connection, long groupId, Collection<Long> accountIds)
      throws SQLException {
    SETTLE.update(connection, List.of(groupId), accountIds, Sql.ID);
  }

  /** The newest pending requests of all groups that an account decides on, newest first. */
  List<Application> pending(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT a.id, a.conversation_id, a.account_id, a.kind, a.inviter_id, a.message,
              a.created_at, a.state
            FROM group_member m
              JOIN im_group g ON g.conversation_id = m.conversation_id AND g.gone_id = 0
              JOIN group_application a ON a.conversation_id = m.conversation_id AND a.state = 0
                AND a.kind <> ?
            WHERE m.account_id = ? AND m.role IN (?, ?)
            UNION ALL
            SELECT a.id, a.conversation_id, a.account_id, a.kind, a.inviter_id, a.message,
              a.created_at, a.state
            FROM group_application a FORCE INDEX (group_application_account)
            WHERE a.account_id = ? AND a.state = 0 AND a.kind = ?
            ORDER BY id DESC LIMIT ?
            """)) {
      select.setInt(1, Kind.CONSENT.code);
      select.setLong(2, accountId);
      select.setInt(3, Role.ADMIN.code());
      select.setInt(4, Role.OWNER.code());
      select.setLong(5, accountId);
      select.setInt(6, Kind.CONSENT.code);
      select.setInt(7, MAX_PENDING);
      return all(select);
    }
  }

  void deleteOf(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM group_application WHERE account_id = ?")) {
      delete.setLong(1, accountId);
      delete.executeUpdate();
    }
  }

  private static List<Application> all(PreparedStatement select) throws SQLException {
    List<Application> found = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        found.add(
            new Application(
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                Kind.ofCode(row.getInt(4)),
                row.getLong(5),
                GroupStore.text(row, 6),
                row.getLong(7),
                row.getInt(8) == PENDING));
      }
    }
    return found;
  }
}
