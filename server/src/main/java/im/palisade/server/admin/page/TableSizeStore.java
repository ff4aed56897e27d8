package im.palisade.server.admin.page;

import im.palisade.server.admin.page.NodesApi.DatabaseSize;
import im.palisade.server.admin.page.NodesApi.TableSize;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Asks the database how large it is; it answers from its statistics, without reading tables. */
final class TableSizeStore {
  DatabaseSize read(Connection connection, String region) throws SQLException {
    List<TableSize> tables = new ArrayList<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                """
                SELECT table_name, COALESCE(table_rows, 0),
                  COALESCE(data_length, 0) + COALESCE(index_length, 0) AS bytes
                FROM information_schema.tables
                WHERE table_schema = DATABASE() ORDER BY bytes DESC
                """);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        tables.add(new TableSize(rows.getString(1), rows.getLong(2), rows.getLong(3)));
      }
    }
    return new DatabaseSize(
        region, version(connection), tables.stream().mapToLong(TableSize::bytes).sum(), tables);
  }

  private static String version(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement("SELECT VERSION()");
        ResultSet rows = select.executeQuery()) {
      rows.next();
      String version = rows.getString(1);
      return (version.contains("MariaDB") ? "" : "MySQL ") + version;
    }
  }
}
