package im.palisade.server.group;

import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * SQL of permission groups. Public for what features above must ask within a transaction that holds
 * the conversation's lock.
 */
public final class PermissionStore {
  private static final String COLUMNS =
      """
      SELECT p.id, p.permission_id, p.name, p.permission, p.custom_string, p.create_time,
        (SELECT COUNT(*) FROM permission_member m WHERE m.permission_group = p.id)
      FROM permission_group p WHERE p.community_id = ?
      """;

  private static final Sql SOME = new Sql(COLUMNS + " AND p.permission_id IN (", "?", ")");

  private static final Sql ADD =
      new Sql(
          "INSERT INTO permission_member (permission_group, account_id, community_id) VALUES ",
          "(?, ?, ?)",
          "");

  private static final Sql MEMBERS_OF =
      new Sql(
          "SELECT account_id FROM permission_member WHERE permission_group = ? AND account_id IN (",
          "?",
          ")");

  private static final Sql REMOVE =
      new Sql(
          "DELETE FROM permission_member WHERE permission_group = ? AND account_id IN (", "?", ")");

  private static final Sql LEAVE =
      new Sql("DELETE FROM permission_member WHERE community_id = ? AND account_id IN (", "?", ")");

  /** Groups of permissions of a community, behind an id, in the order of their making. */
  List<PermissionGroup> page(Connection connection, long communityId, long after, int limit)
      throws SQLException {
    List<PermissionGroup> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(COLUMNS + " AND p.id > ? ORDER BY p.id LIMIT ?")) {
      select.setLong(1, communityId);
      select.setLong(2, after);
      select.setInt(3, limit);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(read(rows));
        }
      }
    }
    return found;
  }

  /** Those of the names that there are, by name. */
  Map<String, PermissionGroup> find(Connection connection, long communityId, Collection<String> ids)
      throws SQLException {
    Map<String, PermissionGroup> found = new HashMap<>();
    SOME.select(
        connection,
        List.of(communityId),
        ids,
        (statement, at, id) -> {
          statement.setBytes(at, GroupStore.bytes(id));
          return at + 1;
        },
        row -> {
          PermissionGroup group = read(row);
          found.put(group.permissionId(), group);
        });
    return found;
  }

  /** Enters one; false when its name is taken. */
  boolean insert(
      Connection connection,
      long communityId,
      String permissionId,
      String name,
      long permission,
      String customString,
      long now)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO permission_group
              (community_id, permission_id, name, permission, custom_string, create_time)
            VALUES (?, ?, ?, ?, ?, ?)
            """)) {
      insert.setLong(1, communityId);
      insert.setBytes(2, GroupStore.bytes(permissionId));
      insert.setBytes(3, GroupStore.bytes(name));
      insert.setLong(4, permission);
      insert.setBytes(5, GroupStore.bytes(customString));
      insert.setLong(6, now);
      insert.executeUpdate();
      return true;
    } catch (SQLIntegrityConstraintViolationException e) {
      return false;
    }
  }

  void update(Connection connection, PermissionGroup group) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE permission_group SET name = ?, permission = ?, custom_string = ? WHERE id = ?
            """)) {
      update.setBytes(1, GroupStore.bytes(group.name()));
      update.setLong(2, group.permission());
      update.setBytes(3, GroupStore.bytes(group.customString()));
      update.setLong(4, group.id());
      update.executeUpdate();
    }
  }

  void delete(Connection connection, long id) throws SQLException {
    for (String statement :
        List.of(
            "DELETE FROM permission_member WHERE permission_group = ?",
            "DELETE FROM permission_topic WHERE permission_group = ?",
            "DELETE FROM permission_group WHERE id = ?")) {
      try (PreparedStatement delete = connection.prepareStatement(statement)) {
        delete.setLong(1, id);
        delete.executeUpdate();
      }
    }
  }

  /** Those of the accounts that are in the permission group. */
  List<Long> membersOf(Connection connection, long id, Collection<Long> accountIds)
      throws SQLException {
    List<Long> found = new ArrayList<>();
    MEMBERS_OF.select(
        connection, List.of(id), accountIds, Sql.ID, row -> found.add(row.getLong(1)));
    return found;
  }

  void add(Connection connection, long communityId, long id, Collection<Long> accountIds)
      throws SQLException {
    ADD.update(
        connection,
        List.of(),
        accountIds,
        (statement, at, account) -> {
          statement.setLong(at, id);
          statement.setLong(at + 1, account);
          statement.setLong(at + 2, communityId);
          return at + 3;
        });
  }

  void remove(Connection connection, long id, Collection<Long> accountIds) throws SQLException {
    REMOVE.update(connection, List.of(id), accountIds, Sql.ID);
  }

  /** Takes those who leave a community out of its permission groups. */
  void leave(Connection connection, long communityId, Collection<Long> accountIds)
      throws SQLException {
    LEAVE.update(connection, List.of(communityId), accountIds, Sql.ID);
  }

  /** Accounts of a permission group behind one, by internal id and UserID. */
  Map<Long, String> members(Connection connection, long id, long after, int limit)
      throws SQLException {
    Map<Long, String> found = new LinkedHashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT m.account_id, a.user_id
            FROM permission_member m JOIN account a ON a.id = m.account_id
            WHERE m.permission_group = ? AND m.account_id > ? ORDER BY m.account_id LIMIT ?
            """)) {
      select.setLong(1, id);
      select.setLong(2, after);
      select.setInt(3, limit);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.put(rows.getLong(1), GroupStore.text(rows, 2));
        }
      }
    }
    return found;
  }

  /** The bits of a permission group in topics, by the topic's conversation. */
  Map<Long, Long> topics(Connection connection, long id) throws SQLException {
    Map<Long, Long> found = new HashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT topic_id, permission FROM permission_topic WHERE permission_group = ?")) {
      select.setLong(1, id);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.put(rows.getLong(1), rows.getLong(2));
        }
      }
    }
    return found;
  }

  void setTopic(Connection connection, long id, long topicId, long permission) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO permission_topic (permission_group, topic_id, permission) VALUES (?, ?, ?)
            ON DUPLICATE KEY UPDATE permission = VALUES(permission)
            """)) {
      upsert.setLong(1, id);
      upsert.setLong(2, topicId);
      upsert.setLong(3, permission);
      upsert.executeUpdate();
    }
  }

  void deleteTopic(Connection connection, long id, long topicId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM permission_topic WHERE permission_group = ? AND topic_id = ?")) {
      delete.setLong(1, id);
      delete.setLong(2, topicId);
      delete.executeUpdate();
    }
  }

  /** What an account's permission groups grant it. */
  public record Granted(long communityBits, long topicBits) {}

  /**
   * What an account's permission groups grant it in a community, and in one of its topics.
   *
   * @param topicId 0 for none
   */
  public Granted granted(Connection connection, long communityId, long topicId, long accountId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT BIT_OR(p.permission), BIT_OR(COALESCE(t.permission, 0))
            FROM permission_member m
            JOIN permission_group p ON p.id = m.permission_group
            LEFT JOIN permission_topic t ON t.permission_group = p.id AND t.topic_id = ?
            WHERE m.community_id = ? AND m.account_id = ?
            """)) {
      select.setLong(1, topicId);
      select.setLong(2, communityId);
      select.setLong(3, accountId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return new Granted(rows.getLong(1), rows.getLong(2));
      }
    }
  }

  private static PermissionGroup read(ResultSet row) throws SQLException {
    return new PermissionGroup(
        row.getLong(1),
        GroupStore.text(row, 2),
        GroupStore.text(row, 3),
        row.getLong(4),
        GroupStore.text(row, 5),
        row.getLong(6),
        row.getInt(7));
  }

  /** The permission group of that name. */
  Optional<PermissionGroup> find(Connection connection, long communityId, String id)
      throws SQLException {
    return Optional.ofNullable(find(connection, communityId, List.of(id)).get(id));
  }
}
