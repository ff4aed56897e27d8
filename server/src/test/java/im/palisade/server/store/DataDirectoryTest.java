package im.palisade.server.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.config.StartException;
import im.palisade.server.testing.OtherJvm;
import im.palisade.server.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;

class DataDirectoryTest {
  private final Path path = TestDatabase.newDirectory().resolve("deep/data");

  /** Holds a directory in a JVM of its own. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      try (DataDirectory directory = DataDirectory.open(Path.of(args[0]))) {
        System.out.println("HOLDS " + directory.root());
        var _ = System.in.read();
      }
    }
  }

  @Test
  void aNewDirectoryCanBePassedThroughButItsFilesAreOurs() throws IOException {
    try (DataDirectory directory = DataDirectory.open(path)) {
      directory.secret("some");
      assertEquals("rwx--x--x", mode(path));
      assertEquals("rwx------", mode(path.resolve("secrets")));
      assertEquals("rw-------", mode(path.resolve("secrets/some")));
      assertEquals("rw-------", mode(path.resolve("palisade.lock")));
    }
  }

  @Test
  void aSecretIsRandomAndStays() throws IOException {
    String first;
    try (DataDirectory directory = DataDirectory.open(path)) {
      first = directory.secret("one");
      assertTrue(first.matches("[0-9a-f]{64}"));
      assertEquals(first, directory.secret("one"));
      assertNotEquals(first, directory.secret("two"));
    }
    try (DataDirectory directory = DataDirectory.open(path)) {
      assertEquals(first, directory.secret("one"));
      Files.writeString(path.resolve("secrets/one"), "password");
      StartException refused = assertThrows(StartException.class, () -> directory.secret("one"));
      assertEquals(
          path.resolve("secrets/one") + " does not hold 64 hexadecimal digits",
          refused.getMessage());
      assertThrows(IllegalArgumentException.class, () -> directory.secret("../one"));
    }
  }

  @Test
  void aSecondServerOfThisProcessIsRefusedAndDoesNotFreeTheLock() {
    try (DataDirectory directory = DataDirectory.open(path)) {
      assertInUseBy(ProcessHandle.current().pid());
      assertInUseBy(ProcessHandle.current().pid());
      try (OtherJvm other = OtherJvm.start(Holder.class, List.of(), path.toString())) {
        assertThrows(AssertionError.class, () -> other.awaitLine("HOLDS"));
      }
      assertEquals(path, directory.root());
    }
    DataDirectory.open(path).close();
  }

  @Test
  void aSecondServerIsRefusedNamingTheFirstAndMayStartWhenThatWasKilled() {
    try (OtherJvm other = OtherJvm.start(Holder.class, List.of(), path.toString())) {
      other.awaitLine("HOLDS");
      assertInUseBy(other.pid());
    }
    DataDirectory.open(path).close();
  }

  @Test
  void aFileInTheWayIsNamed() throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, "a file");
    StartException refused = assertThrows(StartException.class, () -> DataDirectory.open(path));
    assertTrue(refused.getMessage().startsWith("data directory " + path + " cannot be used: "));
  }

  private void assertInUseBy(long pid) {
    StartException refused = assertThrows(StartException.class, () -> DataDirectory.open(path));
    assertEquals(
        "data directory " + path + " is in use by another server (pid " + pid + ")",
        refused.getMessage());
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
