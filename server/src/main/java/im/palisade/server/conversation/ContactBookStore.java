package im.palisade.server.conversation;

import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** SQL of conversation groups and marks. */
final class ContactBookStore {
  private final TopicContactStore topics = new TopicContactStore();

  /** The conversation something is kept of. */
  record Target(Contact.Kind kind, long id) {}

  /** What is kept of a conversation; everything empty means that no row is needed. */
  record Item(
      long number,
      Target target,
      String targetName,
      long standardMark,
      String customMark,
      Set<Long> groups,
      long changedAt) {
    boolean isEmpty() {
      return standardMark == 0 && customMark.isEmpty() && groups.isEmpty();
    }
  }

  /** Numbers given out last. */
  record Numbers(long group, long item) {}

  /** Locks an account's book until the transaction ends, creating it when it is new. */
  Numbers lock(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement insert =
            connection.prepareStatement(
                """
                INSERT INTO contact_book (account_id) VALUES (?)
                ON DUPLICATE KEY UPDATE account_id = VALUES(account_id)
                """);
        PreparedStatement select =
            connection.prepareStatement(
                """
                SELECT last_group, last_item FROM contact_book
                WHERE account_id = ? FOR UPDATE
                """)) {
      insert.setLong(1, accountId);
      insert.executeUpdate();
      select.setLong(1, accountId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return new Numbers(rows.getLong(1), rows.getLong(2));
      }
    }
  }

  void saveNumbers(Connection connection, long accountId, Numbers numbers) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE contact_book SET last_group = ?, last_item = ? WHERE account_id = ?")) {
      update.setLong(1, numbers.group());
      update.setLong(2, numbers.item());
      update.setLong(3, accountId);
      update.executeUpdate();
    }
  }

  /** Numbers of an account's groups by name, oldest first. */
  Map<String, Long> groups(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT name, number FROM contact_group WHERE account_id = ? ORDER BY number")) {
      select.setLong(1, accountId);
      Map<String, Long> groups = new LinkedHashMap<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          groups.put(text(rows.getBytes(1)), rows.getLong(2));
        }
      }
      return groups;
    }
  }

  void insertGroup(Connection connection, long accountId, long number, String name)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO contact_group (account_id, number, name) VALUES (?, ?, ?)")) {
      insert.setLong(1, accountId);
      insert.setLong(2, number);
      insert.setBytes(3, utf8(name));
      insert.executeUpdate();
    }
  }

  void renameGroup(Connection connection, long accountId, long number, String name)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE contact_group SET name = ? WHERE account_id = ? AND number = ?")) {
      update.setBytes(1, utf8(name));
      update.setLong(2, accountId);
      update.setLong(3, number);
      update.executeUpdate();
    }
  }

  /** Deletes a group; what was in it changes, and goes when nothing else is kept of it. */
  void deleteGroup(Connection connection, long accountId, long number, long now)
      throws SQLException {
    String group = "account_id = ? AND group_number = ?";
    try (PreparedStatement touch =
            connection.prepareStatement(
                """
                UPDATE contact_item item JOIN contact_group_item entry
                  ON entry.account_id = item.account_id AND entry.item_number = item.number
                SET item.changed_at = ? WHERE entry.account_id = ? AND entry.group_number = ?
                """);
        PreparedStatement empty =
            connection.prepareStatement("DELETE FROM contact_group_item WHERE " + group);
        PreparedStatement delete =
            connection.prepareStatement(
                "DELETE FROM contact_group WHERE account_id = ? AND number = ?");
        PreparedStatement sweep =
            connection.prepareStatement(
                """
                DELETE item FROM contact_item item LEFT JOIN contact_group_item entry
                  ON entry.account_id = item.account_id AND entry.item_number = item.number
                WHERE item.account_id = ? AND item.standard_mark = 0 AND item.custom_mark = ''
                  AND entry.group_number IS NULL
                """)) {
      touch.setLong(1, now);
      touch.setLong(2, accountId);
      touch.setLong(3, number);
      touch.executeUpdate();
      empty.setLong(1, accountId);
      empty.setLong(2, number);
      empty.executeUpdate();
      delete.setLong(1, accountId);
      delete.setLong(2, number);
      delete.executeUpdate();
      sweep.setLong(1, accountId);
      sweep.executeUpdate();
    }
  }

  int countItems(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT COUNT(*) FROM contact_item WHERE account_id = ?")) {
      select.setLong(1, accountId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** What is kept of these conversations. */
  Map<Target, Item> find(Connection connection, long accountId, Collection<Target> targets)
      throws SQLException {
    Map<Target, Item> found = new HashMap<>();
    if (targets.isEmpty()) {
      return found;
    }
    String marks = "(?, ?)" + ", (?, ?)".repeat(targets.size() - 1);
    try (PreparedStatement select =
        connection.prepareStatement(
            ITEMS
                + " WHERE item.account_id = ? AND (item.kind, item.target_id) IN ("
                + marks
                + ")")) {
      select.setLong(1, accountId);
      int at = 2;
      for (Target target : targets) {
        select.setInt(at++, target.kind().code());
        select.setLong(at++, target.id());
      }
      for (Item item : items(select)) {
        found.put(item.target(), item);
      }
    }
    return withGroups(connection, accountId, found);
  }

  /** What is kept of conversations after that number, in the order of their creation. */
  List<Item> page(Connection connection, long accountId, long after, int limit)
      throws SQLException {
    Map<Target, Item> found = new LinkedHashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            ITEMS
                + " WHERE item.account_id = ? AND item.number > ? ORDER BY item.number LIMIT ?")) {
      select.setLong(1, accountId);
      select.setLong(2, after);
      select.setInt(3, limit);
      for (Item item : items(select)) {
        found.put(item.target(), item);
      }
    }
    return List.copyOf(withGroups(connection, accountId, found).values());
  }

  /** Writes items as they are now; one that is empty goes. */
  void save(Connection connection, long accountId, Collection<Item> items) throws SQLException {
    try (PreparedStatement upsert =
            connection.prepareStatement(
                """
                INSERT INTO contact_item
                  (account_id, number, kind, target_id, standard_mark, custom_mark, changed_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON DUPLICATE KEY UPDATE standard_mark = VALUES(standard_mark),
                  custom_mark = VALUES(custom_mark), changed_at = VALUES(changed_at)
                """);
        PreparedStatement delete =
            connection.prepareStatement(
                "DELETE FROM contact_item WHERE account_id = ? AND number = ?");
        PreparedStatement leave =
            connection.prepareStatement(
                "DELETE FROM contact_group_item WHERE account_id = ? AND item_number = ?");
        PreparedStatement join =
            connection.prepareStatement(
                """
                INSERT INTO contact_group_item (account_id, item_number, group_number)
                VALUES (?, ?, ?)
                """)) {
      for (Item item : items) {
        number(leave, accountId, item);
        leave.addBatch();
        if (item.isEmpty()) {
          number(delete, accountId, item);
          delete.addBatch();
          continue;
        }
        number(upsert, accountId, item);
        upsert.setInt(3, item.target().kind().code());
        upsert.setLong(4, item.target().id());
        upsert.setLong(5, item.standardMark());
        upsert.setBytes(6, utf8(item.customMark()));
        upsert.setLong(7, item.changedAt());
        upsert.addBatch();
        for (long group : item.groups()) {
          number(join, accountId, item);
          join.setLong(3, group);
          join.addBatch();
        }
      }
      leave.executeBatch();
      delete.executeBatch();
      upsert.executeBatch();
      join.executeBatch();
    }
  }

  /** Deletes an account's book, and what others keep of their conversation with it. */
  void deleteAll(Connection connection, long accountId) throws SQLException {
    for (String sql :
        List.of(
            """
            DELETE entry FROM contact_group_item entry JOIN contact_item item
              ON item.account_id = entry.account_id AND item.number = entry.item_number
            WHERE item.target_id = ? AND item.kind = 1
            """,
            "DELETE FROM contact_item WHERE target_id = ? AND kind = 1",
            "DELETE FROM contact_group_item WHERE account_id = ?",
            "DELETE FROM contact_item WHERE account_id = ?",
            "DELETE FROM contact_group WHERE account_id = ?",
            "DELETE FROM contact_book WHERE account_id = ?")) {
      try (PreparedStatement delete = connection.prepareStatement(sql)) {
        delete.setLong(1, accountId);
        delete.executeUpdate();
      }
    }
  }

  private static final Sql GROUPS =
      new Sql(
          """
          SELECT group_id, conversation_id FROM im_group
          WHERE app_id = ? AND gone_id = 0 AND group_id IN (\
          """,
          "?",
          ")");

  private static final String ITEMS =
      """
      SELECT item.number, item.kind, item.target_id, COALESCE(peer.user_id, g.group_id, t.topic_id),
        item.standard_mark, item.custom_mark, item.changed_at
      FROM contact_item item
      LEFT JOIN account peer ON item.kind = 1 AND peer.id = item.target_id
      LEFT JOIN im_group g ON item.kind = 2 AND g.conversation_id = item.target_id
      LEFT JOIN group_topic t ON item.kind = 2 AND t.conversation_id = item.target_id
      """;

  /** The conversations of those of the groups and topics that exist, by their ids. */
  Map<String, Long> groupConversations(Connection connection, long appId, List<String> groupIds)
      throws SQLException {
    Map<String, Long> found = new HashMap<>();
    GROUPS.select(
        connection,
        List.of(appId),
        groupIds,
        (statement, at, id) -> {
          statement.setBytes(at, utf8(id));
          return at + 1;
        },
        row -> found.put(text(row.getBytes(1)), row.getLong(2)));
    for (String id : groupIds) {
      if (!found.containsKey(id)) {
        topics.find(connection, appId, id).ifPresent(topic -> found.put(id, topic));
      }
    }
    return found;
  }

  private static List<Item> items(PreparedStatement select) throws SQLException {
    List<Item> items = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        byte[] peer = rows.getBytes(4);
        items.add(
            new Item(
                rows.getLong(1),
                new Target(Contact.Kind.ofCode(rows.getInt(2)), rows.getLong(3)),
                peer == null ? "" : text(peer),
                rows.getLong(5),
                text(rows.getBytes(6)),
                new TreeSet<>(),
                rows.getLong(7)));
      }
    }
    return items;
  }

  private static Map<Target, Item> withGroups(
      Connection connection, long accountId, Map<Target, Item> items) throws SQLException {
    if (items.isEmpty()) {
      return items;
    }
    Map<Long, Item> byNumber = new HashMap<>();
    items.values().forEach(item -> byNumber.put(item.number(), item));
    String marks = "?" + ", ?".repeat(items.size() - 1);
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT item_number, group_number FROM contact_group_item"
                + " WHERE account_id = ? AND item_number IN ("
                + marks
                + ")")) {
      select.setLong(1, accountId);
      int at = 2;
      for (long number : byNumber.keySet()) {
        select.setLong(at++, number);
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          byNumber.get(rows.getLong(1)).groups().add(rows.getLong(2));
        }
      }
    }
    return items;
  }

  private static void number(PreparedStatement statement, long accountId, Item item)
      throws SQLException {
    statement.setLong(1, accountId);
    statement.setLong(2, item.number());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
