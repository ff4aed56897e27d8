package im.palisade.server.relation;

import com.fasterxml.jackson.core.type.TypeReference;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Sql;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** SQL of friends and their named lists. */
final class FriendStore {
  private static final byte[] NO_CUSTOM = {};
  private static final String COLUMNS =
      "owner_id, friend_id, user_id, add_time, lists, remark, source, wording, custom";
  private static final String SELECT = "SELECT " + COLUMNS + " FROM friend ";

  private static final String PAGE =
      "SELECT "
          + COLUMNS
          + """
           FROM friend
          JOIN (
            SELECT friend_id AS id FROM friend WHERE owner_id = ?
            ORDER BY add_time, user_id LIMIT ? OFFSET ?
          ) AS page ON page.id = friend.friend_id
          WHERE owner_id = ? ORDER BY add_time, user_id
          """;
  private static final Sql OF = new Sql(SELECT + "WHERE owner_id = ? AND friend_id IN (", "?", ")");
  private static final Sql TOWARD =
      new Sql(SELECT + "WHERE friend_id = ? AND owner_id IN (", "?", ")");
  private static final Sql IDS_OF =
      new Sql("SELECT friend_id FROM friend WHERE owner_id = ? AND friend_id IN (", "?", ")");
  private static final Sql IDS_TOWARD =
      new Sql("SELECT owner_id FROM friend WHERE friend_id = ? AND owner_id IN (", "?", ")");
  private static final Sql DELETE_OF =
      new Sql("DELETE FROM friend WHERE owner_id = ? AND friend_id IN (", "?", ")");
  private static final Sql DELETE_TOWARD =
      new Sql("DELETE FROM friend WHERE friend_id = ? AND owner_id IN (", "?", ")");
  private static final Sql PUT =
      new Sql(
          "INSERT INTO friend (" + COLUMNS + ") VALUES ",
          "(?, ?, ?, ?, ?, ?, ?, ?, ?)",
          """
           ON DUPLICATE KEY UPDATE
            add_time = VALUES(add_time), lists = VALUES(lists), remark = VALUES(remark),
            source = VALUES(source), wording = VALUES(wording), custom = VALUES(custom)
          """);
  private static final Sql PUT_LIST =
      new Sql(
          "INSERT INTO friend_list (owner_id, slot, name, created_at) VALUES ", "(?, ?, ?, ?)", "");
  private static final Sql DELETE_LIST =
      new Sql("DELETE FROM friend_list WHERE owner_id = ? AND slot IN (", "?", ")");

  /** The owner's entries for these accounts, by friend. */
  Map<Long, Friend> of(Connection connection, long ownerId, Collection<Long> friendIds)
      throws SQLException {
    Map<Long, Friend> found = new HashMap<>();
    OF.select(
        connection,
        List.of(ownerId),
        friendIds,
        Sql.ID,
        row -> found.put(row.getLong(2), friend(row)));
    return found;
  }

  /** The entries these accounts have for one, by owner. */
  Map<Long, Friend> toward(Connection connection, Collection<Long> ownerIds, long friendId)
      throws SQLException {
    Map<Long, Friend> found = new HashMap<>();
    TOWARD.select(
        connection,
        List.of(friendId),
        ownerIds,
        Sql.ID,
        row -> found.put(row.getLong(1), friend(row)));
    return found;
  }

  /** Which of these accounts the owner has. */
  Set<Long> idsOf(Connection connection, long ownerId, Collection<Long> friendIds)
      throws SQLException {
    Set<Long> found = new HashSet<>();
    IDS_OF.select(
        connection, List.of(ownerId), friendIds, Sql.ID, row -> found.add(row.getLong(1)));
    return found;
  }

  /** Which of these accounts have the friend. */
  Set<Long> idsToward(Connection connection, Collection<Long> ownerIds, long friendId)
      throws SQLException {
    Set<Long> found = new HashSet<>();
    IDS_TOWARD.select(
        connection, List.of(friendId), ownerIds, Sql.ID, row -> found.add(row.getLong(1)));
    return found;
  }

  /**
   * A page of an account's friends, oldest first. Entries before it are passed over in the index
   * alone, and an account has no more than {@link RelationLimits#FRIENDS}.
   */
  List<Friend> page(Connection connection, long ownerId, int start, int limit) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(PAGE)) {
      select.setLong(1, ownerId);
      select.setInt(2, limit);
      select.setInt(3, start);
      select.setLong(4, ownerId);
      return friends(select);
    }
  }

  /** Every friend that is in a named list, oldest first; reads the account's whole friend list. */
  List<Friend> listed(Connection connection, long ownerId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            SELECT + "WHERE owner_id = ? AND lists <> 0 ORDER BY add_time, user_id")) {
      select.setLong(1, ownerId);
      return friends(select);
    }
  }

  /** Every friend, oldest first. */
  List<Friend> all(Connection connection, long ownerId) throws SQLException {
    return page(connection, ownerId, 0, Integer.MAX_VALUE);
  }

  /** Accounts that have this one as a friend, in id order, from an id on. */
  List<Long> owners(Connection connection, long friendId, long after, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT owner_id FROM friend WHERE friend_id = ? AND owner_id > ?
            ORDER BY owner_id LIMIT ?
            """)) {
      select.setLong(1, friendId);
      select.setLong(2, after);
      select.setInt(3, limit);
      List<Long> owners = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          owners.add(rows.getLong(1));
        }
      }
      return owners;
    }
  }

  void put(Connection connection, Collection<Friend> friends) throws SQLException {
    PUT.update(
        connection,
        List.of(),
        friends,
        (insert, at, friend) -> {
          insert.setLong(at, friend.ownerId());
          insert.setLong(at + 1, friend.friendId());
          insert.setBytes(at + 2, utf8(friend.userId()));
          insert.setLong(at + 3, friend.addTime());
          insert.setLong(at + 4, Integer.toUnsignedLong(friend.lists()));
          insert.setBytes(at + 5, utf8(friend.remark()));
          insert.setBytes(at + 6, utf8(friend.source()));
          insert.setBytes(at + 7, utf8(friend.wording()));
          insert.setBytes(at + 8, json(friend.custom()));
          return at + 9;
        });
  }

  void deleteOf(Connection connection, long ownerId, Collection<Long> friendIds)
      throws SQLException {
    DELETE_OF.update(connection, List.of(ownerId), friendIds, Sql.ID);
  }

  void deleteToward(Connection connection, Collection<Long> ownerIds, long friendId)
      throws SQLException {
    DELETE_TOWARD.update(connection, List.of(friendId), ownerIds, Sql.ID);
  }

  /** The account's named lists. */
  FriendLists lists(Connection connection, long ownerId) throws SQLException {
    Map<String, Integer> slots = new LinkedHashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT name, slot FROM friend_list WHERE owner_id = ? ORDER BY created_at, slot")) {
      select.setLong(1, ownerId);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          slots.put(text(rows.getBytes(1)), rows.getInt(2));
        }
      }
    }
    return new FriendLists(slots);
  }

  /** Writes what was made and deleted. */
  void saveLists(Connection connection, long ownerId, FriendLists lists, long nowMicros)
      throws SQLException {
    DELETE_LIST.update(
        connection,
        List.of(ownerId),
        lists.deleted(),
        (delete, at, slot) -> {
          delete.setInt(at, slot);
          return at + 1;
        });
    PUT_LIST.update(
        connection,
        List.of(),
        lists.created().entrySet(),
        (insert, at, list) -> {
          insert.setLong(at, ownerId);
          insert.setInt(at + 1, list.getValue());
          insert.setBytes(at + 2, utf8(list.getKey()));
          insert.setLong(at + 3, nowMicros);
          return at + 4;
        });
  }

  private static List<Friend> friends(PreparedStatement select) throws SQLException {
    List<Friend> found = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        found.add(friend(rows));
      }
    }
    return found;
  }

  private static Friend friend(ResultSet row) throws SQLException {
    return new Friend(
        row.getLong(1),
        row.getLong(2),
        text(row.getBytes(3)),
        row.getLong(4),
        (int) row.getLong(5),
        text(row.getBytes(6)),
        text(row.getBytes(7)),
        text(row.getBytes(8)),
        custom(row.getBytes(9)));
  }

  private static byte[] json(Map<String, String> custom) {
    return custom.isEmpty() ? NO_CUSTOM : Json.bytes(Json.mapper().valueToTree(custom));
  }

  private static Map<String, String> custom(byte[] json) {
    if (json.length == 0) {
      return Map.of();
    }
    try {
      return Json.mapper().readValue(json, new TypeReference<Map<String, String>>() {});
    } catch (IOException e) {
      throw new IllegalStateException("stored custom fields are no JSON object", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
