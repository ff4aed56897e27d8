package im.palisade.server.backup;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** What a restore does to the tables beside loading them. */
final class RestoreStore {
  private final DataSource dataSource;

  RestoreStore(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** Drops every table: a later version may have some that the dump does not replace. */
  void dropTables() {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION foreign_key_checks = 0");
      for (String table : tables(statement)) {
        statement.execute("DROP TABLE " + table);
      }
      statement.execute("SET SESSION foreign_key_checks = 1");
    } catch (SQLException e) {
      throw new BackupException("the old tables cannot be dropped: " + e.getMessage(), e);
    }
  }

  /**
   * Has the database check every table.
   *
   * @return how many there are
   * @throws BackupException naming the first that is not sound
   */
  int checkTables() {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setNetworkTimeout(Runnable::run, 0);
      List<String> tables = tables(statement);
      for (String table : tables) {
        try (ResultSet said = statement.executeQuery("CHECK TABLE " + table + " QUICK")) {
          while (said.next()) {
            if (said.getString("Msg_type").equalsIgnoreCase("error")) {
              throw new BackupException(table + ": " + said.getString("Msg_text"));
            }
          }
        }
      }
      return tables.size();
    } catch (SQLException e) {
      throw new BackupException("the tables cannot be checked: " + e.getMessage(), e);
    }
  }

  private static List<String> tables(Statement statement) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery(
            """
            SELECT table_name AS name FROM information_schema.tables
            WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'
            ORDER BY table_name
            """)) {
      while (rows.next()) {
        tables.add("`" + rows.getString("name") + "`");
      }
    }
    return tables;
  }
}
