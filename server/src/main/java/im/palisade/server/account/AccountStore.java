package im.palisade.server.account;

import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** SQL of accounts. */
final class AccountStore {
  private static final String COLUMNS =
      "id, app_id, user_id, nick, face_url, subject_ref, sig_not_before";
  private static final Sql BY_USER_ID =
      new Sql(
          "SELECT "
              + COLUMNS
              + " FROM account WHERE app_id = ? AND deleted_id = 0 AND user_id IN (",
          "?",
          ")");
  private static final Sql BY_ID =
      new Sql("SELECT " + COLUMNS + " FROM account WHERE deleted_id = 0 AND id IN (", "?", ")");
  private static final Sql HOLD_LIVE =
      new Sql(
          "SELECT id FROM account WHERE deleted_id = 0 AND id IN (", "?", ") LOCK IN SHARE MODE");
  private static final Sql HOLD =
      new Sql(
          "SELECT id FROM account WHERE deleted_id = 0 AND id IN (",
          "?",
          ") ORDER BY id FOR UPDATE");
  private static final SecureRandom RANDOM = new SecureRandom();

  /** The live account of that UserID. */
  Optional<Account> find(Connection connection, long appId, String userId) throws SQLException {
    return select(
        connection,
        "SELECT " + COLUMNS + " FROM account WHERE app_id = ? AND user_id = ? AND deleted_id = 0",
        appId,
        userId);
  }

  /** The live accounts of those UserIDs, in no order. */
  List<Account> findAll(Connection connection, long appId, Collection<String> userIds)
      throws SQLException {
    List<Account> found = new ArrayList<>();
    BY_USER_ID.select(
        connection,
        List.of(appId),
        userIds,
        (select, at, userId) -> {
          select.setBytes(at, utf8(userId));
          return at + 1;
        },
        row -> found.add(account(row)));
    return found;
  }

  /** The live accounts of those internal ids, in no order. */
  List<Account> findByIds(Connection connection, Collection<Long> ids) throws SQLException {
    List<Account> found = new ArrayList<>();
    BY_ID.select(connection, List.of(), ids, Sql.ID, row -> found.add(account(row)));
    return found;
  }

  /** The live account, locked until the transaction ends. */
  Optional<Account> findForUpdate(Connection connection, long appId, String userId)
      throws SQLException {
    return select(
        connection,
        "SELECT "
            + COLUMNS
            + " FROM account WHERE app_id = ? AND user_id = ? AND deleted_id = 0 FOR UPDATE",
        appId,
        userId);
  }

  /** How many of two accounts are live; those stay so until the transaction ends. */
  int holdLive(Connection connection, long id1, long id2) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id FROM account WHERE id IN (?, ?) AND deleted_id = 0 LOCK IN SHARE MODE")) {
      select.setLong(1, id1);
      select.setLong(2, id2);
      try (ResultSet rows = select.executeQuery()) {
        int live = 0;
        while (rows.next()) {
          live++;
        }
        return live;
      }
    }
  }

  /** Those of the accounts that are live; they stay so until the transaction ends. */
  Set<Long> holdLive(Connection connection, Collection<Long> ids) throws SQLException {
    Set<Long> live = new HashSet<>();
    HOLD_LIVE.select(connection, List.of(), ids, Sql.ID, row -> live.add(row.getLong(1)));
    return live;
  }

  /** Those of the accounts that are live, locked in the order of their ids. */
  Set<Long> holdAll(Connection connection, Collection<Long> ids) throws SQLException {
    Set<Long> live = new HashSet<>();
    HOLD.select(connection, List.of(), new TreeSet<>(ids), Sql.ID, row -> live.add(row.getLong(1)));
    return live;
  }

  /** The account that last bore that UserID, live or deleted. */
  Optional<Account> findLatest(Connection connection, long appId, String userId)
      throws SQLException {
    return select(
        connection,
        "SELECT "
            + COLUMNS
            + " FROM account WHERE app_id = ? AND user_id = ?"
            + " ORDER BY deleted_id = 0 DESC, deleted_id DESC LIMIT 1",
        appId,
        userId);
  }

  /** By internal id, live or deleted. */
  Optional<Account> findById(Connection connection, long id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT " + COLUMNS + " FROM account WHERE id = ?")) {
      select.setLong(1, id);
      return one(select);
    }
  }

  /**
   * Live accounts of an app. The unique key's prefix is counted, so this scans the app's accounts.
   */
  long count(Connection connection, long appId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT COUNT(*) FROM account WHERE app_id = ? AND deleted_id = 0")) {
      select.setLong(1, appId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /** Inserts a new account, or returns empty when another transaction was first. */
  Optional<Account> insert(Connection connection, long appId, AccountImport account, Instant now)
      throws SQLException {
    byte[] ref = new byte[16];
    RANDOM.nextBytes(ref);
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO account (app_id, user_id, subject_ref, nick, face_url, created_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            Statement.RETURN_GENERATED_KEYS)) {
      insert.setLong(1, appId);
      insert.setBytes(2, utf8(account.userId()));
      insert.setBytes(3, ref);
      insert.setBytes(4, utf8(account.nick().orElse("")));
      insert.setBytes(5, utf8(account.faceUrl().orElse("")));
      insert.setTimestamp(6, Timestamp.from(now));
      insert.executeUpdate();
      try (ResultSet generated = insert.getGeneratedKeys()) {
        generated.next();
        return Optional.of(
            new Account(
                generated.getLong(1),
                appId,
                account.userId(),
                account.nick().orElse(""),
                account.faceUrl().orElse(""),
                AccountService.subjectRef(ref),
                0));
      }
    } catch (SQLIntegrityConstraintViolationException e) {
      return Optional.empty();
    }
  }

  void updateProfile(Connection connection, long id, String nick, String faceUrl)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE account SET nick = ?, face_url = ? WHERE id = ?")) {
      update.setBytes(1, utf8(nick));
      update.setBytes(2, utf8(faceUrl));
      update.setLong(3, id);
      update.executeUpdate();
    }
  }

  void updateSigNotBefore(Connection connection, long id, long seconds) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE account SET sig_not_before = GREATEST(sig_not_before, ?) WHERE id = ?")) {
      update.setLong(1, seconds);
      update.setLong(2, id);
      update.executeUpdate();
    }
  }

  void setSigNotBefore(Connection connection, long id, long seconds) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE account SET sig_not_before = ? WHERE id = ?")) {
      update.setLong(1, seconds);
      update.setLong(2, id);
      update.executeUpdate();
    }
  }

  /**
   * Live accounts by UserID, a range of the unique key: the size of the app does not matter. MySQL
   * reads the whole table unless it is told.
   */
  List<ListedAccount> page(
      Connection connection, long appId, String prefix, String after, int limit)
      throws SQLException {
    String from = after.startsWith(prefix) ? after : prefix;
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + COLUMNS
                + """
                , created_at FROM account FORCE INDEX (account_user)
                WHERE app_id = ? AND user_id >= ? AND user_id < ? AND user_id <> ?
                  AND deleted_id = 0
                ORDER BY app_id, user_id LIMIT ?
                """)) {
      select.setLong(1, appId);
      select.setBytes(2, utf8(from));
      select.setBytes(3, prefixEnd(utf8(prefix)));
      select.setBytes(4, utf8(after));
      select.setInt(5, limit);
      try (ResultSet rows = select.executeQuery()) {
        List<ListedAccount> page = new ArrayList<>();
        while (rows.next()) {
          page.add(new ListedAccount(account(rows), rows.getTimestamp(8).toInstant()));
        }
        return page;
      }
    }
  }

  /** The first value behind all those that begin so; no UserID has a byte of 255. */
  private static byte[] prefixEnd(byte[] prefix) {
    byte[] end = Arrays.copyOf(prefix, prefix.length + 1);
    end[prefix.length] = (byte) 0xFF;
    return end;
  }

  /** Turns a live account into a deleted one; its profile goes, its id and UserID stay. */
  void markDeleted(Connection connection, long id, Instant now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE account SET deleted_id = id, deleted_at = ?, nick = '', face_url = ''
            WHERE id = ? AND deleted_id = 0
            """)) {
      update.setTimestamp(1, Timestamp.from(now));
      update.setLong(2, id);
      update.executeUpdate();
    }
  }

  /** Gives a deleted account a reference that nothing was recorded under. */
  void replaceSubjectRef(Connection connection, long id) throws SQLException {
    byte[] ref = new byte[16];
    RANDOM.nextBytes(ref);
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE account SET subject_ref = ? WHERE id = ? AND deleted_id <> 0")) {
      update.setBytes(1, ref);
      update.setLong(2, id);
      update.executeUpdate();
    }
  }

  private static Optional<Account> select(
      Connection connection, String sql, long appId, String userId) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setLong(1, appId);
      select.setBytes(2, utf8(userId));
      return one(select);
    }
  }

  private static Optional<Account> one(PreparedStatement select) throws SQLException {
    try (ResultSet rows = select.executeQuery()) {
      return rows.next() ? Optional.of(account(rows)) : Optional.empty();
    }
  }

  private static Account account(ResultSet row) throws SQLException {
    return new Account(
        row.getLong(1),
        row.getLong(2),
        text(row.getBytes(3)),
        text(row.getBytes(4)),
        text(row.getBytes(5)),
        AccountService.subjectRef(row.getBytes(6)),
        row.getLong(7));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
