package im.palisade.server.stats;

import im.palisade.server.message.SentCountsStore.Taken;
import im.palisade.server.store.Counter;
import im.palisade.server.store.Counts;
import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** SQL of statistics. */
final class StatisticsStore {
  private static final Sql ADD =
      new Sql(
          "INSERT INTO statistic (app_id, day, counter, value) VALUES ",
          "(?, ?, ?, ?)",
          " ON DUPLICATE KEY UPDATE value = IF(counter = "
              + Counter.MAX_ONLINE.code()
              + ", GREATEST(value, VALUES(value)), value + VALUES(value))");
  private static final Sql SEEN =
      new Sql(
          "INSERT INTO statistic_user (app_id, day, account_id, kinds) VALUES ",
          "(?, ?, ?, ?)",
          " ON DUPLICATE KEY UPDATE kinds = kinds | VALUES(kinds)");

  private static final Sql SAID =
      new Sql(
          "INSERT INTO statistic_group (app_id, day, group_id) VALUES ",
          "(?, ?, ?)",
          " ON DUPLICATE KEY UPDATE group_id = VALUES(group_id)");
  private static final Sql DELETE_PENDING =
      new Sql("DELETE FROM statistic_pending WHERE id IN (", "?", ")");
  private static final Sql MEMBERS =
      new Sql(
          "SELECT conversation_id, member_count FROM im_group WHERE conversation_id IN (",
          "?",
          ")");

  /** Users of a day, counted by what they did. */
  private static final String DISTINCT =
      """
      COUNT(*), SUM(kinds & 1 <> 0), SUM(kinds & 6 <> 0), SUM(kinds & 2 <> 0), SUM(kinds & 4 <> 0)
      """;

  private static final List<Counter> DISTINCT_COUNTERS =
      List.of(
          Counter.ACTIVE_USERS,
          Counter.LOGIN_USERS,
          Counter.SENDING_USERS,
          Counter.C2C_SENDING_USERS,
          Counter.GROUP_SENDING_USERS);

  /** A day of an app. */
  record AppDay(long appId, long day) {}

  /** What is counted by rows with a time, and the index range that does. */
  enum Rows {
    ACCOUNTS("account FORCE INDEX (account_created)", "created_at"),
    GROUPS("im_group FORCE INDEX (im_group_created)", "created_at"),
    GONE_GROUPS("im_group FORCE INDEX (im_group_gone)", "gone_at");

    private final String sql;

    Rows(String table, String time) {
      this.sql =
          "SELECT COUNT(*) FROM %s WHERE app_id = ? AND %s >= ? AND %s < ?"
              .formatted(table, time, time);
    }
  }

  /**
   * Takes out what transactions have counted, the oldest first; what others are taking is left to
   * them.
   */
  List<Taken> takePending(Connection connection, int most) throws SQLException {
    List<Taken> taken = new ArrayList<>();
    List<Long> ids = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT id, counted_at, counts FROM statistic_pending
            ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED
            """)) {
      select.setInt(1, most);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
          taken.add(new Taken(rows.getTimestamp(2).toInstant(), Counts.decode(rows.getBytes(3))));
        }
      }
    }
    DELETE_PENDING.update(connection, List.of(), ids, Sql.ID);
    return taken;
  }

  /** How many members groups have now. */
  Map<Long, Integer> memberCounts(Connection connection, Collection<Long> groupIds)
      throws SQLException {
    Map<Long, Integer> counts = new HashMap<>();
    MEMBERS.select(
        connection, List.of(), groupIds, Sql.ID, row -> counts.put(row.getLong(1), row.getInt(2)));
    return counts;
  }

  void add(Connection connection, long appId, long day, Tally.Batch batch) throws SQLException {
    List<Map.Entry<Integer, Long>> counts = new ArrayList<>();
    batch.counts().forEach((counter, value) -> counts.add(Map.entry(counter.code(), value)));
    write(connection, ADD, appId, day, counts);
    List<Map.Entry<Long, Long>> users = new ArrayList<>();
    batch.users().forEach((account, kinds) -> users.add(Map.entry(account, (long) kinds)));
    write(connection, SEEN, appId, day, users);
    SAID.update(
        connection,
        List.of(),
        batch.groups(),
        (statement, at, group) -> {
          statement.setLong(at, appId);
          statement.setLong(at + 1, day);
          statement.setLong(at + 2, group);
          return at + 3;
        });
  }

  /** Counters of an app by day, both bounds inclusive; users of days not summed up yet as well. */
  Map<Long, Map<Counter, Long>> days(Connection connection, long appId, long from, long to)
      throws SQLException {
    Map<Long, Map<Counter, Long>> days = new HashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT day, counter, value FROM statistic WHERE app_id = ? AND day BETWEEN ? AND ?
            """)) {
      bind(select, appId, from, to);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          int code = rows.getInt(2);
          for (Counter counter : Counter.values()) {
            if (counter.code() == code) {
              day(days, rows.getLong(1)).put(counter, rows.getLong(3));
            }
          }
        }
      }
    }
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + DISTINCT
                + ", day FROM statistic_user WHERE app_id = ? AND day BETWEEN ? AND ? GROUP BY"
                + " day")) {
      bind(select, appId, from, to);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          Map<Counter, Long> day = day(days, rows.getLong(DISTINCT_COUNTERS.size() + 1));
          for (int i = 0; i < DISTINCT_COUNTERS.size(); i++) {
            day.put(DISTINCT_COUNTERS.get(i), rows.getLong(i + 1));
          }
        }
      }
    }
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT COUNT(*), day FROM statistic_group WHERE app_id = ? AND day BETWEEN ? AND ?
            GROUP BY day
            """)) {
      bind(select, appId, from, to);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          day(days, rows.getLong(2)).put(Counter.GROUPS_WITH_MESSAGES, rows.getLong(1));
        }
      }
    }
    return days;
  }

  /** Days whose users have not been summed up yet; skips through the primary key. */
  List<AppDay> open(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT app_id, day FROM statistic_user GROUP BY app_id, day");
        ResultSet rows = select.executeQuery()) {
      List<AppDay> open = new ArrayList<>();
      while (rows.next()) {
        open.add(new AppDay(rows.getLong(1), rows.getLong(2)));
      }
      return open;
    }
  }

  /**
   * Sums up the users of a day that is over and deletes their rows. Locked, since another node may
   * be about to do the same.
   */
  void close(Connection connection, AppDay day) throws SQLException {
    Map<Counter, Long> users = new EnumMap<>(Counter.class);
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT "
                    + DISTINCT
                    + " FROM statistic_user WHERE app_id = ? AND day = ? FOR UPDATE");
        PreparedStatement groups =
            connection.prepareStatement(
                "SELECT COUNT(*) FROM statistic_group WHERE app_id = ? AND day = ?");
        PreparedStatement deleteGroups =
            connection.prepareStatement(
                "DELETE FROM statistic_group WHERE app_id = ? AND day = ?");
        PreparedStatement delete =
            connection.prepareStatement(
                "DELETE FROM statistic_user WHERE app_id = ? AND day = ?")) {
      select.setLong(1, day.appId());
      select.setLong(2, day.day());
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        for (int i = 0; i < DISTINCT_COUNTERS.size(); i++) {
          users.put(DISTINCT_COUNTERS.get(i), rows.getLong(i + 1));
        }
      }
      groups.setLong(1, day.appId());
      groups.setLong(2, day.day());
      try (ResultSet rows = groups.executeQuery()) {
        rows.next();
        users.put(Counter.GROUPS_WITH_MESSAGES, rows.getLong(1));
      }
      for (PreparedStatement each : List.of(delete, deleteGroups)) {
        each.setLong(1, day.appId());
        each.setLong(2, day.day());
        each.executeUpdate();
      }
    }
    add(connection, day.appId(), day.day(), new Tally.Batch(users, Map.of(), Set.of()));
  }

  /** Rows of an app from then until then, deleted accounts included; an index range. */
  long count(Connection connection, Rows counted, long appId, Instant from, Instant until)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(counted.sql)) {
      select.setLong(1, appId);
      select.setTimestamp(2, Timestamp.from(from));
      select.setTimestamp(3, Timestamp.from(until));
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /** When an app was created; in the home region. */
  Instant createdAt(Connection connection, long appId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT created_at FROM app WHERE app_id = ?")) {
      select.setLong(1, appId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getTimestamp(1).toInstant();
      }
    }
  }

  private static void bind(PreparedStatement select, long appId, long from, long to)
      throws SQLException {
    select.setLong(1, appId);
    select.setLong(2, from);
    select.setLong(3, to);
  }

  private static Map<Counter, Long> day(Map<Long, Map<Counter, Long>> days, long day) {
    return days.computeIfAbsent(day, key -> new EnumMap<>(Counter.class));
  }

  private static <K extends Number> void write(
      Connection connection, Sql sql, long appId, long day, List<Map.Entry<K, Long>> rows)
      throws SQLException {
    int done = 0;
    while (done < rows.size()) {
      int size = Sql.fitting(rows.size() - done);
      try (PreparedStatement upsert = connection.prepareStatement(sql.exactly(size))) {
        int at = 1;
        for (Map.Entry<K, Long> row : rows.subList(done, done + size)) {
          upsert.setLong(at++, appId);
          upsert.setLong(at++, day);
          upsert.setLong(at++, row.getKey().longValue());
          upsert.setLong(at++, row.getValue());
        }
        upsert.executeUpdate();
      }
      done += size;
    }
  }
}
