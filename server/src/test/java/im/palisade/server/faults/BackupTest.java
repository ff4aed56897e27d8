package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.ServerSettings;
import im.palisade.server.backup.Backup;
import im.palisade.server.backup.BackupException;
import im.palisade.server.backup.Restore;
import im.palisade.server.config.Settings;
import im.palisade.server.store.DatabaseAccess;
import im.palisade.server.store.DatabaseSettings;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A backup of a server that goes on, its way back onto another machine, and damaged ones. */
@ResourceLock(ServerProcess.MACHINE)
class BackupTest {
  private static final long FAST = 1L << 30;

  private final Path folder = TestDatabase.newDirectory();
  private final Path data = folder.resolve("data");
  private final Path elsewhere = folder.resolve("elsewhere");
  private final Path settings = folder.resolve("etc");
  private final Path key = settings.resolve("backup.key");
  private final Path backup = folder.resolve("a.backup");

  @Test
  void whatWasAcknowledgedBeforeABackupIsThereAfterItsRestoreElsewhere() throws Exception {
    Files.createDirectories(settings);
    Files.writeString(settings.resolve("palisade.yaml"), "rest.port: 0\n");
    try (ServerProcess server = ServerProcess.start(data).awaitReady();
        Load before = new Load().client("alice", "bob").rest("carol", "dave", 2);
        Load meanwhile = new Load().client("bob", "carol").rest("dave", "alice", 1)) {
      CrashCampaignTest.importUsers(server, "alice", "bob", "carol", "dave");
      Files.createDirectories(data.resolve("media"));
      Files.writeString(data.resolve("media/a file"), "its content");
      before.serverIsAt(server.connection().orElseThrow());
      before.start();
      before.awaitMore(200);
      before.stop();
      meanwhile.serverIsAt(server.connection().orElseThrow());
      meanwhile.start();
      meanwhile.awaitMore(20);
      write();
      meanwhile.awaitMore(20);
      meanwhile.stop();
      assertTrue(Backup.check(backup, key).contains("whole"));

      restoreElsewhere();
      assertEquals("rest.port: 0\n", Files.readString(folder.resolve("etc2/palisade.yaml")));
      assertFalse(Files.exists(folder.resolve("etc2/backup.key")));
      assertEquals("its content", Files.readString(elsewhere.resolve("media/a file")));
      try (ServerProcess restored = ServerProcess.start(elsewhere).awaitReady()) {
        assertEquals(
            server.connection().orElseThrow().secretKey(),
            restored.connection().orElseThrow().secretKey());
        History.check(restored.connection().orElseThrow(), before.senders());
      }
      damagedOnesAreRefused();
    }
  }

  private void write() throws InterruptedException {
    new Backup(
            data, settings, DatabaseAccess.of(databaseSettings(), data), "1.2.3", Clock.systemUTC())
        .write(backup, key, FAST);
  }

  private void restoreElsewhere() throws InterruptedException {
    String done =
        new Restore(elsewhere, "1.2.3")
            .from(backup, key, Optional.of(folder.resolve("etc2")), BackupTest::databaseSettings);
    assertTrue(done.startsWith("restored the state of "), done);
  }

  /** Whatever is changed, cut off or opened with another key is refused before anything is done. */
  private void damagedOnesAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(backup);
    Random random = new Random(42);
    for (int i = 0; i < 60; i++) {
      byte[] damaged = whole.clone();
      int at = i < 20 ? i : random.nextInt(whole.length);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      refused(damaged, "bit flipped in byte " + at);
    }
    for (int length : new int[] {0, 1, 100, whole.length / 2, whole.length - 1}) {
      byte[] cut = new byte[length];
      System.arraycopy(whole, 0, cut, 0, length);
      refused(cut, "cut off after " + length);
    }
    Path otherKey = folder.resolve("other.key");
    Files.writeString(otherKey, "another passphrase of some length\n");
    assertThrows(BackupException.class, () -> Backup.check(backup, otherKey));
    Files.writeString(otherKey, "short\n");
    assertThrows(BackupException.class, () -> Backup.check(backup, otherKey));
    assertThrows(BackupException.class, () -> write());
  }

  private void refused(byte[] content, String how) throws IOException {
    Path damaged = folder.resolve("damaged.backup");
    Files.write(damaged, content);
    assertThrows(BackupException.class, () -> Backup.check(damaged, key), how);
    Path untouched = Files.createDirectories(folder.resolve("untouched"));
    Files.writeString(untouched.resolve("here"), "still");
    assertThrows(
        BackupException.class,
        () ->
            new Restore(untouched, "1.2.3")
                .from(damaged, key, Optional.empty(), BackupTest::databaseSettings),
        how);
    assertEquals("still", Files.readString(untouched.resolve("here")));
  }

  private static DatabaseSettings databaseSettings() {
    return DatabaseSettings.from(
        Settings.read(
            ServerSettings.ALL,
            Path.of("/nonexistent/palisade.yaml"),
            Map.of(),
            Map.of("database.embedded.redo-log", "32MiB")));
  }
}
