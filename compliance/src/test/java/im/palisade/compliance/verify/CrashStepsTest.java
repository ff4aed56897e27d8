package im.palisade.compliance.verify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.compliance.event.Ulid;
import im.palisade.compliance.file.CrashingFiles;
import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.AuditLogException;
import im.palisade.compliance.log.Events;
import im.palisade.compliance.log.MovedClock;
import im.palisade.compliance.log.Seeds;
import im.palisade.compliance.verify.Finding.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Power fails, the disk is full, the clock is moved: survived, or named by the verifier. */
class CrashStepsTest {
  private final Ed25519Signer signer = Ed25519Signer.generate("test.palisade/eu-1/1");
  private final Ed25519Signer second = Ed25519Signer.generate("unnamed");
  private final VerifyOptions options = VerifyOptions.trusting(List.of(signer.verifierKey()));

  @Test
  void atWhicheverStepPowerFailsNothingAcknowledgedIsLostAndNothingLooksChanged()
      throws IOException {
    for (long seed : Seeds.orElse("0-0").toArray()) {
      everyStep(seed);
    }
  }

  private void everyStep(long seed) throws IOException {
    boolean ended = false;
    long step = 0;
    while (!ended) {
      step++;
      CrashingFiles files = new CrashingFiles(new Random(1000 * seed + step));
      files.failAt(step);
      Map<Long, byte[]> acknowledged = new TreeMap<>();
      ended = live(files, acknowledged);
      files.failAt(Long.MAX_VALUE);
      CrashingFiles found = files.afterPowerIsBack();
      if (found.content().containsKey("1/checkpoint")) {
        VerifyReport crashed = LogVerifier.verify("log", found, options);
        assertNotEquals(
            1, crashed.exitCode(), "seed " + seed + " step " + step + "\n" + crashed.text());
      }
      try (AuditLog log = open(found, InstantSource.fixed(Events.NOW))) {
        for (Map.Entry<Long, byte[]> entry : acknowledged.entrySet()) {
          assertArrayEquals(
              entry.getValue(), log.entry(entry.getKey()), "seed " + seed + " step " + step);
        }
        log.append(Events.draft(1));
      }
      VerifyReport report = LogVerifier.verify("log", found, options);
      // A rotation or digest that was begun and not finished is what may be left over.
      boolean onlyKey =
          report.findings().stream()
              .filter(each -> each.kind().severity() != Finding.Severity.NOTICE)
              .allMatch(
                  each ->
                      each.kind() == Kind.KEY_FILE_MISSING
                          || each.kind() == Kind.DIGEST_UNFINISHED);
      assertTrue(onlyKey, "seed " + seed + " step " + step + "\n" + report.text());
    }
    assertTrue(step > 80, step + " steps");
  }

  private AuditLog open(LogFiles files, InstantSource clock) throws IOException {
    return AuditLog.open(Events.settings(20_000), files, List.of(signer, second), List.of(), clock);
  }

  /** Whether it came to its end. */
  private boolean live(CrashingFiles files, Map<Long, byte[]> acknowledged) {
    MovedClock clock = new MovedClock();
    try (AuditLog log = open(files, clock)) {
      append(log, 40, acknowledged);
      append(log, 230, acknowledged);
      clock.hourPasses(log);
      log.rotate(second, AuditEvent.Actor.SYSTEM, AuditEvent.Source.LOCAL, "req");
      append(log, 20, acknowledged);
      log.keep();
      append(log, 1, acknowledged);
    } catch (CrashingFiles.PowerFailure | AuditLogException | CompletionException | IOException e) {
      return false;
    }
    // Closing may have met the failure too.
    return files.steps() < failedAt(files);
  }

  private static long failedAt(CrashingFiles files) {
    return files.failsAt();
  }

  private static void append(AuditLog log, int count, Map<Long, byte[]> acknowledged) {
    Map<DraftEntry, CompletableFuture<AuditLog.Receipt>> offered = new HashMap<>();
    for (int i = 0; i < count; i++) {
      DraftEntry draft = Events.draft(i);
      offered.put(draft, log.submit(draft));
    }
    offered.forEach(
        (draft, answer) -> {
          try {
            AuditLog.Receipt receipt = answer.join();
            acknowledged.put(receipt.index(), draft.entry(receipt.counter()));
          } catch (CompletionException e) {
            // Refused: it may be there or not.
          }
        });
  }

  @Test
  void aFullDiskLeavesALogThatIsGood() throws IOException {
    CrashingFiles files = new CrashingFiles(new Random(7));
    try (AuditLog log = open(files, InstantSource.fixed(Events.NOW))) {
      Events.fill(log, 300);
      files.full(true);
      for (int i = 0; i < 5; i++) {
        DraftEntry draft = Events.draft(i);
        assertTrue(log.submit(draft).handle((receipt, fault) -> fault != null).join());
      }
      files.full(false);
      Events.fill(log, 300);
    }
    VerifyReport report = LogVerifier.verify("log", files, options);
    assertEquals("good", report.result(), report.text());
    assertEquals(601, report.parts().getFirst().size());
  }

  @Test
  void aClockThatIsSetBackIsNamed() throws IOException {
    CrashingFiles files = new CrashingFiles(new Random(7));
    try (AuditLog log = open(files, InstantSource.fixed(Events.NOW))) {
      for (Duration ahead : List.of(Duration.ZERO, Duration.ofDays(2), Duration.ofHours(1))) {
        Instant time = Events.NOW.plus(ahead);
        var event = new EventEncoder("im-1", "eu-1").encode(Ulid.next(Events.NOW), Events.event(1));
        event.put("time", EventEncoder.time(time));
        log.append(DraftEntry.of(event, List.of()));
      }
    }
    VerifyReport report = LogVerifier.verify("log", files, options);
    Finding finding = report.findings().getFirst();
    assertEquals(Kind.CLOCK_WENT_BACK, finding.kind(), report.text());
    assertEquals(Span.at(3), finding.span().orElseThrow());
  }
}
