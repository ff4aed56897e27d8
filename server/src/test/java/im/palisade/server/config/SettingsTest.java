package im.palisade.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  private static final Setting<Integer> PORT =
      Setting.integer("rest.port", 8080, 0, 65535, "Port of REST; 0 takes a free one.");
  private static final Setting<Duration> WAIT = Setting.duration("rest.wait-time", "30s", "Wait.");
  private static final Setting<Long> SIZE = Setting.size("rest.size", "64KiB", "Largest body.");
  private static final Setting<Optional<String>> NAME =
      Setting.optionalText("name.of-it", "A name # with odd characters: such as these.");
  private static final Setting<List<String>> HOSTS = Setting.list("rest.hosts", "a,b", "Hosts.");
  private static final Setting<Boolean> ON = Setting.flag("rest.on", true, "On.");
  private static final List<Setting<?>> ALL = List.of(NAME, PORT, WAIT, SIZE, HOSTS, ON);

  @TempDir Path directory;

  @Test
  void withoutAnyFileTheDefaultsHold() {
    Settings settings = read("", Map.of(), Map.of());
    assertEquals(8080, settings.get(PORT));
    assertEquals(Duration.ofSeconds(30), settings.get(WAIT));
    assertEquals(65536L, settings.get(SIZE));
    assertEquals(Optional.empty(), settings.get(NAME));
    assertEquals(List.of("a", "b"), settings.get(HOSTS));
    assertEquals(true, settings.get(ON));
  }

  @Test
  void theFileMayNestKeysOrDotThem() {
    Settings settings =
        read("rest:\n  port: 1\n  hosts: [x, y]\nrest.wait-time: 2m\n", Map.of(), Map.of());
    assertEquals(1, settings.get(PORT));
    assertEquals(List.of("x", "y"), settings.get(HOSTS));
    assertEquals(Duration.ofMinutes(2), settings.get(WAIT));
  }

  @Test
  void theEnvironmentWinsOverTheFileAndTheCommandLineOverBoth() {
    Map<String, String> environment =
        Map.of("PALISADE_REST_PORT", "2", "PALISADE_REST_WAIT_TIME", "250ms", "PATH", "/bin");
    Settings settings =
        read("rest.port: 1\nrest.size: 1MiB", environment, Map.of("rest.port", "3"));
    assertEquals(3, settings.get(PORT));
    assertEquals(Duration.ofMillis(250), settings.get(WAIT));
    assertEquals(1L << 20, settings.get(SIZE));
  }

  @Test
  void anUnknownKeyIsNamedTogetherWithTheOneThatWasMeant() {
    assertRefused("rest.prot: 1", "rest.prot: no such setting (in " + file() + ")");
    assertRefused(
        "gateway:\n  port: 1",
        "gateway.port: no such setting (in " + file() + "); did you mean rest.port?");
  }

  @Test
  void aWrongValueIsNamedWithItsKey() {
    assertRefused("rest.port: 65536", "rest.port: 65536 is not within 0 to 65535");
    assertRefused("rest.port: many", "rest.port: 'many' is not an integer");
    assertRefused("rest.on: maybe", "rest.on: 'maybe' is not true or false");
    assertRefused("rest.size: 5MB", "rest.size: '5MB' needs one of the units B, KiB, MiB, GiB");
    assertRefused("rest.wait-time: 5", "rest.wait-time: '5' needs one of the units ms, s, m, h, d");
    assertRefused("rest.wait-time: -5s", "rest.wait-time: '-5s' is not an amount with a unit");
  }

  @Test
  void whatIsNotYamlIsRefusedWithItsLine() {
    SettingException refused =
        assertThrows(SettingException.class, () -> read("a: [1\nb: 2\n", Map.of(), Map.of()));
    assertEquals(true, refused.getMessage().startsWith(file() + ": is not YAML at line "));
  }

  @Test
  void aTextInPlaceOfKeysIsRefusedWithTheFileName() {
    assertRefused("just a text", file() + ": must hold keys and values");
  }

  @Test
  void theReferenceIsAFileThatChangesNothingAsItStandsAndWhenEveryLineIsSwitchedOn() {
    String reference = SettingsReference.yaml(ALL);
    Settings asIs = read(reference, Map.of(), Map.of());
    Settings switchedOn = read(reference.replaceAll("(?m)^#(?=\\S)", ""), Map.of(), Map.of());
    for (Setting<?> setting : ALL) {
      Object expected = setting.reader().apply(setting.defaultText());
      assertEquals(expected, asIs.get(setting), setting.key());
      assertEquals(expected, switchedOn.get(setting), setting.key());
    }
  }

  private void assertRefused(String yaml, String message) {
    SettingException refused =
        assertThrows(SettingException.class, () -> read(yaml, Map.of(), Map.of()));
    assertEquals(message, refused.getMessage());
  }

  private Settings read(
      String yaml, Map<String, String> environment, Map<String, String> overrides) {
    try {
      Files.writeString(file(), yaml);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return Settings.read(ALL, file(), environment, overrides);
  }

  private Path file() {
    return directory.resolve("palisade.yaml");
  }
}
