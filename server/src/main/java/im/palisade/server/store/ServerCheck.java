package im.palisade.server.store;

import im.palisade.server.config.SettingException;
import im.palisade.server.config.StartException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses database servers that are too old or that may lose what they acknowledged. */
final class ServerCheck {
  private static final Logger LOG = LoggerFactory.getLogger(ServerCheck.class);
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)");

  private ServerCheck() {}

  /**
   * Checks version and durability.
   *
   * @return product and version, for the log
   * @throws StartException when the server is too old
   * @throws SettingException when it does not flush at commit and that is not allowed by name
   */
  static String check(Connection connection, boolean allowUnsafeFlush) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT VERSION(), @@GLOBAL.innodb_flush_log_at_trx_commit,
                       @@GLOBAL.log_bin, @@GLOBAL.sync_binlog
                """)) {
      row.next();
      String product = product(row.getString(1));
      String unsafe = "";
      if (row.getInt(2) != 1) {
        unsafe = "innodb_flush_log_at_trx_commit=" + row.getInt(2);
      } else if (row.getBoolean(3) && row.getInt(4) != 1) {
        unsafe = "sync_binlog=" + row.getInt(4);
      }
      if (!unsafe.isEmpty()) {
        if (!allowUnsafeFlush) {
          throw new SettingException(
              "database.url",
              "the server runs with "
                  + unsafe
                  + " and may lose acknowledged messages: set it to 1 there, or accept that by"
                  + " database.allow-unsafe-flush: true");
        }
        LOG.warn("The database runs with {}: acknowledged messages may be lost", unsafe);
      }
      return product;
    }
  }

  /**
   * The product's name with its version.
   *
   * @throws StartException when it is too old
   */
  static String product(String version) {
    // Behind some proxies MariaDB still pretends to be MySQL 5.5.5 in front of its version.
    String bare = version.startsWith("5.5.5-") ? version.substring(6) : version;
    boolean mariadb = bare.contains("MariaDB");
    Matcher numbers = VERSION.matcher(bare);
    if (!numbers.lookingAt()) {
      throw new StartException("the database's version '" + version + "' is not understood");
    }
    int major = Integer.parseInt(numbers.group(1));
    int minor = Integer.parseInt(numbers.group(2));
    boolean fits = mariadb ? major > 10 || (major == 10 && minor >= 11) : major >= 8;
    String name = (mariadb ? "MariaDB " : "MySQL ") + bare;
    if (!fits) {
      throw new StartException(
          "the database is " + name + ", but MySQL 8.0 or MariaDB 10.11 or later is needed");
    }
    return name;
  }
}
