package im.palisade.server.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.testing.HookedDataSource;
import im.palisade.server.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Transactions whose connection breaks. */
class RegionTest {
  private final HookedDataSource database = new HookedDataSource(TestDatabase.dataSource());
  private final Region region = new Region(Regions.HOME, database.dataSource());

  @Test
  void aUnitOfWorkWhoseCommitBreaksSaysThatItMayHaveHappened() {
    database.atCommit(HookedDataSource::loseAfterCommit);
    StoreException broken =
        assertThrows(
            StoreException.class,
            () -> region.inUnitOfWork(unit -> unit.connection().nativeSQL("SELECT 1")));
    assertTrue(broken.outcomeUnknown());
  }

  @Test
  void aUnitOfWorkThatBreaksBeforeItsCommitSaysThatItDidNotHappen() {
    StoreException broken =
        assertThrows(
            StoreException.class,
            () ->
                region.inUnitOfWork(
                    unit -> {
                      throw new SQLException("the connection broke", "08S01");
                    }));
    assertFalse(broken.outcomeUnknown());
  }

  @Test
  void theConnectionOfAUnitOfWorkComesBackInAutoCommitMode() throws SQLException {
    region.inUnitOfWork(unit -> unit.connection().nativeSQL("SELECT 1"));
    // The pool hands out the one returned last.
    try (Connection connection = TestDatabase.dataSource().getConnection()) {
      assertTrue(connection.getAutoCommit());
    }
  }

  @Test
  void deadConnectionsOfThePoolArePassedOver() throws SQLException {
    AtomicInteger dead = new AtomicInteger(3);
    database.atConnect(
        real -> {
          Connection connection = real.getConnection();
          if (dead.getAndDecrement() > 0) {
            HookedDataSource.cut(connection);
          }
          return connection;
        });
    try (Connection connection = region.openTransaction()) {
      assertFalse(connection.getAutoCommit());
      connection.rollback();
    }
    assertEquals(-1, dead.get());
  }
}
