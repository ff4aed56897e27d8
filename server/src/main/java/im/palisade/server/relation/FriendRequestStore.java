package im.palisade.server.relation;

import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** SQL of pending friend requests. */
final class FriendRequestStore {
  private static final String SELECT =
      "SELECT from_id, to_id, time, two_way, list_name, remark, source, wording FROM friend_request"
          + " ";
  private static final Sql FROM = new Sql(SELECT + "WHERE from_id = ? AND to_id IN (", "?", ")");
  private static final Sql TO = new Sql(SELECT + "WHERE to_id = ? AND from_id IN (", "?", ")");
  private static final Sql PUT =
      new Sql(
          "INSERT INTO friend_request"
              + " (from_id, to_id, time, two_way, list_name, remark, source, wording) VALUES ",
          "(?, ?, ?, ?, ?, ?, ?, ?)",
          """
           ON DUPLICATE KEY UPDATE
            time = VALUES(time), two_way = VALUES(two_way), list_name = VALUES(list_name),
            remark = VALUES(remark), source = VALUES(source), wording = VALUES(wording)
          """);

  /** Requests of one account to these, by receiver. */
  Map<Long, FriendRequest> from(Connection connection, long fromId, Collection<Long> toIds)
      throws SQLException {
    Map<Long, FriendRequest> found = new HashMap<>();
    FROM.select(
        connection, List.of(fromId), toIds, Sql.ID, row -> found.put(row.getLong(2), request(row)));
    return found;
  }

  /** Requests of these accounts to one, by sender. */
  Map<Long, FriendRequest> to(Connection connection, Collection<Long> fromIds, long toId)
      throws SQLException {
    Map<Long, FriendRequest> found = new HashMap<>();
    TO.select(
        connection, List.of(toId), fromIds, Sql.ID, row -> found.put(row.getLong(1), request(row)));
    return found;
  }

  void put(Connection connection, Collection<FriendRequest> requests) throws SQLException {
    PUT.update(
        connection,
        List.of(),
        requests,
        (insert, at, request) -> {
          insert.setLong(at, request.fromId());
          insert.setLong(at + 1, request.toId());
          insert.setLong(at + 2, request.time());
          insert.setBoolean(at + 3, request.both());
          insert.setBytes(at + 4, utf8(request.list()));
          insert.setBytes(at + 5, utf8(request.remark()));
          insert.setBytes(at + 6, utf8(request.source()));
          insert.setBytes(at + 7, utf8(request.wording()));
          return at + 8;
        });
  }

  /** Deletes requests; there are few, since an account has a hundred at most. */
  void delete(Connection connection, Collection<FriendRequest> requests) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM friend_request WHERE from_id = ? AND to_id = ?")) {
      for (FriendRequest request : requests) {
        delete.setLong(1, request.fromId());
        delete.setLong(2, request.toId());
        delete.executeUpdate();
      }
    }
  }

  /** All requests an account has sent or received, newest first. */
  List<FriendRequest> all(Connection connection, long accountId) throws SQLException {
    List<FriendRequest> found = new ArrayList<>();
    for (String side : List.of("WHERE from_id = ?", "WHERE to_id = ?")) {
      try (PreparedStatement select = connection.prepareStatement(SELECT + side)) {
        select.setLong(1, accountId);
        try (ResultSet rows = select.executeQuery()) {
          while (rows.next()) {
            found.add(request(rows));
          }
        }
      }
    }
    found.sort(Comparator.comparingLong(FriendRequest::time).reversed());
    return found;
  }

  /** UNIX seconds up to which an account has seen its requests. */
  long readUntil(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT requests_read FROM relation WHERE account_id = ?")) {
      select.setLong(1, accountId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  /** Notes up to which second an account has seen its requests. */
  void read(Connection connection, long accountId, long time) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            INSERT INTO relation (account_id, requests_read) VALUES (?, ?)
            ON DUPLICATE KEY UPDATE
              requests_read = GREATEST(requests_read, VALUES(requests_read))
            """)) {
      update.setLong(1, accountId);
      update.setLong(2, time);
      update.executeUpdate();
    }
  }

  private static FriendRequest request(ResultSet row) throws SQLException {
    return new FriendRequest(
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getBoolean(4),
        text(row.getBytes(5)),
        text(row.getBytes(6)),
        text(row.getBytes(7)),
        text(row.getBytes(8)));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
