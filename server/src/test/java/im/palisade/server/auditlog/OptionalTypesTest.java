package im.palisade.server.auditlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.ServerSettings;
import im.palisade.server.config.SettingException;
import im.palisade.server.config.Settings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which types an operator may switch on and off. */
class OptionalTypesTest {

  @Test
  void signOnsAreOnAndCountsAreOff() {
    assertEquals(Set.of("auth.user.login", "auth.user.logout"), optional(Map.of()));
    assertEquals(Set.of(), optional(Map.of("audit.optional", "")));
    assertEquals(
        Set.of("rest.ratelimited", "message.blocked"),
        optional(Map.of("audit.optional", " rest.ratelimited, message.blocked,")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "user.delete",
        "auth.user.login,nonsense",
        "REST.RATELIMITED",
        "*",
        "' OR 1=1",
        "۱"
      })
  void anyOtherNameStopsTheStart(String names) {
    SettingException refused =
        assertThrows(
            SettingException.class, () -> optional(Map.of("audit.optional", names)), names);
    assertTrue(refused.getMessage().contains("audit.optional"), refused::getMessage);
    assertTrue(refused.getMessage().contains("is not an optional event type"), refused::getMessage);
  }

  private static Set<String> optional(Map<String, String> given) {
    return AuditLogSettings.from(
            Settings.read(ServerSettings.ALL, Path.of("absent.yaml"), Map.of(), given))
        .optional();
  }
}
