package im.palisade.server.relation;

import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** SQL of follows. */
final class FollowStore {
  private static final String SELECT =
      "SELECT follower_id, followed_id, followed_at, mutual_at FROM follow ";
  private static final Sql BY =
      new Sql(SELECT + "WHERE follower_id = ? AND followed_id IN (", "?", ")");
  private static final Sql OF =
      new Sql(SELECT + "WHERE followed_id = ? AND follower_id IN (", "?", ")");
  private static final Sql PUT =
      new Sql(
          "INSERT INTO follow (follower_id, followed_id, followed_at, mutual_at) VALUES ",
          "(?, ?, ?, ?)",
          " ON DUPLICATE KEY UPDATE mutual_at = VALUES(mutual_at)");

  /** Which list of an account is paged through, and by which index. */
  enum Kind {
    FANS("follower_id", "followed_id = ?", "followed_at"),
    FOLLOWING("followed_id", "follower_id = ?", "followed_at"),
    MUTUAL("followed_id", "follower_id = ? AND mutual_at > 0", "mutual_at");

    private final String page;

    Kind(String other, String condition, String time) {
      page =
          "SELECT %1$s, %3$s FROM follow WHERE %2$s AND (%3$s < ? OR (%3$s = ? AND %1$s < ?))"
                  .formatted(other, condition, time)
              + " ORDER BY %2$s DESC, %1$s DESC LIMIT ?".formatted(other, time);
    }
  }

  /** An entry of a list: the other account, and since when in microseconds. */
  record Listed(long accountId, long time) {}

  /** Whom of these the account follows, by followed. */
  Map<Long, Follow> by(Connection connection, long followerId, Collection<Long> accountIds)
      throws SQLException {
    Map<Long, Follow> found = new HashMap<>();
    BY.select(
        connection,
        List.of(followerId),
        accountIds,
        Sql.ID,
        row -> found.put(row.getLong(2), follow(row)));
    return found;
  }

  /** Who of these follows the account, by follower. */
  Map<Long, Follow> of(Connection connection, long followedId, Collection<Long> accountIds)
      throws SQLException {
    Map<Long, Follow> found = new HashMap<>();
    OF.select(
        connection,
        List.of(followedId),
        accountIds,
        Sql.ID,
        row -> found.put(row.getLong(1), follow(row)));
    return found;
  }

  /** Entries older than that one, newest first. */
  List<Listed> page(Connection connection, Kind kind, long accountId, Listed before, int limit)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(kind.page)) {
      select.setLong(1, accountId);
      select.setLong(2, before.time());
      select.setLong(3, before.time());
      select.setLong(4, before.accountId());
      select.setInt(5, limit);
      List<Listed> page = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          page.add(new Listed(rows.getLong(1), rows.getLong(2)));
        }
      }
      return page;
    }
  }

  /** Inserts follows, or notes since when they are mutual. */
  void put(Connection connection, Collection<Follow> follows) throws SQLException {
    PUT.update(
        connection,
        List.of(),
        follows,
        (insert, at, follow) -> {
          insert.setLong(at, follow.followerId());
          insert.setLong(at + 1, follow.followedId());
          insert.setLong(at + 2, follow.followedAt());
          insert.setLong(at + 3, follow.mutualAt());
          return at + 4;
        });
  }

  /** Deletes follows one by one; a call ends few of them. */
  void delete(Connection connection, Collection<Follow> follows) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM follow WHERE follower_id = ? AND followed_id = ?")) {
      for (Follow follow : follows) {
        delete.setLong(1, follow.followerId());
        delete.setLong(2, follow.followedId());
        delete.executeUpdate();
      }
    }
  }

  private static Follow follow(ResultSet row) throws SQLException {
    return new Follow(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
  }
}
