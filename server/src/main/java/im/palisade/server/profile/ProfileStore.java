package im.palisade.server.profile;

import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** SQL of profile fields; nickname and avatar stand with the account. */
final class ProfileStore {
  private static final Sql ALL =
      new Sql("SELECT account_id, tag, value FROM profile WHERE account_id IN (", "?", ")");
  private static final Sql POLICIES =
      new Sql(
          """
          SELECT account_id, tag, value FROM profile
          WHERE tag IN ('Tag_Profile_IM_AllowType', 'Tag_Profile_IM_AdminForbidType')
            AND account_id IN (\
          """,
          "?",
          ")");
  private static final Sql PUT =
      new Sql(
          "INSERT INTO profile (account_id, tag, value) VALUES ",
          "(?, ?, ?)",
          " ON DUPLICATE KEY UPDATE value = VALUES(value)");
  private static final Sql DELETE =
      new Sql("DELETE FROM profile WHERE account_id = ? AND tag IN (", "?", ")");

  /** Every stored field, by account and tag. */
  Map<Long, Map<String, String>> find(Connection connection, Collection<Long> accountIds)
      throws SQLException {
    return read(connection, ALL, accountIds);
  }

  /** Only how friend requests are met and whether they may be sent. */
  Map<Long, Map<String, String>> findPolicies(Connection connection, Collection<Long> accountIds)
      throws SQLException {
    return read(connection, POLICIES, accountIds);
  }

  void put(Connection connection, long accountId, Map<String, String> values) throws SQLException {
    PUT.update(
        connection,
        List.of(),
        values.entrySet(),
        (insert, at, value) -> {
          insert.setLong(at, accountId);
          insert.setBytes(at + 1, value.getKey().getBytes(StandardCharsets.UTF_8));
          insert.setBytes(at + 2, value.getValue().getBytes(StandardCharsets.UTF_8));
          return at + 3;
        });
  }

  void delete(Connection connection, long accountId, Collection<String> tags) throws SQLException {
    DELETE.update(
        connection,
        List.of(accountId),
        tags,
        (delete, at, tag) -> {
          delete.setBytes(at, tag.getBytes(StandardCharsets.UTF_8));
          return at + 1;
        });
  }

  void deleteAll(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM profile WHERE account_id = ?")) {
      delete.setLong(1, accountId);
      delete.executeUpdate();
    }
  }

  private static Map<Long, Map<String, String>> read(
      Connection connection, Sql sql, Collection<Long> accountIds) throws SQLException {
    Map<Long, Map<String, String>> found = new HashMap<>();
    sql.select(
        connection,
        List.of(),
        accountIds,
        Sql.ID,
        row ->
            found
                .computeIfAbsent(row.getLong(1), id -> new HashMap<>())
                .put(
                    new String(row.getBytes(2), StandardCharsets.UTF_8),
                    new String(row.getBytes(3), StandardCharsets.UTF_8)));
    return found;
  }
}
