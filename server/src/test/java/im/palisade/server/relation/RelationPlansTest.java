package im.palisade.server.relation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.server.relation.FollowStore.Kind;
import im.palisade.server.relation.FollowStore.Listed;
import im.palisade.server.store.DataDirectory;
import im.palisade.server.store.Database;
import im.palisade.server.store.Migrations;
import im.palisade.server.store.SqlFunction;
import im.palisade.server.testing.Plans;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestMySql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What is read of relations is found by index, however many others there are; on both databases.
 */
class RelationPlansTest {
  private static final int FRIENDS = 500;
  private static final int OTHERS = 20;
  private static final int PAGE = 100;

  private final RelationStores stores = new RelationStores();

  /** Ids of accounts that need not be there: relations do not look. */
  private final long first = 1_000_000_000L + ThreadLocalRandom.current().nextLong(1L << 40);

  private final long others = first + 1000;

  private final List<Long> some = LongStream.range(others, others + PAGE).boxed().toList();

  @Test
  void onMariaDbEveryReadTakesItsIndexAndReadsOnlyItsPage() throws SQLException {
    holdPlans(TestDatabase.dataSource());
  }

  @Test
  @ResourceLock(TestMySql.SERVER)
  void onMySqlEveryReadTakesItsIndexAndReadsOnlyItsPage() throws SQLException {
    try (DataDirectory directory = DataDirectory.open(TestDatabase.newDirectory());
        Database database =
            Database.open(TestMySql.newDatabase("relation_plans", Map.of()), directory)) {
      Migrations.run(database.dataSource());
      holdPlans(database.dataSource());
    }
  }

  private void holdPlans(DataSource dataSource) throws SQLException {
    fill(dataSource);
    holdFriends(dataSource);
    hold(dataSource, PAGE, c -> stores.heads().find(c, some));
    hold(dataSource, FRIENDS, c -> stores.blocks().all(c, first));
    hold(dataSource, PAGE, c -> stores.blocks().by(c, first, some));
    hold(dataSource, PAGE, c -> stores.blocks().toward(c, some, first));
    // Entries before the page are passed over in the index.
    hold(dataSource, 2 * PAGE, c -> stores.blocks().page(c, first, 0, PAGE));
    hold(dataSource, PAGE, c -> stores.requests().from(c, first, some));
    hold(dataSource, PAGE, c -> stores.requests().to(c, some, first));
    hold(dataSource, PAGE, c -> stores.follows().by(c, first, some));
    hold(dataSource, PAGE, c -> stores.follows().of(c, first, some));
    for (Kind kind : Kind.values()) {
      Listed newest = new Listed(Long.MAX_VALUE, Long.MAX_VALUE);
      Listed middle = new Listed(others + FRIENDS / 2, FRIENDS / 2);
      hold(dataSource, PAGE, c -> stores.follows().page(c, kind, first, newest, PAGE));
      hold(dataSource, PAGE, c -> stores.follows().page(c, kind, first, middle, PAGE));
    }
  }

  private void holdFriends(DataSource dataSource) throws SQLException {
    FriendStore friends = stores.friends();
    hold(dataSource, PAGE, c -> friends.of(c, first, some));
    hold(dataSource, PAGE, c -> friends.toward(c, some, first));
    hold(dataSource, PAGE, c -> friends.idsOf(c, first, some));
    hold(dataSource, PAGE, c -> friends.idsToward(c, some, first));
    // A page is found in the index and then read row by row.
    hold(dataSource, 4 * PAGE, c -> friends.page(c, first, 0, PAGE));
    hold(dataSource, 4 * PAGE + 200, c -> friends.page(c, first, 200, PAGE));
    hold(dataSource, FRIENDS, c -> friends.listed(c, first));
    hold(dataSource, PAGE, c -> friends.owners(c, first, 0, PAGE));
    hold(dataSource, 1, c -> friends.lists(c, first));
    try (Connection connection = dataSource.getConnection()) {
      assertEquals(PAGE, friends.page(connection, first, 200, PAGE).size());
      assertEquals(100, friends.toward(connection, some, first).size());
    }
  }

  private static void hold(DataSource dataSource, int rows, SqlFunction<Connection, ?> read)
      throws SQLException {
    // Ranges of several keys end with one row more each.
    Plans.holdNoScan(dataSource, Math.max(2 * rows, FRIENDS), read);
  }

  /** Everybody has everybody else in every kind of list, in both directions. */
  private void fill(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      for (int owner = 0; owner < OTHERS; owner++) {
        fill(connection, first + owner);
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "INSERT INTO relation (account_id) SELECT DISTINCT owner_id FROM friend WHERE owner_id"
                + " BETWEEN %d AND %d".formatted(first, others + FRIENDS));
      }
      connection.commit();
      connection.setAutoCommit(true);
      try (Statement statement = connection.createStatement()) {
        statement.execute("ANALYZE TABLE friend, friend_request, blocked, follow, relation");
      }
    }
  }

  private void fill(Connection connection, long owner) throws SQLException {
    List<Friend> friends = new ArrayList<>();
    List<Blocked> blocked = new ArrayList<>();
    List<FriendRequest> requests = new ArrayList<>();
    List<Follow> follows = new ArrayList<>();
    for (int i = 0; i < FRIENDS; i++) {
      long other = others + i;
      String userId = "u" + other;
      friends.add(
          new Friend(owner, other, userId, i, 0, "remark", "AddSource_Type_X", "", Map.of()));
      friends.add(
          new Friend(other, owner, "o" + owner, i, 0, "", "AddSource_Type_X", "", Map.of()));
      blocked.add(new Blocked(owner, other, userId, i));
      blocked.add(new Blocked(other, owner, userId, i));
      requests.add(new FriendRequest(owner, other, i, true, "", "", "AddSource_Type_X", "hi"));
      follows.add(new Follow(owner, other, i, i + 1));
      follows.add(new Follow(other, owner, i, i + 1));
    }
    stores.friends().put(connection, friends);
    stores.blocks().put(connection, blocked);
    stores.requests().put(connection, requests);
    stores.follows().put(connection, follows);
  }
}
