package im.palisade.server.auditlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.TlogProof;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.verify.Finding.Kind;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyOptions;
import im.palisade.compliance.verify.VerifyReport;
import im.palisade.compliance.witness.Witness;
import im.palisade.compliance.witness.WitnessServer;
import im.palisade.server.PalisadeServer;
import im.palisade.server.audit.Cause;
import im.palisade.server.auditlog.care.AnchorState;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.StartException;
import im.palisade.server.store.Region;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.LoggedErrors;
import im.palisade.server.testing.MovedClock;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestTsa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The log is anchored, verified, pruned, its key rotated; an older copy of it is known for one. */
class AuditCareTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String WITNESS = "auditor.example/w1";

  private final Path root = TestDatabase.newDirectory();
  private final Path data = root.resolve("data");
  private final Path log = data.resolve("audit/default");
  private final MovedClock clock = new MovedClock();

  @Test
  void theLogIsAnchoredWhereTheVerifierLooksAndAnOlderCopyOfItStopsTheStart() throws Exception {
    Ed25519Signer witnessKey = Ed25519Signer.generate(WITNESS);
    VerifierKey witness =
        VerifierKey.of(WITNESS, VerifierKey.COSIGNATURE, witnessKey.verifierKey().raw());
    int witnessPort = freePort();
    try (TestTsa tsa = new TestTsa(clock)) {
      Map<String, String> settings = settings(tsa, witness, witnessPort);
      VerifyOptions trust;
      try (PalisadeServer server = TestServer.start(data, settings, clock)) {
        Awaitility.await().atMost(PATIENCE).until(() -> state(server, "witness").failures() > 0);
        for (String kind : List.of("rfc3161", "folder", "paper")) {
          Awaitility.await(kind).atMost(PATIENCE).until(() -> state(server, kind).size() > 0);
        }
        awaitEvent(server, "audit.anchor.failed");
        assertTrue(state(server, "witness").anchoredAt().isEmpty());
        try (WitnessServer running = witness(witnessKey, witnessPort)) {
          assertTrue(running.port() > 0);
          clock.advance(Duration.ofHours(2));
          Awaitility.await().atMost(PATIENCE).until(() -> state(server, "witness").size() > 0);
          assertEquals(0, state(server, "witness").failures());
          JsonNode anchored = awaitEvent(server, "audit.anchor");
          assertEquals("audit-anchor", anchored.at("/actor/ref").asText());
          anIdleLogDoesNotGrow(server);
        }
        trust =
            VerifyOptions.trusting(List.of(key()))
                .withWitnesses(List.of(witness))
                .withAuthorities(List.of(tsa.certificate()));
        aRotatedKeyLeavesOldProofsGood(server);
        damageIsFoundByTheServerItself(server);
      }
      VerifyReport report = LogVerifier.verify(log, trust);
      assertEquals(0, report.exitCode(), report::text);
      assertTrue(report.text().contains("TSA of the test"), report::text);
      assertTrue(report.text().contains(WITNESS), report::text);
      try (Stream<Path> pages = Files.list(root.resolve("pages"))) {
        assertTrue(pages.allMatch(page -> page.toString().endsWith(".html")));
      }
      anOlderCopyIsRefusedAndANewEpochStatesTheGap(settings, trust);
    }
  }

  /** Anchors are asked every second here. */
  private void anIdleLogDoesNotGrow(PalisadeServer server) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                states(server).stream()
                    .allMatch(state -> !state.currentAt().equals(state.anchoredAt())));
    long settled = AuditLeaves.size(server);
    Instant now = clock.instant();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                states(server).stream()
                    .allMatch(state -> state.currentAt().orElse(now).isAfter(now)));
    AuditLeaves.catchUp(server);
    assertEquals(settled, AuditLeaves.size(server), "anchoring alone is nothing new");
  }

  private void aRotatedKeyLeavesOldProofsGood(PalisadeServer server) throws IOException {
    RegionLog region = server.audit().of(home(server));
    AuditLog open = region.log().orElseThrow();
    open.publish();
    TlogProof before = open.prove(3);
    byte[] entry = open.entry(3);
    VerifierKey old = key();
    TestConsole.createFirst(server, "keeper");
    TestConsole console =
        TestConsole.at(server.facts().consoleUrl()).signIn("keeper", TestConsole.PASSWORD);
    VerifierKey fresh =
        VerifierKey.parse(console.post("/audit/rotate-key", "{}").ok().body().path("key").asText());
    JsonNode event = awaitEvent(server, "audit.key.rotate");
    assertEquals(fresh.line(), event.at("/change/after/key").asText());
    assertEquals("console", event.at("/source/channel").asText());
    assertTrue(before.proves(MerkleHash.leaf(entry), old));
    assertTrue(open.publish().isSignedBy(old) && open.publish().isSignedBy(fresh));
    console.post("/audit/rotate-key", "{}").refused("conflict");
    assertEquals(4, console.get("/audit/care").ok().body().at("/logs/0/anchors").size());
    clock.advance(Duration.ofHours(25));
    append(server, 1);
    assertFalse(open.publish().isSignedBy(old), "the old key stops after a day");
    assertTrue(open.publish().isSignedBy(fresh));
  }

  private void damageIsFoundByTheServerItself(PalisadeServer server) throws IOException {
    job(server, "audit-verify");
    assertEquals("good", awaitEvent(server, "audit.verify").at("/change/after/result").asText());
    assertTrue(server.auditCare().checks().last(home(server)).orElseThrow().good());
    LoggedErrors.expect("is not what was signed");
    Path kept;
    try (Stream<Path> files = Files.list(log.resolve("1/checkpoints"))) {
      kept = files.sorted().findFirst().orElseThrow();
    }
    String whole = Files.readString(kept);
    Files.writeString(kept, whole.replaceFirst("\n[0-9]+\n", "\n1\n"));
    clock.advance(Duration.ofDays(2));
    job(server, "audit-verify");
    JsonNode failed = awaitEvent(server, "audit.verify.failed");
    assertTrue(failed.toString().contains("1/checkpoints/"), failed::toString);
    assertFalse(server.auditCare().checks().last(home(server)).orElseThrow().good());
    Files.writeString(kept, whole);
  }

  private void anOlderCopyIsRefusedAndANewEpochStatesTheGap(
      Map<String, String> settings, VerifyOptions trust) throws IOException {
    Path older = root.resolve("older");
    copy(log, older);
    try (PalisadeServer server = TestServer.start(data, settings, clock)) {
      append(server, 5);
    }
    Path newer = root.resolve("newer");
    Files.move(log, newer);
    copy(older, log);
    StartException refused =
        assertThrows(StartException.class, () -> TestServer.start(data, settings, clock));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("is known, here are"), refused::toString);
    String origin =
        NewEpoch.begin(
            data, Optional.empty(), "default", "restore", List.of(), "D. Director", clock);
    assertTrue(origin.endsWith("/2"), origin);
    try (PalisadeServer server = TestServer.start(data, settings, clock)) {
      append(server, 1);
    }
    VerifyReport report = LogVerifier.verify(log, trust);
    assertEquals(2, report.exitCode(), report::text);
    assertTrue(
        report.findings().stream().anyMatch(finding -> finding.kind() == Kind.GAP_STATED),
        report::text);
    assertEquals(0, LogVerifier.verify(log, trust.withAcceptedGaps(Set.of(2))).exitCode());

    // Without its newest epoch, or without any, it is no less an older copy.
    deleteTree(log);
    copy(older, log);
    assertThrows(StartException.class, () -> TestServer.start(data, settings, clock));
    deleteTree(log);
    assertThrows(StartException.class, () -> TestServer.start(data, settings, clock));
  }

  @Test
  void whatHasExpiredGoesByWholeBundlesAndTheRestIsStillProved() throws Exception {
    Map<String, String> settings =
        Map.of(
            "audit.retention.keep", "200d",
            "audit.retention.keep-aside", "200d",
            "audit.retention.approved-by", "A. One, B. Two");
    try (PalisadeServer server = TestServer.start(data, settings, clock)) {
      append(server, 600);
    }
    try (PalisadeServer server = TestServer.start(data, settings, clock)) {
      job(server, "audit-retention");
      append(server, 300);
      assertEquals(0, minimum(), "nothing has expired");
      clock.advance(Duration.ofDays(300));
      append(server, 1);
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () -> {
                // What the journal still holds cannot go; it turns as entries come.
                append(server, 100);
                job(server, "audit-retention");
                return minimum() >= 512;
              });
      JsonNode pruned = awaitEvent(server, "audit.prune");
      assertEquals(List.of("A. One", "B. Two"), texts(pruned.at("/change/after/approvers")));
      assertEquals("audit-retention", pruned.at("/actor/ref").asText());
    }
    VerifyReport report = LogVerifier.verify(log, VerifyOptions.trusting(List.of(key())));
    assertEquals(0, report.exitCode(), report::text);
    assertTrue(report.text().contains("PRUNED"), report::text);
    LogReader reader = LogReader.newest(new ReadOnlyDisk(log));
    assertTrue(reader.entry(3).isEmpty());
    assertTrue(reader.prove(600).proves(MerkleHash.leaf(reader.entry(600).orElseThrow()), key()));
    VerifierKey given = key();
    VerifierKey fresh =
        KeyRotation.ofStopped(
            data, log, "default", CommandRecords.cause("audit rotate-key"), clock);
    CommandRecords.of(data, "default")
        .leave(
            List.of(
                CommandRecords.cause("audit fsck")
                    .event("shell.command", new Target("audit-log", "default"))));
    try (PalisadeServer server = TestServer.start(data, settings, clock)) {
      assertEquals("operator", awaitEvent(server, "shell.command").at("/actor/kind").asText());
      assertEquals(
          fresh.line(), awaitEvent(server, "audit.key.rotate").at("/change/after/key").asText());
    }
    report = LogVerifier.verify(log, VerifyOptions.trusting(List.of(given)));
    assertEquals(0, report.exitCode(), report::text);
    anEpochThatIsOverGoesAsAWhole(settings, given);
  }

  private void anEpochThatIsOverGoesAsAWhole(Map<String, String> settings, VerifierKey given)
      throws IOException {
    NewEpoch.begin(data, Optional.empty(), "default", "planned", List.of(), "D. Director", clock);
    LogReader over = LogReader.open(new ReadOnlyDisk(log), 1);
    try (PalisadeServer server = TestServer.start(data, settings, clock)) {
      job(server, "audit-retention");
      append(server, 1);
      assertTrue(over.minimum() < over.size(), "the last of it has not expired");
      clock.advance(Duration.ofDays(300));
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () -> {
                job(server, "audit-retention");
                return over.minimum() == over.size();
              });
      JsonNode pruned = awaitEvent(server, "audit.prune");
      assertEquals(1, pruned.at("/change/after/epoch").asInt());
      assertEquals(over.size(), pruned.at("/change/after/minimum").asLong());
      assertEquals(over.head().rootText(), pruned.at("/change/after/root").asText());
    }
    assertTrue(over.entry(over.size() - 1).isEmpty());
    VerifyReport report = LogVerifier.verify(log, VerifyOptions.trusting(List.of(given)));
    assertEquals(0, report.exitCode(), report::text);
    assertTrue(report.text().contains("file 1/minimum"), report::text);
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asText).toList();
  }

  private Map<String, String> settings(TestTsa tsa, VerifierKey witness, int port)
      throws Exception {
    Path certificate = root.resolve("tsa.pem");
    Files.writeString(
        certificate,
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(tsa.certificate().getEncoded())
            + "\n-----END CERTIFICATE-----\n");
    return Map.of(
        "audit.anchor.tsa",
        tsa.url(),
        "audit.anchor.tsa-certificates",
        certificate.toString(),
        "audit.anchor.folder",
        root.resolve("worm").toString(),
        "audit.anchor.pages",
        root.resolve("pages").toString(),
        "audit.anchor.every",
        "1s",
        "audit.anchor.witness-every",
        "1s",
        "audit.anchor.pages-every",
        "1s",
        "audit.anchor.witness",
        "http://127.0.0.1:" + port,
        "audit.anchor.witness-key",
        witness.line());
  }

  private WitnessServer witness(Ed25519Signer key, int port) throws IOException {
    return new WitnessServer(
        new Witness(root.resolve("witness"), WITNESS, key, List.of(key()), clock),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The key that an auditor was given at the installation. */
  private VerifierKey key() throws IOException {
    return OwnTrust.of(log, List.of()).trusted().getFirst();
  }

  private long minimum() throws IOException {
    return LogReader.newest(new ReadOnlyDisk(log)).minimum();
  }

  private static Region home(PalisadeServer server) {
    return server.regions().home();
  }

  private static List<AnchorState> states(PalisadeServer server) {
    return server.auditCare().anchoring().states(home(server));
  }

  private static AnchorState state(PalisadeServer server, String kind) {
    return states(server).stream()
        .filter(state -> state.kind().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  private void append(PalisadeServer server, int events) {
    for (int i = 0; i < events; i++) {
      home(server)
          .trail()
          .offer(Cause.system(clock.instant()).event("node.join", new Target("node", "n" + i)));
    }
    AuditLeaves.catchUp(server);
  }

  private static void job(PalisadeServer server, String name) {
    server.jobs().jobs().stream()
        .filter(job -> job.name().equals(name))
        .forEach(job -> job.work().run());
  }

  private static JsonNode awaitEvent(PalisadeServer server, String type) {
    return Awaitility.await(type)
        .atMost(PATIENCE)
        .until(
            () ->
                AuditLeaves.from(server, firstKept(server)).stream()
                    .filter(event -> event.path("type").asText().equals(type))
                    .toList(),
            found -> !found.isEmpty())
        .getLast();
  }

  private static long firstKept(PalisadeServer server) throws IOException {
    return LogReader.newest(new ReadOnlyDisk(server.audit().of(home(server)).folder())).minimum();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  private static void deleteTree(Path folder) throws IOException {
    DurableFiles.deleteTree(folder);
  }
}
