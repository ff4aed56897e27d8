package im.palisade.compliance.fsck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.file.CrashingFiles;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.Events;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.log.MovedClock;
import im.palisade.compliance.log.PeriodDigest;
import im.palisade.compliance.log.Retention;
import im.palisade.compliance.verify.Finding;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyOptions;
import im.palisade.compliance.verify.VerifyReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FsckTest {
  private final Ed25519Signer signer = Ed25519Signer.generate("test.palisade/eu-1/1");
  private final VerifyOptions options = VerifyOptions.trusting(List.of(signer.verifierKey()));
  private final CrashingFiles files = new CrashingFiles(new Random(1));

  @BeforeEach
  void fill() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (AuditLog log = Events.open(files, signer)) {
        Events.fill(log, 400);
      }
    }
  }

  @Test
  void everyHashTileIsMadeAnewFromTheEntries() throws IOException {
    for (String name : files.names()) {
      if (name.matches("1/tile/[0-9]/.*")) {
        if (name.hashCode() % 2 == 0) {
          files.delete(name);
        } else {
          files.flip(name, 7);
        }
      }
    }
    assertEquals(2, LogVerifier.verify("log", files, options).exitCode());
    Fsck.Result result = Fsck.mend("log", files, options);
    assertEquals("good", result.report().result(), result.report().text());
    assertTrue(result.mended().size() >= 5, result.mended().toString());
    Events.open(files, signer).close();
  }

  @Test
  void whatWasSignedIsNeverTouched() throws IOException {
    files.flip("1/tile/entries/001", 50);
    byte[] before = files.read("1/tile/entries/001").orElseThrow();
    Fsck.Result result = Fsck.mend("log", files, options);
    assertEquals(1, result.report().exitCode());
    assertEquals(List.of(), result.mended());
    assertTrue(java.util.Arrays.equals(before, files.read("1/tile/entries/001").orElseThrow()));
  }

  @Test
  void pruningTakesWholeBundlesButThoseHeldAndNeedsTwoPersons() throws IOException {
    try (AuditLog log = Events.open(files, signer)) {
      String limit = new String(log.entry(800), StandardCharsets.UTF_8);
      Retention.Plan plan =
          Retention.plan(
              LogReader.newest(files),
              stamp -> stamp.counter() <= 801,
              entry -> new String(entry, StandardCharsets.UTF_8).contains("\"req_300\""));
      assertEquals(new Retention.Plan(1, 768, List.of(1L, 2L), List.of()), plan, limit);
      assertThrows(IllegalArgumentException.class, () -> prune(log, plan, "act_1"));
      assertThrows(IllegalArgumentException.class, () -> prune(log, plan, "act_1", "act_1"));
      assertEquals(768, prune(log, plan, "act_1", "act_2"));
      log.publish();
    }
    assertEquals(Optional.empty(), files.read("1/tile/entries/000"));
    assertTrue(files.read("1/tile/entries/001").isPresent());
    VerifyReport report = LogVerifier.verify("log", files, options);
    assertEquals("good", report.result(), report.text());
    try (AuditLog log = Events.open(files, signer)) {
      assertEquals(1202, log.size());
      assertTrue(log.prove(5).hashes().size() > 5, "hash tiles stay");
    }

    files.flip("1/minimum", 0);
    Fsck.Result mended = Fsck.mend("log", files, options);
    assertEquals(List.of("1/minimum"), mended.mended(), mended.report().text());
    assertEquals("good", mended.report().result(), mended.report().text());
    files.delete("1/tile/entries/001");
    assertEquals(1, LogVerifier.verify("log", files, options).exitCode(), "it was held");
  }

  private static long prune(AuditLog log, Retention.Plan plan, String... approvers)
      throws IOException {
    return log.prune(
        plan,
        List.of(approvers),
        "default@1",
        AuditEvent.Actor.SYSTEM,
        AuditEvent.Source.LOCAL,
        "req");
  }

  @Test
  void digestsAreChainedHourByHourAndALostOneIsNamed() throws IOException {
    MovedClock clock = new MovedClock();
    try (AuditLog log =
        AuditLog.open(Events.settings(20_000), files, List.of(signer), List.of(), clock)) {
      for (int hour = 1; hour < 5; hour++) {
        Events.fill(log, 3);
        clock.hourPasses(log);
      }
      Events.fill(log, 3);
    }
    PeriodDigest first =
        PeriodDigest.parse(
            new String(
                files.read("1/digest/20261123/01.json").orElseThrow(), StandardCharsets.UTF_8));
    assertEquals(0, first.from());
    assertEquals(4, first.bundles().size());
    assertEquals("good", LogVerifier.verify("log", files, options).result());
    files.delete("1/digest/20261123/03.json");
    files.delete("1/digest/20261123/03.sig");
    VerifyReport report = LogVerifier.verify("log", files, options);
    assertEquals(Finding.Kind.DIGEST_MISSING, report.findings().getFirst().kind(), report.text());
  }
}
