package im.palisade.compliance.fsck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.file.CrashingFiles;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.AuditLogException;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.Events;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.log.Retention;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.verify.Finding.Kind;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.PythonVerifier;
import im.palisade.compliance.verify.VerifyOptions;
import im.palisade.compliance.verify.VerifyReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pruning reaches epochs that are over, and both verifiers read them as what they are. */
class EarlierEpochsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String EVERYTHING = "999999";

  private final Ed25519Signer signer = Ed25519Signer.generate("test.palisade/eu-1/1");
  private final VerifyOptions options = VerifyOptions.trusting(List.of(signer.verifierKey()));
  @TempDir private Path folder;

  @Test
  void anEpochThatIsOverGoesAsAWholeButForWhatIsHeld() throws Exception {
    CrashingFiles files = threeEpochs();
    try (AuditLog log = Events.open(files, signer)) {
      assertEquals(601, prune(log, files, 1, EVERYTHING, "req_305"));
      JsonNode record = newest(log);
      assertEquals("test.palisade/eu-1/1", record.at("/target/0/id").asText());
      JsonNode after = record.at("/change/after");
      LogReader over = LogReader.open(files, 1);
      assertEquals(1, after.path("epoch").asInt());
      assertEquals(601, after.path("minimum").asInt());
      assertEquals(0, after.path("from").asInt(-1));
      assertEquals(601 - 256, after.path("entries").asInt());
      assertEquals(601, after.path("size").asInt());
      assertEquals(over.head().rootText(), after.path("root").asText());
      assertEquals("[1]", after.path("kept").toString());
      assertEquals("[\"act_1\",\"act_2\"]", after.path("approvers").toString());
      log.publish();
      assertEquals(List.of(1L), over.files().bundleNumbers());
      assertEquals(List.of(), files.list("1/journal"), "the journal holds the same entries");
      assertTrue(over.entry(3).isEmpty());
      assertTrue(over.entry(600).isEmpty(), "also of the last bundle, which is not full");
      byte[] held = over.entry(300).orElseThrow();
      assertTrue(over.prove(300).proves(MerkleHash.leaf(held), signer.verifierKey()));
      assertTrue(files.read("1/tile/0/002.p/89").isPresent(), "hash tiles stay");
    }
    VerifyReport report = good(files);
    assertTrue(report.text().contains("PRUNED"), report.text());
    assertTrue(
        report.findings().stream().noneMatch(each -> each.file().startsWith("2/")),
        "the second epoch is whole");
  }

  @Test
  void theFirstBundleStaysWhileItTiesEntriesOfTheEpochBefore() throws Exception {
    CrashingFiles files = threeEpochs();
    try (AuditLog log = Events.open(files, signer)) {
      assertEquals(256, prune(log, files, 1, "400", ""));
      assertEquals(301, prune(log, files, 2, EVERYTHING, ""));
      assertEquals("[0]", newest(log).at("/change/after/kept").toString());
      assertEquals(List.of(0L), new EpochFiles(files, 2).bundleNumbers());
      log.publish();
      good(files);
      assertEquals(601, prune(log, files, 1, EVERYTHING, ""));
      assertEquals(256, newest(log).at("/change/after/from").asInt());
      assertEquals(301, prune(log, files, 2, EVERYTHING, ""));
      JsonNode released = newest(log).at("/change/after");
      assertEquals("[0]", released.path("released").toString());
      assertEquals(256, released.path("entries").asInt());
      assertEquals(List.of(), new EpochFiles(files, 2).bundleNumbers());
      long size = log.size();
      prune(log, files, 1, EVERYTHING, "");
      prune(log, files, 2, EVERYTHING, "");
      assertEquals(size, log.size(), "nothing more to remove, nothing more to record");
      log.publish();
    }
    good(files);
    try (AuditLog log = Events.open(files, signer)) {
      Events.fill(log, 1);
    }
  }

  @Test
  void whatAHoldKeptGoesWhenItIsReleased() throws Exception {
    CrashingFiles files = threeEpochs();
    try (AuditLog log = Events.open(files, signer)) {
      prune(log, files, 1, EVERYTHING, "req_305");
      prune(log, files, 1, EVERYTHING, "");
      JsonNode after = newest(log).at("/change/after");
      assertEquals("[1]", after.path("released").toString());
      assertEquals(601, after.path("from").asInt());
      assertEquals(256, after.path("entries").asInt());
      log.publish();
      assertEquals(List.of(), new EpochFiles(files, 1).bundleNumbers());
    }
    good(files);
  }

  @Test
  void whatNoRecordNamesIsMissing() throws Exception {
    CrashingFiles files = threeEpochs();
    try (AuditLog log = Events.open(files, signer)) {
      prune(log, files, 1, EVERYTHING, "");
      log.publish();
    }
    files.delete("2/tile/entries/000");
    for (String segment : files.list("2/journal")) {
      files.delete("2/journal/" + segment);
    }
    VerifyReport report = LogVerifier.verify("log", files, options);
    assertEquals(1, report.exitCode(), report::text);
    assertTrue(has(report, Kind.BUNDLE_MISSING) && has(report, Kind.PRUNED), report::text);
    assertEquals(1, python(files));

    CrashingFiles held = threeEpochs();
    try (AuditLog log = Events.open(held, signer)) {
      prune(log, held, 1, EVERYTHING, "req_305");
      log.publish();
    }
    held.delete("1/tile/entries/001");
    report = LogVerifier.verify("log", held, options);
    assertEquals(1, report.exitCode(), report::text);
    assertTrue(has(report, Kind.BUNDLE_MISSING), report::text);
    assertEquals(1, python(held), "it was held");
  }

  @Test
  void aDamagedMinimumOfAnEpochThatIsOverIsMendedFromTheRecord() throws Exception {
    CrashingFiles files = threeEpochs();
    try (AuditLog log = Events.open(files, signer)) {
      prune(log, files, 1, EVERYTHING, "");
      log.publish();
    }
    files.flip("1/minimum", 0);
    VerifyReport report = LogVerifier.verify("log", files, options);
    assertTrue(has(report, Kind.MINIMUM_DAMAGED), report::text);
    Fsck.Result mended = Fsck.mend("log", files, options);
    assertEquals(List.of("1/minimum"), mended.mended(), mended.report().text());
    good(files);
  }

  @Test
  void entriesThatWereNeverSignedStayWithWhatTheirJournalCovers() throws Exception {
    CrashingFiles running = new CrashingFiles(new Random(1));
    CrashingFiles files;
    try (AuditLog log = open(running)) {
      Events.fill(log, 600);
      log.publish();
      Events.fill(log, 20);
      files = copy(running);
    }
    begin(files, "planned");
    try (AuditLog log = Events.open(files, signer)) {
      prune(log, files, 1, EVERYTHING, "");
      log.publish();
    }
    assertTrue(new EpochFiles(files, 1).minimum() < 601, "the journal reaches back");
    assertTrue(files.names().stream().anyMatch(name -> name.startsWith("1/journal/")));
    VerifyReport report = LogVerifier.verify("log", files, options);
    assertTrue(has(report, Kind.UNSIGNED_TAIL), report::text);
    assertEquals(0, report.exitCode(), report::text);
  }

  @Test
  void whereverPowerFailsTheRecordComesFirstAndTheNextPruningEndsIt() throws Exception {
    CrashingFiles whole = threeEpochs();
    List<Integer> steps = new ArrayList<>();
    boolean failed = true;
    for (int step = 1; failed && step < 400; step++) {
      CrashingFiles files = copy(whole, new Random(step));
      AuditLog log = Events.open(files, signer);
      files.failAt(files.steps() + step);
      failed = false;
      try {
        prune(log, files, 1, EVERYTHING, "");
      } catch (AuditLogException | CrashingFiles.PowerFailure | IOException e) {
        failed = true;
      }
      CrashingFiles after = failed ? files.afterPowerIsBack() : files;
      files.failAt(failed ? 0 : Long.MAX_VALUE);
      log.close();
      VerifyReport report = LogVerifier.verify("log", after, options);
      int at = step;
      assertEquals(0, report.exitCode() & 1, () -> "step " + at + "\n" + report.text());
      assertFalse(has(report, Kind.BUNDLE_MISSING), () -> "step " + at + "\n" + report.text());
      try (AuditLog again = Events.open(after, signer)) {
        assertEquals(601, prune(again, after, 1, EVERYTHING, ""));
        again.publish();
      }
      assertEquals(List.of(), new EpochFiles(after, 1).bundleNumbers(), "step " + step);
      assertEquals(List.of(), after.list("1/journal"), "step " + step);
      assertEquals("good", LogVerifier.verify("log", after, options).result());
      steps.add(step);
    }
    assertTrue(steps.size() > 20 && !failed, steps.size() + " steps");
  }

  /** 601, 301 and 11 entries. */
  private CrashingFiles threeEpochs() throws IOException {
    CrashingFiles files = new CrashingFiles(new Random(1));
    try (AuditLog log = open(files)) {
      Events.fill(log, 310);
    }
    try (AuditLog log = open(files)) {
      Events.fill(log, 290);
    }
    begin(files, "planned");
    try (AuditLog log = open(files)) {
      Events.fill(log, 300);
    }
    begin(files, "restore");
    try (AuditLog log = open(files)) {
      Events.fill(log, 10);
    }
    return files;
  }

  private AuditLog open(CrashingFiles files) throws IOException {
    return Events.open(files, signer);
  }

  private void begin(CrashingFiles files, String reason) throws IOException {
    AuditLog.beginEpoch(
            Events.settings(20_000),
            files,
            List.of(signer),
            reason,
            List.of(),
            "act_1",
            InstantSource.fixed(Events.NOW))
        .close();
  }

  private static CrashingFiles copy(CrashingFiles from) throws IOException {
    return copy(from, new Random(2));
  }

  private static CrashingFiles copy(CrashingFiles from, Random random) throws IOException {
    CrashingFiles to = new CrashingFiles(random);
    for (Map.Entry<String, byte[]> file : from.content().entrySet()) {
      to.replace(file.getKey(), file.getValue());
    }
    return to;
  }

  /** Prunes an epoch: what has a counter below the limit has expired. */
  private static long prune(AuditLog log, CrashingFiles files, int epoch, String below, String held)
      throws IOException {
    Retention.Plan plan =
        Retention.plan(
            LogReader.open(files, epoch),
            stamp -> stamp.counter() < Long.parseLong(below),
            entry ->
                !held.isEmpty()
                    && new String(entry, StandardCharsets.UTF_8).contains("\"" + held + "\""));
    return log.prune(
        plan,
        List.of("act_1", "act_2"),
        "default@1",
        AuditEvent.Actor.SYSTEM,
        AuditEvent.Source.LOCAL,
        "req");
  }

  private static JsonNode newest(AuditLog log) throws IOException {
    JsonNode event = MAPPER.readTree(log.entry(log.size() - 1));
    assertEquals("audit.prune", event.path("type").asText());
    return event;
  }

  private VerifyReport good(CrashingFiles files) throws IOException, InterruptedException {
    VerifyReport report = LogVerifier.verify("log", files, options);
    assertEquals("good", report.result(), report.text());
    assertEquals(0, python(files));
    return report;
  }

  private static boolean has(VerifyReport report, Kind kind) {
    return report.findings().stream().anyMatch(finding -> finding.kind() == kind);
  }

  private int python(CrashingFiles files) throws IOException, InterruptedException {
    PythonVerifier.Said said = PythonVerifier.log(files, folder, signer.verifierKey());
    assertTrue(said.text().contains("root is the signed one"), said.text());
    return said.exit();
  }
}
