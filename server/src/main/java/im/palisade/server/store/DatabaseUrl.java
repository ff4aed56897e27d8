package im.palisade.server.store;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An outside database as the operator names it.
 *
 * @param address host and port as written; may name several for failover
 * @param name of the database
 * @param properties for the driver, such as {@code sslMode}
 */
public record DatabaseUrl(String address, String name, Map<String, String> properties) {
  private static final Pattern FORM =
      Pattern.compile("jdbc:mysql://([^/?@\\s]+)/([^/?&\\s]+)(?:\\?(\\S*))?");

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException saying what is wrong; never with a password in it
   */
  public static DatabaseUrl parse(String text) {
    if (text.startsWith("jdbc:mariadb:")) {
      throw new IllegalArgumentException(
          "MariaDB is reached through the MySQL driver: write jdbc:mysql:// for jdbc:mariadb://");
    }
    if (text.contains("@") || Pattern.compile("[?&](user|password)=").matcher(text).find()) {
      throw new IllegalArgumentException(
          "user and password do not belong in the URL: use database.user and"
              + " database.password-file");
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not jdbc:mysql://host:port/name");
    }
    return new DatabaseUrl(form.group(1), form.group(2), properties(form.group(3)));
  }

  /** The URL without properties. */
  public String jdbc() {
    return "jdbc:mysql://" + address + "/" + name;
  }

  private static Map<String, String> properties(String query) {
    Map<String, String> properties = new TreeMap<>();
    if (query != null && !query.isEmpty()) {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals <= 0) {
          throw new IllegalArgumentException("'" + pair + "' is not name=value");
        }
        properties.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return Map.copyOf(properties);
  }
}
