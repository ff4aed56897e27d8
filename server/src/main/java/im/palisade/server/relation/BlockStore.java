package im.palisade.server.relation;

import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** SQL of blocklists. */
final class BlockStore {
  private static final Sql BY =
      new Sql("SELECT blocked_id FROM blocked WHERE owner_id = ? AND blocked_id IN (", "?", ")");
  private static final Sql TOWARD =
      new Sql("SELECT owner_id FROM blocked WHERE blocked_id = ? AND owner_id IN (", "?", ")");
  private static final Sql PUT =
      new Sql(
          "INSERT INTO blocked (owner_id, blocked_id, user_id, added_at) VALUES ",
          "(?, ?, ?, ?)",
          "");
  private static final Sql DELETE =
      new Sql("DELETE FROM blocked WHERE owner_id = ? AND blocked_id IN (", "?", ")");

  /** Whom of these the owner has blocked. */
  Set<Long> by(Connection connection, long ownerId, Collection<Long> accountIds)
      throws SQLException {
    Set<Long> found = new HashSet<>();
    BY.select(connection, List.of(ownerId), accountIds, Sql.ID, row -> found.add(row.getLong(1)));
    return found;
  }

  /** Who of these has blocked the account. */
  Set<Long> toward(Connection connection, Collection<Long> ownerIds, long accountId)
      throws SQLException {
    Set<Long> found = new HashSet<>();
    TOWARD.select(
        connection, List.of(accountId), ownerIds, Sql.ID, row -> found.add(row.getLong(1)));
    return found;
  }

  /** Everyone the owner has blocked: no more than {@link RelationLimits#BLOCKED}. */
  Set<Long> all(Connection connection, long ownerId) throws SQLException {
    Set<Long> found = new HashSet<>();
    try (PreparedStatement select =
        connection.prepareStatement("SELECT blocked_id FROM blocked WHERE owner_id = ?")) {
      select.setLong(1, ownerId);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getLong(1));
        }
      }
    }
    return found;
  }

  /** A page, newest first; it reads past the entries before it, of which there are few. */
  List<Blocked> page(Connection connection, long ownerId, int start, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT blocked_id, user_id, added_at FROM blocked WHERE owner_id = ?
            ORDER BY added_at DESC, blocked_id DESC LIMIT ? OFFSET ?
            """)) {
      select.setLong(1, ownerId);
      select.setInt(2, limit);
      select.setInt(3, start);
      List<Blocked> page = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          page.add(
              new Blocked(
                  ownerId,
                  rows.getLong(1),
                  new String(rows.getBytes(2), StandardCharsets.UTF_8),
                  rows.getLong(3)));
        }
      }
      return page;
    }
  }

  void put(Connection connection, Collection<Blocked> entries) throws SQLException {
    PUT.update(
        connection,
        List.of(),
        entries,
        (insert, at, entry) -> {
          insert.setLong(at, entry.ownerId());
          insert.setLong(at + 1, entry.blockedId());
          insert.setBytes(at + 2, entry.userId().getBytes(StandardCharsets.UTF_8));
          insert.setLong(at + 3, entry.addedAt());
          return at + 4;
        });
  }

  void delete(Connection connection, long ownerId, Collection<Long> accountIds)
      throws SQLException {
    DELETE.update(connection, List.of(ownerId), accountIds, Sql.ID);
  }
}
