package im.palisade.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
  private static final List<Setting<?>> DECLARED =
      List.of(
          Setting.integer("rest.port", 7080, 0, 65_535, "A port."),
          Setting.optionalText("rest.host", "A host."));

  @TempDir private Path folder;
  private Path file;
  private SettingsFile settings;

  @BeforeEach
  void makeFile() throws IOException {
    file = folder.resolve("palisade.yaml");
    Files.writeString(file, "# ours\nrest.host: 'a'\n\n# a port\nrest.port: 1\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    settings = new SettingsFile(file, DECLARED);
  }

  @Test
  void aValueIsReplacedInItsPlaceAndTheRestStays() throws IOException {
    settings.set("rest.host", "it's #1");
    assertEquals(
        "# ours\nrest.host: 'it''s #1'\n\n# a port\nrest.port: 1\n", Files.readString(file));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void aKeyThatIsNotThereIsAdded() throws IOException {
    settings.unset("rest.port");
    settings.set("rest.port", "2");
    assertTrue(Files.readString(file).endsWith("rest.port: '2'\n"));
  }

  @Test
  void whatTheServerWouldRefuseIsNotWritten() throws IOException {
    String before = Files.readString(file);
    assertThrows(SettingException.class, () -> settings.set("rest.port", "70000"));
    assertThrows(SettingException.class, () -> settings.set("rest.prot", "1"));
    assertThrows(SettingException.class, () -> settings.unset("rest.prot"));
    assertEquals(before, Files.readString(file));
    try (var left = Files.list(folder)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  @Test
  void aNestedKeyIsLeftToItsOwner() throws IOException {
    Files.writeString(file, "rest:\n  port: 1\n");
    assertThrows(SettingException.class, () -> settings.set("rest.port", "2"));
    assertThrows(SettingException.class, () -> settings.unset("rest.port"));
    assertEquals("rest:\n  port: 1\n", Files.readString(file));
  }
}
