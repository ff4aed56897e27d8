package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyReport;
import im.palisade.server.ServerSettings;
import im.palisade.server.auditlog.OwnTrust;
import im.palisade.server.backup.Backup;
import im.palisade.server.backup.BackupException;
import im.palisade.server.backup.Restore;
import im.palisade.server.config.Settings;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.DatabaseAccess;
import im.palisade.server.store.DatabaseSettings;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
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
      CrashCampaignTest.importUsers(server, "after-the-backup");
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
        Awaitility.await()
            .until(
                () ->
                    types(entries(elsewhere.resolve("audit/default"), 2)).contains("restore.run"));
      }
      theAuditLogGoesOnInANewEpoch();
      damagedOnesAreRefused();
      aDamagedAuditLogIsNamedAndRestoredOnlyByForce();
    }
  }

  /** The restored server's log, restored over once more, and over a log that was lost in part. */
  private void theAuditLogGoesOnInANewEpoch() throws Exception {
    Path log = elsewhere.resolve("audit/default");
    List<JsonNode> second = entries(log, 2);
    JsonNode previous = second.getFirst().at("/change/after/epoch/previous");
    assertEquals("restore", previous.path("reason").asText());
    sound(log, Set.of(2));

    // The log in place continues the backup's: nothing of it is lost.
    restoreElsewhere();
    assertTrue(entries(log, 3).getFirst().at("/change/after/epoch/previous/gap").isMissingNode());
    assertEquals(second, entries(log, 2).subList(0, second.size()));
    sound(log, Set.of(2));

    // Where there is none, a checkpoint that somebody kept says how much is lost.
    Path fresh = folder.resolve("fresh");
    long restored = size(log, 1);
    SignedNote kept =
        Awaitility.await()
            .until(
                () -> LogReader.open(new ReadOnlyDisk(data.resolve("audit/default")), 1),
                newest -> newest.size() > restored)
            .checkpoint();
    String done =
        new Restore(fresh, "1.2.3")
            .from(
                backup,
                key,
                Optional.empty(),
                BackupTest::databaseSettings,
                new Restore.Decision("D. Director", false, List.of(kept)));
    assertTrue(done.contains("/2"), done);
    JsonNode gap =
        entries(fresh.resolve("audit/default"), 2)
            .getFirst()
            .at("/change/after/epoch/previous/gap");
    assertEquals(kept.toString(), gap.path("known").asText());
    assertEquals("D. Director", gap.path("approver").asText());
    sound(fresh.resolve("audit/default"), Set.of(2));
  }

  private void aDamagedAuditLogIsNamedAndRestoredOnlyByForce() throws Exception {
    Path copy = folder.resolve("copy");
    Files.createDirectories(copy);
    try (Stream<Path> all = Files.walk(elsewhere)) {
      for (Path file : all.filter(path -> !path.equals(elsewhere)).toList()) {
        if (!file.startsWith(elsewhere.resolve("mariadb"))) {
          Files.copy(
              file, copy.resolve(elsewhere.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
    Path bundles = copy.resolve("audit/default/1/tile/entries");
    try (Stream<Path> files = Files.walk(bundles)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[40] ^= 1;
        Files.write(file, bytes);
      }
    }
    try (Stream<Path> files = Files.walk(copy.resolve("audit/default/1/journal"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
    Path damaged = folder.resolve("damaged-log.backup");
    new Backup(
            copy,
            settings,
            Optional.empty(),
            DatabaseAccess.of(databaseSettings(), data),
            "1.2.3",
            Clock.systemUTC())
        .write(damaged, key, FAST);
    Path target = folder.resolve("forced");
    BackupException refused =
        assertThrows(BackupException.class, () -> restore(damaged, target, false));
    assertTrue(String.valueOf(refused.getMessage()).contains("ENTRY_CHANGED"), refused::toString);
    assertFalse(Files.exists(target.resolve("audit")));
    assertTrue(restore(damaged, target, true).contains("goes on as"));
  }

  private String restore(Path from, Path to, boolean force) throws InterruptedException {
    return new Restore(to, "1.2.3")
        .from(
            from,
            key,
            Optional.empty(),
            BackupTest::databaseSettings,
            new Restore.Decision("D. Director", force, List.of()));
  }

  private static List<JsonNode> entries(Path log, int epoch) throws IOException {
    LogReader reader = LogReader.open(new ReadOnlyDisk(log), epoch);
    List<JsonNode> events = new ArrayList<>();
    reader.entries(0, reader.size(), (_, entry) -> events.add(Json.mapper().readTree(entry)));
    return events;
  }

  private static long size(Path log, int epoch) throws IOException {
    return LogReader.open(new ReadOnlyDisk(log), epoch).size();
  }

  private static List<String> types(List<JsonNode> events) {
    return events.stream().map(event -> event.path("type").asText()).toList();
  }

  /** Nothing changed or lost but what is stated. */
  private static void sound(Path log, Set<Integer> gaps) {
    VerifyReport report =
        LogVerifier.verify(log, OwnTrust.of(log, List.of()).withAcceptedGaps(gaps));
    assertEquals(0, report.exitCode(), report::text);
  }

  private void write() throws InterruptedException {
    new Backup(
            data,
            settings,
            Optional.empty(),
            DatabaseAccess.of(databaseSettings(), data),
            "1.2.3",
            Clock.systemUTC())
        .write(backup, key, FAST);
  }

  private void restoreElsewhere() throws InterruptedException {
    String done =
        new Restore(elsewhere, "1.2.3")
            .from(
                backup,
                key,
                Optional.of(folder.resolve("etc2")),
                BackupTest::databaseSettings,
                Restore.Decision.by("D. Director"));
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
                .from(
                    damaged,
                    key,
                    Optional.empty(),
                    BackupTest::databaseSettings,
                    Restore.Decision.by("D. Director")),
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
