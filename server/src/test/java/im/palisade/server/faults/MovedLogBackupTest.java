package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyReport;
import im.palisade.server.PalisadeServer;
import im.palisade.server.ServerSettings;
import im.palisade.server.auditlog.OwnTrust;
import im.palisade.server.backup.Backup;
import im.palisade.server.backup.BackupException;
import im.palisade.server.backup.Restore;
import im.palisade.server.config.Settings;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.DatabaseAccess;
import im.palisade.server.store.DatabaseSettings;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** An audit log that {@code audit.directory} has moved is in backups, and comes back. */
@ResourceLock(ServerProcess.MACHINE)
class MovedLogBackupTest {
  private final Path root = TestDatabase.newDirectory();
  private final Path data = root.resolve("data");
  private final Path logs = root.resolve("disk/logs");
  private final Path key = root.resolve("backup.key");
  private final Path backup = root.resolve("a.backup");

  @Test
  void aMovedLogIsBackedUpWhileItIsWrittenAndGoesOnWhereTheSettingsSay() throws Exception {
    try (PalisadeServer server = TestServer.start(data, moved(logs))) {
      DatabaseRestartTest.trial(server).withUsers("before-the-backup");
      AuditLeaves.catchUp(server);
      withoutItNoBackupIsMade();
      write(data, logs);
      DatabaseRestartTest.trial(server).withUsers("after-the-backup");
      AuditLeaves.catchUp(server);
    }
    long size = size(logs, 1);

    // In place: the log there continues the backup's, so nothing of it is lost.
    String done = restore(data, Optional.of(logs));
    assertTrue(done.contains("goes on as") && done.contains("/2"), done);
    assertFalse(Files.exists(data.resolve("audit")), "only where the settings have it");
    assertEquals(size, size(logs, 1));
    assertEquals("restore", previous(logs, 2).path("reason").asText());
    sound(logs);
    try (PalisadeServer server = TestServer.start(data, moved(logs))) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> AuditLeaves.all(server).toString().contains("\"restore.run\""));
    }

    onAnotherMachineItComesToAnotherPlace();
    whatStandsThereAndIsAnotherIsPutAside();
    whereItCannotBePutItStaysInTheDataDirectory();
  }

  private void onAnotherMachineItComesToAnotherPlace() throws Exception {
    Path elsewhere = root.resolve("elsewhere");
    Path otherDisk = root.resolve("other/logs");
    restore(elsewhere, Optional.of(otherDisk));
    assertFalse(Files.exists(elsewhere.resolve("audit")));
    assertTrue(types(otherDisk, 1).contains("user.import"));
    assertEquals(2, newest(otherDisk));
    sound(otherDisk);
    try (PalisadeServer server = TestServer.start(elsewhere, moved(otherDisk))) {
      assertTrue(server.audit().problem().isEmpty());
    }
    // The settings of the backup may have it elsewhere than those it finds: it comes along whole.
    restore(elsewhere, Optional.of(otherDisk), Optional.empty());
    Path home = elsewhere.resolve("audit");
    assertEquals(3, newest(home));
    assertTrue(previous(home, 3).path("gap").isMissingNode(), "nothing is lost");
    assertFalse(Files.exists(otherDisk.resolve("default")));
    sound(home);
  }

  private void whatStandsThereAndIsAnotherIsPutAside() throws Exception {
    Path fresh = root.resolve("fresh");
    Path disk = root.resolve("used/logs");
    Files.createDirectories(disk.resolve("default/1"));
    Files.writeString(disk.resolve("default/1/checkpoint"), "of somebody else");
    restore(fresh, Optional.of(disk));
    sound(disk);
    try (Stream<Path> aside = Files.walk(disk)) {
      assertTrue(
          aside.anyMatch(file -> file.toString().matches(".*/replaced-.*/default/1/checkpoint")));
    }
  }

  private void whereItCannotBePutItStaysInTheDataDirectory() throws Exception {
    Path third = root.resolve("third");
    Path file = Files.writeString(root.resolve("file"), "no folder");
    String done = restore(third, Optional.of(file.resolve("logs")));
    assertTrue(done.contains("it stands in " + third.resolve("audit")), done);
    assertTrue(done.contains("audit.directory cannot be used"), done);
    assertEquals(2, newest(third.resolve("audit")));
    sound(third.resolve("audit"));
  }

  private void withoutItNoBackupIsMade() {
    Path gone = root.resolve("gone");
    BackupException refused = assertThrows(BackupException.class, () -> write(data, gone));
    assertTrue(String.valueOf(refused.getMessage()).contains("audit.directory"), refused::toString);
    assertFalse(Files.exists(backup));
  }

  private static Map<String, String> moved(Path to) {
    return Map.of("audit.directory", to.toString());
  }

  private void write(Path from, Path movedTo) throws InterruptedException {
    new Backup(
            from,
            root.resolve("etc"),
            Optional.of(movedTo),
            DatabaseAccess.of(databaseSettings(), from),
            "1.2.3",
            Clock.systemUTC())
        .write(backup, key, 1L << 30);
  }

  private String restore(Path to, Optional<Path> movedTo) throws InterruptedException {
    return restore(to, movedTo, movedTo);
  }

  private String restore(Path to, Optional<Path> before, Optional<Path> after)
      throws InterruptedException {
    AtomicBoolean asked = new AtomicBoolean();
    Restore.SettingsAfter settings =
        new Restore.SettingsAfter() {
          @Override
          public DatabaseSettings read() {
            return databaseSettings();
          }

          @Override
          public Optional<Path> movedLogs() {
            return asked.getAndSet(true) ? after : before;
          }
        };
    return new Restore(to, "1.2.3")
        .from(backup, key, Optional.empty(), settings, Restore.Decision.by("D. Director"));
  }

  private static DatabaseSettings databaseSettings() {
    return DatabaseSettings.from(
        Settings.read(
            ServerSettings.ALL,
            Path.of("/nonexistent/palisade.yaml"),
            Map.of(),
            Map.of(
                "database.embedded.redo-log", "32MiB",
                "database.embedded.buffer-pool", "64MiB")));
  }

  private static int newest(Path logs) throws IOException {
    return EpochFiles.epochs(new ReadOnlyDisk(logs.resolve("default"))).getLast();
  }

  private static long size(Path logs, int epoch) throws IOException {
    return LogReader.open(new ReadOnlyDisk(logs.resolve("default")), epoch).size();
  }

  private static List<String> types(Path logs, int epoch) throws IOException {
    LogReader reader = LogReader.open(new ReadOnlyDisk(logs.resolve("default")), epoch);
    List<String> types = new ArrayList<>();
    reader.entries(
        0,
        reader.size(),
        (_, entry) -> types.add(Json.mapper().readTree(entry).path("type").asText()));
    return types;
  }

  private static JsonNode previous(Path logs, int epoch) throws IOException {
    LogReader reader = LogReader.open(new ReadOnlyDisk(logs.resolve("default")), epoch);
    return Json.mapper().readTree(reader.entry(0).orElseThrow()).at("/change/after/epoch/previous");
  }

  private static void sound(Path logs) {
    Path log = logs.resolve("default");
    VerifyReport report =
        LogVerifier.verify(log, OwnTrust.of(log, List.of()).withAcceptedGaps(Set.of(2, 3)));
    assertEquals(0, report.exitCode(), report::text);
  }
}
