package im.palisade.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.config.SettingException;
import im.palisade.server.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewaySettingsTest {

  private static GatewaySettings read(Map<String, String> overrides) {
    return GatewaySettings.from(
        Settings.read(GatewaySettings.SETTINGS, Path.of("none.yaml"), Map.of(), overrides));
  }

  @Test
  void theDefaultsAreThoseOfTheProtocol() {
    assertEquals(
        new GatewaySettings(
            "127.0.0.1",
            7081,
            0,
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            100,
            200,
            1 << 20,
            Duration.ofSeconds(10),
            100_000,
            List.of()),
        read(Map.of()));
  }

  @Test
  void anImpossibleValueIsRefusedByName() {
    var refusal =
        assertThrows(SettingException.class, () -> read(Map.of("im.login-timeout", "0s")));
    assertTrue(refusal.getMessage().startsWith("im.login-timeout"), refusal::getMessage);
  }

  @Test
  void aPortThatIsTakenIsRefusedByName() {
    try (var server = GatewayUnderTest.start()) {
      var refusal =
          assertThrows(SettingException.class, () -> GatewayUnderTest.startOnPort(server.port));
      assertTrue(refusal.getMessage().startsWith("im.port"), refusal::getMessage);
    }
  }
}
