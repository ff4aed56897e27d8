package im.palisade.server.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class TestDatabaseTest {

  @Test
  void theSharedDatabaseHasItsTables() {
    long rows =
        TestDatabase.region()
            .read(
                connection -> {
                  try (Statement statement = connection.createStatement();
                      ResultSet row =
                          statement.executeQuery(
                              "SELECT COUNT(*) FROM audit_outbox WHERE id = 0")) {
                    row.next();
                    return row.getLong(1);
                  }
                });
    assertEquals(0, rows);
  }
}
