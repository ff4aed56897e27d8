package im.palisade.server.push;

import static im.palisade.server.push.PushAudienceStore.bind;
import static im.palisade.server.push.PushAudienceStore.marks;
import static im.palisade.server.push.PushAudienceStore.text;
import static im.palisade.server.push.PushAudienceStore.utf8;

import im.palisade.server.message.PushedMessage;
import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** SQL of push tasks and of who was given them. */
final class PushTaskStore {
  private static final String TASKS =
      """
      SELECT id, app_id, random, sender, sender_id, created_at, expires_at, audience, content
      FROM push_task
      """;
  private static final Sql GIVE =
      new Sql(
          "INSERT INTO push_inbox (account_id, task_id) VALUES ",
          "(?, ?)",
          " ON DUPLICATE KEY UPDATE task_id = GREATEST(task_id, VALUES(task_id))");

  /** What an app has pushed; the day is the app's. */
  record Quota(long day, int pushes, long lastPushAt) {}

  /** An account that a push may be for. */
  record Candidate(long id, String userId) {}

  /** Where an account stands with waiting pushes. */
  record Inbox(long createdAt, long taskId) {}

  /** Locks an app's pushes until the transaction ends. */
  Quota lock(Connection connection, long appId) throws SQLException {
    try (PreparedStatement insert =
            connection.prepareStatement(
                """
                INSERT INTO push_quota (app_id) VALUES (?)
                ON DUPLICATE KEY UPDATE app_id = VALUES(app_id)
                """);
        PreparedStatement select =
            connection.prepareStatement(
                "SELECT day, pushes, last_push_at FROM push_quota WHERE app_id = ? FOR UPDATE")) {
      insert.setLong(1, appId);
      insert.executeUpdate();
      select.setLong(1, appId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return new Quota(rows.getLong(1), rows.getInt(2), rows.getLong(3));
      }
    }
  }

  void saveQuota(Connection connection, long appId, Quota quota) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE push_quota SET day = ?, pushes = ?, last_push_at = ? WHERE app_id = ?")) {
      update.setLong(1, quota.day());
      update.setInt(2, quota.pushes());
      update.setLong(3, quota.lastPushAt());
      update.setLong(4, appId);
      update.executeUpdate();
    }
  }

  /** The newest task of that random since then. */
  Optional<PushTask> findByRandom(Connection connection, long appId, long random, long since)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            TASKS
                + """
                 WHERE app_id = ? AND random = ? AND created_at >= ?
                ORDER BY created_at DESC LIMIT 1
                """)) {
      select.setLong(1, appId);
      select.setLong(2, random);
      select.setLong(3, since);
      return tasks(select).stream().findFirst();
    }
  }

  /** Inserts a task; its id is given here. */
  PushTask insert(Connection connection, PushTask task, long operatorId, String requestId)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO push_task (app_id, random, sender, sender_id, operator_id, request_id,
              created_at, expires_at, audience, content)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            Statement.RETURN_GENERATED_KEYS)) {
      insert.setLong(1, task.appId());
      insert.setLong(2, task.random());
      insert.setBytes(3, utf8(task.sender()));
      insert.setLong(4, task.senderId());
      insert.setLong(5, operatorId);
      insert.setBytes(6, utf8(requestId));
      insert.setLong(7, task.createdAt());
      insert.setLong(8, task.expiresAt());
      insert.setBytes(9, task.condition().bytes());
      insert.setBytes(10, task.message().content());
      insert.executeUpdate();
      try (ResultSet generated = insert.getGeneratedKeys()) {
        generated.next();
        return new PushTask(
            generated.getLong(1),
            task.appId(),
            task.random(),
            task.sender(),
            task.senderId(),
            task.createdAt(),
            task.expiresAt(),
            task.condition(),
            task.message());
      }
    }
  }

  /** Tasks that have not run to their end, oldest first. */
  List<PushTask> open(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(TASKS + " WHERE done_at = 0 ORDER BY id LIMIT 100")) {
      return tasks(select);
    }
  }

  /** An app's tasks that still wait for accounts that are offline. */
  List<PushTask> waiting(Connection connection, long appId, long now) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            TASKS + " WHERE app_id = ? AND expires_at > ? AND expires_at > created_at")) {
      select.setLong(1, appId);
      select.setLong(2, now);
      return tasks(select);
    }
  }

  void done(Connection connection, long taskId, long targets, long now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE push_task SET done_at = ?, targets = ? WHERE id = ?")) {
      update.setLong(1, now);
      update.setLong(2, targets);
      update.setLong(3, taskId);
      update.executeUpdate();
    }
  }

  /** Ends tasks for online accounts that a stopped server left: who was online then is not now. */
  void endOnlineOnly(Connection connection, long before, long now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE push_task SET done_at = ?
            WHERE done_at = 0 AND expires_at = created_at AND created_at < ?
            """)) {
      update.setLong(1, now);
      update.setLong(2, before);
      update.executeUpdate();
    }
  }

  int deleteBefore(Connection connection, long millis) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM push_task WHERE created_at < ? LIMIT 500")) {
      delete.setLong(1, millis);
      return delete.executeUpdate();
    }
  }

  /** Live accounts of an app after a UserID, in the order of UserIDs. */
  List<Candidate> everybody(Connection connection, long appId, String after, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT id, user_id FROM account FORCE INDEX (account_user)
            WHERE app_id = ? AND user_id > ? AND deleted_id = 0 ORDER BY user_id LIMIT ?
            """)) {
      select.setLong(1, appId);
      select.setBytes(2, utf8(after));
      select.setInt(3, limit);
      return candidates(select);
    }
  }

  /**
   * Ids of accounts a condition holds for. Reads every entry of the tags or values it names, once
   * per push, from an index that holds nothing else.
   */
  long[] matching(Connection connection, long appId, PushCondition condition) throws SQLException {
    boolean byTag = condition.hasTags();
    String one = byTag ? "tag = ?" : "(slot = ? AND value = ?)";
    List<List<Object>> any = byTag ? keys(condition.tagsOr()) : keys(condition.valuesOr());
    List<List<Object>> all = byTag ? keys(condition.tagsAnd()) : keys(condition.valuesAnd());
    List<List<Object>> both = new ArrayList<>(any);
    both.addAll(all);
    List<String> having = new ArrayList<>();
    if (!any.isEmpty()) {
      having.add("SUM(" + oneOf(one, any.size()) + ") >= 1");
    }
    if (!all.isEmpty()) {
      having.add("SUM(" + oneOf(one, all.size()) + ") = " + all.size());
    }
    List<Object> arguments = new ArrayList<>();
    both.forEach(arguments::addAll);
    both.forEach(arguments::addAll);
    String sql =
        "SELECT account_id FROM "
            + (byTag ? "push_tag" : "push_attribute")
            + " WHERE app_id = ? AND ("
            + oneOf(one, both.size())
            + ") GROUP BY account_id HAVING "
            + String.join(" AND ", having);
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      int at = 1;
      select.setLong(at++, appId);
      for (Object argument : arguments) {
        if (argument instanceof Integer slot) {
          select.setInt(at++, slot);
        } else {
          select.setBytes(at++, utf8((String) argument));
        }
      }
      LongStream.Builder ids = LongStream.builder();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
      }
      return ids.build().toArray();
    }
  }

  private static String oneOf(String condition, int count) {
    return String.join(" OR ", Collections.nCopies(count, condition));
  }

  /** Those of the accounts that are live. */
  List<Candidate> live(Connection connection, Collection<Long> ids) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, user_id FROM account WHERE id IN ("
                + marks(ids.size())
                + ") AND deleted_id = 0")) {
      bind(select, 1, ids);
      return candidates(select);
    }
  }

  /** The newest task each of these accounts was given. */
  Map<Long, Long> given(Connection connection, Collection<Long> ids) throws SQLException {
    Map<Long, Long> given = new HashMap<>();
    if (ids.isEmpty()) {
      return given;
    }
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT account_id, task_id FROM push_inbox WHERE account_id IN ("
                + marks(ids.size())
                + ")")) {
      bind(select, 1, ids);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          given.put(rows.getLong(1), rows.getLong(2));
        }
      }
    }
    return given;
  }

  /** Where one account stands; its creation in milliseconds. */
  Inbox inbox(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT account.created_at, COALESCE(push_inbox.task_id, 0)
            FROM account LEFT JOIN push_inbox ON push_inbox.account_id = account.id
            WHERE account.id = ?
            """)) {
      select.setLong(1, accountId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? new Inbox(rows.getTimestamp(1).getTime(), rows.getLong(2))
            : new Inbox(Long.MAX_VALUE, Long.MAX_VALUE);
      }
    }
  }

  void give(Connection connection, List<Long> accountIds, long taskId) throws SQLException {
    int done = 0;
    while (done < accountIds.size()) {
      int size = Sql.fitting(accountIds.size() - done);
      try (PreparedStatement upsert = connection.prepareStatement(GIVE.exactly(size))) {
        int at = 1;
        for (long id : accountIds.subList(done, done + size)) {
          upsert.setLong(at++, id);
          upsert.setLong(at++, taskId);
        }
        upsert.executeUpdate();
      }
      done += size;
    }
  }

  void forget(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM push_inbox WHERE account_id = ?")) {
      delete.setLong(1, accountId);
      delete.executeUpdate();
    }
  }

  private static List<List<Object>> keys(List<String> tags) {
    return tags.stream().map(tag -> List.<Object>of(tag)).toList();
  }

  private static List<List<Object>> keys(Map<Integer, String> values) {
    return values.entrySet().stream()
        .map(each -> List.<Object>of(each.getKey(), each.getValue()))
        .toList();
  }

  private static List<Candidate> candidates(PreparedStatement select) throws SQLException {
    List<Candidate> candidates = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        candidates.add(new Candidate(rows.getLong(1), text(rows.getBytes(2))));
      }
    }
    return candidates;
  }

  private static List<PushTask> tasks(PreparedStatement select) throws SQLException {
    List<PushTask> tasks = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        tasks.add(
            new PushTask(
                rows.getLong(1),
                rows.getLong(2),
                rows.getLong(3),
                text(rows.getBytes(4)),
                rows.getLong(5),
                rows.getLong(6),
                rows.getLong(7),
                PushCondition.stored(rows.getBytes(8)),
                PushedMessage.stored(rows.getBytes(9))));
      }
    }
    return tasks;
  }
}
