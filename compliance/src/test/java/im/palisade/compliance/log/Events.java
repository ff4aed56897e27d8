package im.palisade.compliance.log;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.checkpoint.NoteSigner;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.compliance.event.Ulid;
import im.palisade.compliance.file.LogFiles;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Events and logs for tests. */
public final class Events {
  public static final Instant NOW = Instant.parse("2026-11-23T01:02:03.456789Z");

  private Events() {}

  public static AuditLog.Settings settings(int segmentBytes) {
    return new AuditLog.Settings(
        "test.palisade/eu-1", "im-1", "eu-1", Duration.ofHours(1), segmentBytes);
  }

  public static AuditLog open(LogFiles files, NoteSigner signer, SignedNote... known)
      throws IOException {
    return AuditLog.open(
        settings(20_000), files, List.of(signer), List.of(known), InstantSource.fixed(NOW));
  }

  public static AuditEvent event(int number) {
    return AuditEvent.of(
        "user.delete",
        NOW,
        "1400000001",
        AuditEvent.Outcome.SUCCESS,
        new AuditEvent.Actor(AuditEvent.ActorKind.ADMIN, "act_7"),
        new AuditEvent.Source(AuditEvent.Channel.REST, "203.0.113.0/24"),
        List.of(new AuditEvent.Target("usr", "usr_" + number)),
        "req_" + number);
  }

  public static DraftEntry draft(int number) {
    return DraftEntry.of(
        new EventEncoder("im-1", "eu-1").encode(Ulid.next(NOW), event(number)), List.of());
  }

  /** Appends that many events and waits until they are durable. */
  public static void fill(AuditLog log, int count) {
    List<CompletableFuture<AuditLog.Receipt>> receipts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      receipts.add(log.submit(draft(i)));
    }
    receipts.forEach(CompletableFuture::join);
  }
}
