package im.palisade.server.official;

import im.palisade.server.official.OfficialAccount.Profile;
import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** SQL of official accounts themselves. */
final class OfficialStore {
  /**
   * Kind of a conversation that belongs to an official account; 1 is a pair, 2 and 3 are groups.
   */
  private static final int KIND = 4;

  /** What {@link #account} reads, with its tables. */
  static final String COLUMNS =
      """
      o.conversation_id, o.account, owner.user_id, o.name, o.introduction, o.face_url,
        o.organization, o.custom, o.max_subscribers, o.subscribers, o.created_at, c.last_seq,
        c.last_time\
      """;

  static final String TABLES =
      """
       official_account o
       JOIN conversation c ON c.id = o.conversation_id
       JOIN account owner ON owner.id = o.owner_id
      """;

  private static final Sql FIND =
      new Sql(
          "SELECT "
              + COLUMNS
              + " FROM"
              + TABLES
              + " WHERE o.app_id = ? AND o.gone_id = 0 AND o.account IN (",
          "?",
          ")");

  Optional<OfficialAccount> find(Connection connection, long appId, String account)
      throws SQLException {
    return Optional.ofNullable(findAll(connection, appId, List.of(account)).get(account));
  }

  /** The live ones of these, by id. */
  Map<String, OfficialAccount> findAll(
      Connection connection, long appId, Collection<String> accounts) throws SQLException {
    Map<String, OfficialAccount> found = new LinkedHashMap<>();
    FIND.select(
        connection,
        List.of(appId),
        accounts,
        (select, at, account) -> {
          select.setBytes(at, utf8(account));
          return at + 1;
        },
        row -> {
          OfficialAccount each = account(row);
          found.put(each.account(), each);
        });
    return found;
  }

  /** The live one, held until the transaction ends. */
  Optional<OfficialAccount> lock(Connection connection, long appId, String account)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT conversation_id FROM official_account
            WHERE app_id = ? AND account = ? AND gone_id = 0 FOR UPDATE
            """)) {
      select.setLong(1, appId);
      select.setBytes(2, utf8(account));
      try (ResultSet rows = select.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
      }
    }
    return find(connection, appId, account);
  }

  /** Holds an app's number of official accounts until the transaction ends and returns it. */
  int lockCount(Connection connection, long appId) throws SQLException {
    try (PreparedStatement upsert =
            connection.prepareStatement(
                """
                INSERT INTO official_app (app_id) VALUES (?)
                ON DUPLICATE KEY UPDATE app_id = VALUES(app_id)
                """);
        PreparedStatement select =
            connection.prepareStatement(
                "SELECT COUNT(*) FROM official_account WHERE app_id = ? AND gone_id = 0")) {
      upsert.setLong(1, appId);
      upsert.executeUpdate();
      select.setLong(1, appId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** Inserts one and returns its conversation, or empty when the id is taken. */
  OptionalLong insert(
      Connection connection,
      long appId,
      String account,
      long ownerId,
      Profile profile,
      long maxSubscribers,
      long now)
      throws SQLException {
    long conversationId = insertConversation(connection, appId);
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO official_account
              (conversation_id, app_id, account, owner_id, name, introduction, face_url,
               organization, custom, max_subscribers, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)) {
      insert.setLong(1, conversationId);
      insert.setLong(2, appId);
      insert.setBytes(3, utf8(account));
      insert.setLong(4, ownerId);
      bind(insert, 5, profile);
      insert.setLong(10, maxSubscribers);
      insert.setLong(11, now);
      insert.executeUpdate();
      return OptionalLong.of(conversationId);
    } catch (SQLIntegrityConstraintViolationException e) {
      return OptionalLong.empty();
    }
  }

  void update(Connection connection, long conversationId, Profile profile, long maxSubscribers)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE official_account SET name = ?, introduction = ?, face_url = ?,
              organization = ?, custom = ?, max_subscribers = ?
            WHERE conversation_id = ?
            """)) {
      bind(update, 1, profile);
      update.setLong(6, maxSubscribers);
      update.setLong(7, conversationId);
      update.executeUpdate();
    }
  }

  /** Makes it gone: nobody finds it any more and its id is free. */
  void markGone(Connection connection, long conversationId) throws SQLException {
    update(
        connection,
        "UPDATE official_account SET gone_id = conversation_id WHERE conversation_id = ?",
        conversationId);
  }

  /** Destroyed ones of which something is left. */
  List<Long> gone(Connection connection, int limit) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT conversation_id FROM official_account WHERE gone_id > 0 LIMIT ?")) {
      select.setInt(1, limit);
      List<Long> ids = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
      }
      return ids;
    }
  }

  /** Deletes what is left of a destroyed one once its subscribers and messages are. */
  void delete(Connection connection, long conversationId) throws SQLException {
    update(connection, "DELETE FROM official_send WHERE conversation_id = ?", conversationId);
    update(connection, "DELETE FROM official_account WHERE conversation_id = ?", conversationId);
    update(connection, "DELETE FROM conversation WHERE id = ?", conversationId);
  }

  static OfficialAccount account(ResultSet row) throws SQLException {
    return new OfficialAccount(
        row.getLong(1),
        text(row.getBytes(2)),
        text(row.getBytes(3)),
        new Profile(
            text(row.getBytes(4)),
            text(row.getBytes(5)),
            text(row.getBytes(6)),
            text(row.getBytes(7)),
            text(row.getBytes(8))),
        row.getLong(9),
        row.getLong(10),
        row.getLong(11),
        row.getLong(12),
        row.getLong(13));
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static long insertConversation(Connection connection, long appId) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO conversation (app_id, kind) VALUES (?, ?)",
            Statement.RETURN_GENERATED_KEYS)) {
      insert.setLong(1, appId);
      insert.setInt(2, KIND);
      insert.executeUpdate();
      try (ResultSet generated = insert.getGeneratedKeys()) {
        generated.next();
        return generated.getLong(1);
      }
    }
  }

  private static void bind(PreparedStatement statement, int at, Profile profile)
      throws SQLException {
    statement.setBytes(at, utf8(profile.name()));
    statement.setBytes(at + 1, utf8(profile.introduction()));
    statement.setBytes(at + 2, utf8(profile.faceUrl()));
    statement.setBytes(at + 3, utf8(profile.organization()));
    statement.setBytes(at + 4, utf8(profile.custom()));
  }

  private static void update(Connection connection, String sql, long conversationId)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, conversationId);
      statement.executeUpdate();
    }
  }
}
