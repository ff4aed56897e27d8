package im.palisade.compliance.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.file.CrashingFiles;
import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.AuditLogException;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.Events;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.log.MovedClock;
import im.palisade.compliance.log.Retention;
import im.palisade.compliance.log.Seeds;
import im.palisade.compliance.verify.Finding.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log lives several lives, each ended by a power failure at some step, also one within the
 * opening after another: it always opens again with everything that was acknowledged, continues
 * what was published, and the verifier never takes it for changed. {@code
 * -Dpalisade.test.seeds=100-200} tries others.
 */
class CrashLivesTest {
  @TempDir private Path folder;

  private static final int LIVES = 4;

  /** What a power failure may leave behind that is said and is no sign of change. */
  private static final Set<Kind> LEFT_OVER =
      Set.of(Kind.KEY_FILE_MISSING, Kind.DIGEST_UNFINISHED, Kind.MINIMUM_DAMAGED);

  private final Ed25519Signer signer = Ed25519Signer.generate("test.palisade/eu-1/1");
  private final VerifyOptions options = VerifyOptions.trusting(List.of(signer.verifierKey()));

  private record Place(int epoch, long index) {}

  /** What the world knows of the log. */
  private static final class Known {
    final Map<Place, byte[]> acknowledged = new HashMap<>();
    final List<SignedNote> published = new ArrayList<>();
    final Map<Integer, Long> pruned = new TreeMap<>();
    boolean rotated;
  }

  @Test
  void aLogThatLosesPowerAgainAndAgainLosesNothingElse() throws IOException {
    for (long seed : Seeds.orElse("1-25").toArray()) {
      try {
        lives(seed);
      } catch (AssertionError | AuditLogException | IllegalArgumentException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private void lives(long seed) throws IOException {
    Random random = new Random(seed);
    Ed25519Signer second = Ed25519Signer.generate("unnamed");
    MovedClock clock = new MovedClock();
    Known known = new Known();
    CrashingFiles files = new CrashingFiles(random);
    for (int life = 0; life < LIVES; life++) {
      files.failAt(files.steps() + 1 + random.nextInt(random.nextInt(3) == 0 ? 40 : 400));
      live(files, random, clock, second, known);
      files.failAt(Long.MAX_VALUE);
      files = files.afterPowerIsBack();
      if (files.content().containsKey("1/checkpoint")) {
        VerifyReport report = verify(files, known);
        assertNotEquals(1, report.exitCode(), report.text());
      }
    }
    try (AuditLog log = open(files, second, known, clock)) {
      log.append(Events.draft(1));
      known.published.add(log.publish());
    }
    for (Map.Entry<Place, byte[]> each : known.acknowledged.entrySet()) {
      LogReader reader = LogReader.open(files, each.getKey().epoch());
      if (each.getKey().index() >= known.pruned.getOrDefault(each.getKey().epoch(), 0L)) {
        assertArrayEquals(
            each.getValue(),
            reader.entry(each.getKey().index()).orElseThrow(),
            each.getKey()::toString);
      }
    }
    VerifyReport report = verify(files, known);
    List<Finding> bad =
        report.findings().stream()
            .filter(each -> each.kind().severity() != Finding.Severity.NOTICE)
            .filter(each -> !LEFT_OVER.contains(each.kind()))
            .toList();
    assertEquals(List.of(), bad, report.text());
  }

  private VerifyReport verify(LogFiles files, Known known) throws IOException {
    return LogVerifier.verify("log", files, options.withKnown(List.copyOf(known.published)));
  }

  private AuditLog open(CrashingFiles files, Ed25519Signer second, Known known, MovedClock clock)
      throws IOException {
    return AuditLog.open(
        Events.settings(20_000),
        files,
        known.rotated ? List.of(signer, second) : List.of(signer),
        List.copyOf(known.published),
        clock);
  }

  private void live(
      CrashingFiles files, Random random, MovedClock clock, Ed25519Signer second, Known known)
      throws IOException {
    AuditLog log = null;
    try {
      log = open(files, second, known, clock);
      for (int act = 0; act < 12; act++) {
        switch (random.nextInt(8)) {
          case 0 -> known.published.add(log.publish());
          case 1 -> digest(log, clock);
          case 2 -> {
            if (!known.rotated) {
              known.rotated = true;
              log.rotate(second, AuditEvent.Actor.SYSTEM, AuditEvent.Source.LOCAL, "req");
            }
          }
          case 3 -> log.keep();
          case 4 -> prune(log, files, known);
          case 5 -> {
            if (random.nextInt(4) == 0) {
              known.published.add(log.publish());
              log.close();
              log = epoch(files, second, known, clock);
            }
          }
          default -> append(log, 1 + random.nextInt(150), known);
        }
      }
    } catch (CrashingFiles.PowerFailure | CompletionException e) {
      // As it was meant.
    } catch (AuditLogException e) {
      assertEquals(AuditLogException.Reason.UNAVAILABLE, e.reason(), () -> "" + e);
    } finally {
      if (log != null) {
        try {
          log.close();
        } catch (CrashingFiles.PowerFailure e) {
          // As it was meant.
        }
      }
    }
  }

  private static void digest(AuditLog log, MovedClock clock) {
    try {
      clock.hourPasses(log);
    } catch (IOException e) {
      // Here entries may be pruned within the hour that is to be signed.
      assertTrue(String.valueOf(e.getMessage()).contains("not written yet"), () -> "" + e);
    }
  }

  private AuditLog epoch(CrashingFiles files, Ed25519Signer second, Known known, MovedClock clock)
      throws IOException {
    return AuditLog.beginEpoch(
        Events.settings(20_000),
        files,
        known.rotated ? List.of(signer, second) : List.of(signer),
        "planned",
        List.copyOf(known.published),
        "act_1",
        clock);
  }

  private static void prune(AuditLog log, CrashingFiles files, Known known) throws IOException {
    LogReader reader = LogReader.newest(files);
    Retention.Plan plan = Retention.plan(reader, _ -> true, _ -> false);
    int epoch = plan.epoch();
    // It may be on record and not be answered.
    known.pruned.merge(epoch, plan.minimum(), Math::max);
    log.prune(plan, List.of("act_1", "act_2"), "r", AuditEvent.Actor.SYSTEM, "req");
  }

  private static void append(AuditLog log, int count, Known known) {
    int epoch = Integer.parseInt(log.origin().substring(log.origin().lastIndexOf('/') + 1));
    Map<DraftEntry, CompletableFuture<AuditLog.Receipt>> offered = new HashMap<>();
    for (int i = 0; i < count; i++) {
      DraftEntry draft = Events.draft(i);
      offered.put(draft, log.submit(draft));
    }
    offered.forEach(
        (draft, answer) -> {
          try {
            AuditLog.Receipt receipt = answer.join();
            known.acknowledged.put(
                new Place(epoch, receipt.index()), draft.entry(receipt.counter()));
          } catch (CompletionException e) {
            // Refused: it may be there or not.
          }
        });
  }

  private CrashingFiles twoEpochs() throws IOException {
    CrashingFiles files = new CrashingFiles(new Random(7));
    Known known = new Known();
    MovedClock clock = new MovedClock();
    try (AuditLog log = open(files, signer, known, clock)) {
      Events.fill(log, 5);
    }
    epoch(files, signer, known, clock).close();
    return files;
  }

  /** The journal has the first entry of the second epoch as it was; its bundle was not synced. */
  @Test
  void aBundleThatPowerFailedOnDoesNotMakeTheEpochBeforeLookChanged() throws IOException {
    CrashingFiles files = twoEpochs();
    String bundle = "2/tile/entries/000.p/1";
    String text = new String(files.read(bundle).orElseThrow(), StandardCharsets.ISO_8859_1);
    files.flip(bundle, text.indexOf("test.palisade/eu-1/1\\n") + 40);
    VerifyReport report = verify(files, new Known());
    assertEquals(2, report.exitCode(), report.text());
    assertTrue(report.text().contains(Kind.BUNDLE_DAMAGED.name()), report.text());
  }

  @Test
  void anEpochThatIsOnlyBegunIsNoSignOfChangeAndOneThatLostItsCheckpointIs()
      throws IOException, InterruptedException {
    CrashingFiles files = twoEpochs();
    Map<String, byte[]> whole = files.content();
    for (String name : whole.keySet()) {
      if (name.startsWith("2/") && !name.startsWith("2/keys") && !name.startsWith("2/journal")) {
        files.delete(name);
      }
    }
    VerifyReport report = verify(files, new Known());
    assertEquals(2, report.exitCode(), report.text());
    assertTrue(report.text().contains(Kind.EPOCH_BEGUN.name()), report.text());
    PythonVerifier.Said said = PythonVerifier.log(files, folder, signer.verifierKey());
    assertEquals(0, said.exit(), said.text());
    assertTrue(said.text().contains("epoch 2 was begun"), said.text());
    files.write("2/tile/0/000.p/1", whole.get("2/tile/0/000.p/1"));
    said = PythonVerifier.log(files, folder, signer.verifierKey());
    assertTrue(said.exit() != 0, said.text());
    files.delete("2/tile/0/000.p/1");

    for (String name : whole.keySet()) {
      if (name.startsWith("2/journal")) {
        files.delete(name);
      }
    }
    report = verify(files, new Known());
    assertEquals(0, report.exitCode(), report.text());
    Known known = new Known();
    known.published.add(SignedNote.parse(new String(whole.get("2/checkpoint"), UTF_8)));
    assertEquals(1, verify(files, known).exitCode(), "somebody knows that there was more");
    assertEquals(List.of(1), EpochFiles.epochs(files));
    try (AuditLog log = open(files, signer, new Known(), new MovedClock())) {
      assertTrue(log.origin().endsWith("/1"), log.origin());
      log.append(Events.draft(9));
    }
    assertEquals(0, verify(files, new Known()).exitCode());
    // Another key than the one of the attempt that failed may begin it.
    Ed25519Signer other = Ed25519Signer.generate("unnamed");
    AuditLog.beginEpoch(
            Events.settings(20_000),
            files,
            List.of(other),
            "key-loss",
            List.of(),
            "act_1",
            new MovedClock())
        .close();
    assertEquals(List.of(1, 2), EpochFiles.epochs(files));
    VerifyOptions both = VerifyOptions.trusting(List.of(signer.verifierKey(), other.verifierKey()));
    assertEquals(0, LogVerifier.verify("log", files, both).exitCode());

    files.delete("2/checkpoint");
    assertEquals(0, LogVerifier.verify("log", files, both).exitCode(), "as when it was begun");
    files.delete("1/checkpoint");
    assertEquals(1, LogVerifier.verify("log", files, both).exitCode());
  }

  @Test
  void anEpochWithMoreThanItsFirstEntryAndNoCheckpointIsChanged() throws IOException {
    CrashingFiles files = twoEpochs();
    try (AuditLog log = open(files, signer, new Known(), new MovedClock())) {
      Events.fill(log, 3);
    }
    files.delete("2/checkpoint");
    VerifyReport report = verify(files, new Known());
    assertEquals(1, report.exitCode(), report.text());
    assertTrue(report.text().contains(Kind.CHECKPOINT_MISSING.name()), report.text());
  }
}
