package im.palisade.server.liveroom;

import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** SQL of live rooms: bans, admins, reserved numbers. */
final class LiveRoomStore {
  private static final Sql INSERT_ADMINS =
      new Sql(
          "INSERT IGNORE INTO live_room_admin (conversation_id, account_id) VALUES ", "(?, ?)", "");

  private static final Sql DELETE_ADMINS =
      new Sql(
          "DELETE FROM live_room_admin WHERE conversation_id = ? AND account_id IN (", "?", ")");

  private static final Sql DELETE_BANS =
      new Sql("DELETE FROM live_room_ban WHERE conversation_id = ? AND account_id IN (", "?", ")");

  private static final Sql INSERT_BANS =
      new Sql(
          """
          INSERT INTO live_room_ban (conversation_id, account_id, banned_until, banned_at) VALUES
          """,
          "(?, ?, ?, ?)",
          """
           ON DUPLICATE KEY UPDATE
            banned_until = VALUES(banned_until), banned_at = VALUES(banned_at)
          """);

  /**
   * A ban.
   *
   * @param until UNIX seconds, {@link Long#MAX_VALUE} without end
   */
  record Ban(long accountId, long until) {}

  private record BanRow(long roomId, long accountId, long until, long at) {}

  private record AdminRow(long roomId, long accountId) {}

  /** Running bans of a room by account. */
  Map<Long, Long> bans(Connection connection, long roomId, long now) throws SQLException {
    Map<Long, Long> bans = new HashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT account_id, banned_until FROM live_room_ban
            WHERE conversation_id = ? AND banned_until > ?
            """)) {
      select.setLong(1, roomId);
      select.setLong(2, now);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          bans.put(rows.getLong(1), rows.getLong(2));
        }
      }
    }
    return bans;
  }

  /** A page of running bans, the oldest first; it reads over those before it, a room has few. */
  List<Ban> bans(Connection connection, long roomId, long now, long offset, int limit)
      throws SQLException {
    List<Ban> page = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT account_id, banned_until FROM live_room_ban
            WHERE conversation_id = ? AND banned_until > ?
            ORDER BY banned_at, account_id LIMIT ? OFFSET ?
            """)) {
      select.setLong(1, roomId);
      select.setLong(2, now);
      select.setInt(3, limit);
      select.setLong(4, offset);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          page.add(new Ban(rows.getLong(1), rows.getLong(2)));
        }
      }
    }
    return page;
  }

  /**
   * Bans accounts, and forgets those of the room's bans that have ended.
   *
   * @param atMicros of the first; the others follow in order
   */
  void ban(
      Connection connection,
      long roomId,
      Collection<Long> accounts,
      long until,
      long atMicros,
      long now)
      throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM live_room_ban WHERE conversation_id = ? AND banned_until <= ?")) {
      delete.setLong(1, roomId);
      delete.setLong(2, now);
      delete.executeUpdate();
    }
    List<BanRow> rows = new ArrayList<>();
    for (long account : accounts) {
      rows.add(new BanRow(roomId, account, until, atMicros + rows.size()));
    }
    INSERT_BANS.update(
        connection,
        List.of(),
        rows,
        (statement, at, row) -> {
          statement.setLong(at, row.roomId());
          statement.setLong(at + 1, row.accountId());
          statement.setLong(at + 2, row.until());
          statement.setLong(at + 3, row.at());
          return at + 4;
        });
  }

  void unban(Connection connection, long roomId, Collection<Long> accounts) throws SQLException {
    DELETE_BANS.update(connection, List.of(roomId), accounts, Sql.ID);
  }

  Set<Long> admins(Connection connection, long roomId) throws SQLException {
    Set<Long> admins = new HashSet<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT account_id FROM live_room_admin WHERE conversation_id = ?")) {
      select.setLong(1, roomId);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          admins.add(rows.getLong(1));
        }
      }
    }
    return admins;
  }

  void addAdmins(Connection connection, long roomId, Collection<Long> accounts)
      throws SQLException {
    List<AdminRow> rows = accounts.stream().map(id -> new AdminRow(roomId, id)).toList();
    INSERT_ADMINS.update(
        connection,
        List.of(),
        rows,
        (statement, at, row) -> {
          statement.setLong(at, row.roomId());
          statement.setLong(at + 1, row.accountId());
          return at + 2;
        });
  }

  void removeAdmins(Connection connection, long roomId, Collection<Long> accounts)
      throws SQLException {
    DELETE_ADMINS.update(connection, List.of(roomId), accounts, Sql.ID);
  }

  /** Reserves numbers and returns the last of them. */
  long reserve(Connection connection, long roomId, int count) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO live_room_seq (conversation_id, reserved) VALUES (?, ?)
            ON DUPLICATE KEY UPDATE reserved = reserved + VALUES(reserved)
            """)) {
      upsert.setLong(1, roomId);
      upsert.setInt(2, count);
      upsert.executeUpdate();
    }
    return number(
        connection, "SELECT reserved FROM live_room_seq WHERE conversation_id = ?", roomId);
  }

  /** The last number reserved; 0 when none was. */
  long reserved(Connection connection, long roomId) throws SQLException {
    return number(
        connection, "SELECT reserved FROM live_room_seq WHERE conversation_id = ?", roomId);
  }

  /** Takes a reservation back down to the last number used, unless others reserved since. */
  void giveBack(Connection connection, long roomId, long reserved, long used) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE live_room_seq SET reserved = ? WHERE conversation_id = ? AND reserved = ?")) {
      update.setLong(1, used);
      update.setLong(2, roomId);
      update.setLong(3, reserved);
      update.executeUpdate();
    }
  }

  /** The next number of an app's broadcasts. */
  long nextBroadcast(Connection connection, long appId) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO live_broadcast (app_id, last_seq) VALUES (?, 1)
            ON DUPLICATE KEY UPDATE last_seq = last_seq + 1
            """)) {
      upsert.setLong(1, appId);
      upsert.executeUpdate();
    }
    return number(connection, "SELECT last_seq FROM live_broadcast WHERE app_id = ?", appId);
  }

  /** What is kept of a dissolved room. */
  void forgetRoom(Connection connection, long roomId) throws SQLException {
    for (String table : List.of("live_room_ban", "live_room_admin", "live_room_seq")) {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM " + table + " WHERE conversation_id = ?")) {
        delete.setLong(1, roomId);
        delete.executeUpdate();
      }
    }
  }

  /** A deleted account's bans and offices. */
  void forgetAccount(Connection connection, long accountId) throws SQLException {
    for (String table : List.of("live_room_ban", "live_room_admin")) {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM " + table + " WHERE account_id = ?")) {
        delete.setLong(1, accountId);
        delete.executeUpdate();
      }
    }
  }

  private static long number(Connection connection, String query, long id) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(query)) {
      select.setLong(1, id);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }
}
