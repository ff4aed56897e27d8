package im.palisade.server.relation;

import im.palisade.server.relation.RelationHead.Count;
import im.palisade.server.relation.RelationHead.Sequence;
import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** SQL of the accounts' running numbers. */
final class RelationHeadStore {
  private static final String COLUMNS =
      "account_id, deleted, standard_seq, custom_seq, list_seq, block_seq, friends, blocked,"
          + " requests_in, requests_out, following, followers, mutual";
  private static final int FIRST_SEQUENCE = 3;

  private static final Sql FIND =
      new Sql("SELECT " + COLUMNS + " FROM relation WHERE account_id IN (", "?", ")");

  /** Makes missing rows and locks those that are there, in the order given. */
  private static final Sql LOCK =
      new Sql(
          "INSERT INTO relation (account_id) VALUES ",
          "(?)",
          " ON DUPLICATE KEY UPDATE account_id = account_id");

  private static final Sql SAVE =
      new Sql(
          "INSERT INTO relation (" + COLUMNS + ") VALUES ",
          "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          """
           ON DUPLICATE KEY UPDATE
            standard_seq = VALUES(standard_seq), custom_seq = VALUES(custom_seq),
            list_seq = VALUES(list_seq), block_seq = VALUES(block_seq),
            friends = VALUES(friends), blocked = VALUES(blocked),
            requests_in = VALUES(requests_in), requests_out = VALUES(requests_out),
            following = VALUES(following), followers = VALUES(followers),
            mutual = VALUES(mutual)
          """);

  /** The numbers of these accounts; those without a row have none. */
  Map<Long, RelationHead> find(Connection connection, Collection<Long> accountIds)
      throws SQLException {
    Map<Long, RelationHead> heads = new HashMap<>();
    FIND.select(
        connection,
        List.of(),
        accountIds,
        Sql.ID,
        row -> {
          RelationHead head = head(row);
          heads.put(head.accountId(), head);
        });
    return heads;
  }

  /** The numbers of one account; none when it has no row. */
  RelationHead of(Connection connection, long accountId) throws SQLException {
    return find(connection, List.of(accountId))
        .getOrDefault(accountId, RelationHead.none(accountId));
  }

  /** Locks the rows of these accounts until the transaction ends. */
  Map<Long, RelationHead> lock(Connection connection, Collection<Long> accountIds)
      throws SQLException {
    TreeSet<Long> ordered = new TreeSet<>(accountIds);
    LOCK.update(connection, List.of(), ordered, Sql.ID);
    return find(connection, ordered);
  }

  void save(Connection connection, Collection<RelationHead> heads) throws SQLException {
    SAVE.update(
        connection,
        List.of(),
        heads,
        (update, at, head) -> {
          int next = at;
          update.setLong(next++, head.accountId());
          update.setInt(next++, head.deleted() ? 1 : 0);
          for (Sequence sequence : Sequence.values()) {
            update.setInt(next++, head.get(sequence));
          }
          for (Count count : Count.values()) {
            update.setInt(next++, head.get(count));
          }
          return next;
        });
  }

  private static RelationHead head(ResultSet row) throws SQLException {
    Map<Sequence, Integer> sequences = new EnumMap<>(Sequence.class);
    int at = FIRST_SEQUENCE;
    for (Sequence sequence : Sequence.values()) {
      sequences.put(sequence, row.getInt(at++));
    }
    Map<Count, Integer> counts = new EnumMap<>(Count.class);
    for (Count count : Count.values()) {
      counts.put(count, row.getInt(at++));
    }
    return new RelationHead(row.getLong(1), row.getInt(2) != 0, sequences, counts);
  }
}
