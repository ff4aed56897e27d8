package im.palisade.server.push;

import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** SQL of tags and attributes. */
final class PushAudienceStore {
  private static final Sql INSERT_TAGS =
      new Sql("INSERT IGNORE INTO push_tag (account_id, tag, app_id) VALUES ", "(?, ?, ?)", "");
  private static final Sql DELETE_TAGS =
      new Sql("DELETE FROM push_tag WHERE (account_id, tag) IN (", "(?, ?)", ")");
  private static final Sql UPSERT_ATTRIBUTES =
      new Sql(
          "INSERT INTO push_attribute (account_id, slot, app_id, value) VALUES ",
          "(?, ?, ?, ?)",
          " ON DUPLICATE KEY UPDATE value = VALUES(value)");
  private static final Sql DELETE_ATTRIBUTES =
      new Sql("DELETE FROM push_attribute WHERE (account_id, slot) IN (", "(?, ?)", ")");

  /** An account's tag. */
  record Tag(long accountId, String tag) {}

  /** An account's value of an attribute. */
  record Value(long accountId, int slot, String value) {}

  /** Names in use by slot. */
  Map<Integer, String> names(Connection connection, long appId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT slot, name FROM push_attribute_name WHERE app_id = ?")) {
      select.setLong(1, appId);
      Map<Integer, String> names = new TreeMap<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          names.put(rows.getInt(1), text(rows.getBytes(2)));
        }
      }
      return names;
    }
  }

  /** Gives slots other names; the rest keep theirs. */
  void rename(Connection connection, long appId, Map<Integer, String> names) throws SQLException {
    // First out of the way, so that two slots can swap.
    try (PreparedStatement delete =
            connection.prepareStatement(
                "DELETE FROM push_attribute_name WHERE app_id = ? AND slot = ?");
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO push_attribute_name (app_id, slot, name) VALUES (?, ?, ?)")) {
      for (int slot : names.keySet()) {
        delete.setLong(1, appId);
        delete.setInt(2, slot);
        delete.executeUpdate();
      }
      for (Map.Entry<Integer, String> each : names.entrySet()) {
        insert.setLong(1, appId);
        insert.setInt(2, each.getKey());
        insert.setBytes(3, utf8(each.getValue()));
        insert.executeUpdate();
      }
    }
  }

  /** Locks accounts until the transaction ends and counts the live ones. */
  int hold(Connection connection, Collection<Long> accountIds) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id FROM account WHERE id IN ("
                + marks(accountIds.size())
                + ") AND deleted_id = 0 ORDER BY id FOR UPDATE")) {
      bind(select, 1, accountIds);
      int live = 0;
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          live++;
        }
      }
      return live;
    }
  }

  void addTags(Connection connection, long appId, List<Tag> tags) throws SQLException {
    write(
        connection,
        INSERT_TAGS,
        tags,
        (statement, at, tag) -> {
          statement.setLong(at, tag.accountId());
          statement.setBytes(at + 1, utf8(tag.tag()));
          statement.setLong(at + 2, appId);
          return at + 3;
        });
  }

  void removeTags(Connection connection, List<Tag> tags) throws SQLException {
    write(
        connection,
        DELETE_TAGS,
        tags,
        (statement, at, tag) -> {
          statement.setLong(at, tag.accountId());
          statement.setBytes(at + 1, utf8(tag.tag()));
          return at + 2;
        });
  }

  void removeAllTags(Connection connection, Collection<Long> accountIds) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM push_tag WHERE account_id IN (" + marks(accountIds.size()) + ")")) {
      bind(delete, 1, accountIds);
      delete.executeUpdate();
    }
  }

  /** Tags by account, in the order of their bytes. */
  Map<Long, List<String>> tags(Connection connection, Collection<Long> accountIds)
      throws SQLException {
    Map<Long, List<String>> tags = new HashMap<>();
    if (accountIds.isEmpty()) {
      return tags;
    }
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT account_id, tag FROM push_tag WHERE account_id IN ("
                + marks(accountIds.size())
                + ") ORDER BY account_id, tag")) {
      bind(select, 1, accountIds);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          tags.computeIfAbsent(rows.getLong(1), id -> new ArrayList<>())
              .add(text(rows.getBytes(2)));
        }
      }
    }
    return tags;
  }

  void setValues(Connection connection, long appId, List<Value> values) throws SQLException {
    write(
        connection,
        UPSERT_ATTRIBUTES,
        values,
        (statement, at, value) -> {
          statement.setLong(at, value.accountId());
          statement.setInt(at + 1, value.slot());
          statement.setLong(at + 2, appId);
          statement.setBytes(at + 3, utf8(value.value()));
          return at + 4;
        });
  }

  void removeValues(Connection connection, List<Value> values) throws SQLException {
    write(
        connection,
        DELETE_ATTRIBUTES,
        values,
        (statement, at, value) -> {
          statement.setLong(at, value.accountId());
          statement.setInt(at + 1, value.slot());
          return at + 2;
        });
  }

  /** Attribute values by account and slot. */
  Map<Long, Map<Integer, String>> values(Connection connection, Collection<Long> accountIds)
      throws SQLException {
    Map<Long, Map<Integer, String>> values = new HashMap<>();
    if (accountIds.isEmpty()) {
      return values;
    }
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT account_id, slot, value FROM push_attribute WHERE account_id IN ("
                + marks(accountIds.size())
                + ")")) {
      bind(select, 1, accountIds);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          values
              .computeIfAbsent(rows.getLong(1), id -> new TreeMap<>())
              .put(rows.getInt(2), text(rows.getBytes(3)));
        }
      }
    }
    return values;
  }

  void deleteAll(Connection connection, long accountId) throws SQLException {
    for (String table : List.of("push_tag", "push_attribute")) {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM " + table + " WHERE account_id = ?")) {
        delete.setLong(1, accountId);
        delete.executeUpdate();
      }
    }
  }

  /** Binds one row and returns the next place. */
  private interface Binder<T> {
    int bind(PreparedStatement statement, int at, T row) throws SQLException;
  }

  private static <T> void write(Connection connection, Sql sql, List<T> rows, Binder<T> binder)
      throws SQLException {
    int done = 0;
    while (done < rows.size()) {
      int size = Sql.fitting(rows.size() - done);
      try (PreparedStatement statement = connection.prepareStatement(sql.exactly(size))) {
        int at = 1;
        for (T row : rows.subList(done, done + size)) {
          at = binder.bind(statement, at, row);
        }
        statement.executeUpdate();
      }
      done += size;
    }
  }

  static String marks(int count) {
    return "?" + ", ?".repeat(count - 1);
  }

  static void bind(PreparedStatement statement, int first, Collection<Long> ids)
      throws SQLException {
    int at = first;
    for (long id : ids) {
      statement.setLong(at++, id);
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
