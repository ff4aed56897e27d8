package im.palisade.server.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.config.SettingException;
import im.palisade.server.config.Settings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseSettingsTest {

  @Test
  void theDefaultsAreTheEmbeddedDatabaseOnASmallMachine() {
    assertEquals(
        new DatabaseSettings(
            Optional.empty(),
            "palisade",
            Optional.empty(),
            Optional.empty(),
            "palisade-db",
            128L << 20,
            96L << 20,
            10,
            false,
            256L << 20),
        read(Map.of()));
  }

  @Test
  void aUrlIsTakenApart() {
    DatabaseUrl url =
        read(Map.of("database.url", "jdbc:mysql://db.example:3306/im?sslMode=VERIFY_CA&x=a%26b"))
            .url()
            .orElseThrow();
    assertEquals("db.example:3306", url.address());
    assertEquals("im", url.name());
    assertEquals(Map.of("sslMode", "VERIFY_CA", "x", "a&b"), url.properties());
    assertEquals("jdbc:mysql://db.example:3306/im", url.jdbc());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          database.url                  | jdbc:mariadb://h/n          | write jdbc:mysql:// for
          database.url                  | postgres://h/n              | is not jdbc:mysql://host:port/name
          database.url                  | jdbc:mysql://h:3306         | is not jdbc:mysql://host:port/name
          database.url                  | jdbc:mysql://h/n?a          | is not name=value
          database.url                  | jdbc:mysql://u:secret@h/n   | do not belong in the URL
          database.url                  | jdbc:mysql://h/n?password=secret | do not belong in the URL
          database.embedded.redo-log    | 257MiB                      | is not within 16MiB to 256MiB
          database.embedded.buffer-pool | 1MiB                        | is not within 16MiB to
          database.embedded.user        | root                        | does not run as root
          database.embedded.user        | a;b                         | is not a user name
          database.pool-size            | 1                           | is not within 2 to 500
          """)
  void aWrongValueIsNamedWithItsKey(String key, String value, String what) {
    SettingException refused = assertThrows(SettingException.class, () -> read(Map.of(key, value)));
    assertTrue(refused.getMessage().startsWith(key + ": "), refused.getMessage());
    assertTrue(refused.getMessage().contains(what), refused.getMessage());
    assertFalse(refused.getMessage().contains("secret"), refused.getMessage());
  }

  private static DatabaseSettings read(Map<String, String> values) {
    return DatabaseSettings.from(
        Settings.read(DatabaseSettings.SETTINGS, Path.of("/nonexistent"), Map.of(), values));
  }
}
