package im.palisade.server.auditlog;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.compliance.event.Ulid;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.log.AuditLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A log in a folder without a server around it. */
public final class SampleLog implements AutoCloseable {
  private final Path folder;
  private final Ed25519Signer key = Ed25519Signer.generate("acme.palisade/eu-1/1");
  private AuditLog log;
  private int number;

  /** A new log. */
  public SampleLog(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.log =
        AuditLog.open(
            settings(), new DiskFiles(folder), List.of(key), List.of(), Clock.systemUTC());
  }

  private static AuditLog.Settings settings() {
    // Short segments, so that something can be pruned.
    return new AuditLog.Settings(
        "acme.palisade/eu-1", "im-1", "eu-1", Duration.ofSeconds(1), 20_000);
  }

  /** Its entries, as those that follow it see them. */
  public LogEntries entries() {
    return new LogEntries(() -> Optional.of(log), folder);
  }

  /** The log. */
  public AuditLog log() {
    return log;
  }

  /** Adds imports of users, each in a request of its own. */
  public void append(int count) {
    List<CompletableFuture<AuditLog.Receipt>> receipts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Instant now = Instant.now();
      AuditEvent event =
          AuditEvent.of(
              "user.import",
              now,
              "1400000001",
              Outcome.SUCCESS,
              Actor.SYSTEM,
              Source.LOCAL,
              List.of(new Target("user", "usr_" + number)),
              "req_" + number++);
      receipts.add(
          log.submit(
              DraftEntry.of(
                  new EventEncoder("im-1", "eu-1").encode(Ulid.next(now), event), List.of())));
    }
    receipts.forEach(CompletableFuture::join);
  }

  /** Ends the epoch as it is published and begins the next. */
  public void nextEpoch() throws IOException {
    log.close();
    log =
        AuditLog.beginEpoch(
            settings(),
            new DiskFiles(folder),
            List.of(key),
            "planned",
            List.of(),
            "act_1",
            Clock.systemUTC());
  }

  @Override
  public void close() {
    log.close();
  }
}
