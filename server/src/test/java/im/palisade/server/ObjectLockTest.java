package im.palisade.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyOptions;
import im.palisade.compliance.verify.VerifyReport;
import im.palisade.server.auditlog.care.AnchorState;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.Certificates;
import im.palisade.server.security.OutgoingTls;
import im.palisade.server.security.OutgoingTls.Verification;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.MovedClock;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestObjectStore;
import im.palisade.server.testing.TestObjectStore.Fault;
import im.palisade.server.testing.TestObjectStore.Stored;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A server anchors its log in a bucket that fails in every way before it does not. */
class ObjectLockTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String KIND = "object-lock";

  private final Path root = TestDatabase.newDirectory();
  private final Path data = root.resolve("data");
  private final Path log = data.resolve("audit/default");
  private final MovedClock clock = new MovedClock();

  @Test
  void aCheckpointIsAnchoredOnlyOnceTheBucketSaysThatItIsLocked() throws Exception {
    Map<Fault, String> faults = new LinkedHashMap<>();
    faults.put(Fault.FORBIDDEN, "403 AccessDenied");
    faults.put(Fault.BROKEN, "500 InternalError");
    faults.put(Fault.LOCK_REFUSED, "400 InvalidRequest");
    faults.put(Fault.NO_VERSIONS, "keeps no versions");
    faults.put(Fault.LOCK_IGNORED, "does not say that it is locked");
    faults.put(Fault.LOCK_NOT_FOR_ALL, "does not say that it is locked");
    faults.put(Fault.LOCK_TOO_SHORT, "does not say that it is locked");
    faults.put(Fault.OTHER_BYTES, "gives back something else");
    try (TestObjectStore store =
        new TestObjectStore(tls(Certificates.ec()), "AKIDTEST", "s3cret/+", "eu-1", clock)) {
      store.fails(Fault.FORBIDDEN);
      try (PalisadeServer server = TestServer.start(data, settings(store), clock)) {
        TestConsole.createFirst(server, "keeper");
        int failures = 0;
        for (Map.Entry<Fault, String> fault : faults.entrySet()) {
          store.fails(fault.getKey());
          failed(server, ++failures, fault.getValue());
        }
        store.fails(Fault.NONE);
        store.comeBack(tls(Certificates.otherEc()));
        failed(server, ++failures, "certif");
        store.comeBack(tls(Certificates.ec()));

        store.hold();
        clock.advance(Duration.ofHours(2));
        Awaitility.await().atMost(PATIENCE).until(store::isAsked);
        notAnchored(server, failures);
        store.letGo();
        Awaitility.await().atMost(PATIENCE).until(() -> state(server).size() > 0);
        anchored(server, store);
      }
      VerifierKey key = VerifierKey.parse(command("keys").lines().findFirst().orElseThrow());
      VerifyReport report = LogVerifier.verify(log, VerifyOptions.trusting(List.of(key)));
      assertEquals(0, report.exitCode(), report::text);
    }
  }

  private void failed(PalisadeServer server, int failures, String problem) throws IOException {
    clock.advance(Duration.ofHours(2));
    Awaitility.await().atMost(PATIENCE).until(() -> state(server).failures() == failures);
    assertTrue(state(server).problem().contains(problem), state(server)::toString);
    JsonNode event =
        Awaitility.await(problem)
            .atMost(PATIENCE)
            .until(() -> events(server, "audit.anchor.failed"), found -> found.size() == failures)
            .getLast();
    assertEquals("failure", event.at("/outcome/result").asText());
    assertEquals(KIND, event.at("/target/1/id").asText());
    assertEquals(failures, event.at("/change/after/failures").asInt());
    assertTrue(event.at("/change/after/problem").asText().contains(problem), event::toString);
    assertFalse(event.toString().contains("s3cret"), event::toString);
    notAnchored(server, failures);
  }

  private void notAnchored(PalisadeServer server, int failures) throws IOException {
    assertEquals(Optional.empty(), state(server).anchoredAt());
    assertEquals(List.of(), events(server, "audit.anchor"));
    assertEquals(List.of(), receipts());
    JsonNode shown = shown(server);
    assertEquals(failures, shown.path("failures").asInt(), shown::toString);
    assertFalse(shown.has("anchoredAt"), shown::toString);
    assertFalse(shown.path("problem").asText().isEmpty(), shown::toString);
    JsonNode kept = status().path("anchors").path(0);
    assertEquals(0, kept.path("size").asLong(), kept::toString);
    assertEquals(failures, kept.path("failures").asInt(), kept::toString);
  }

  private void anchored(PalisadeServer server, TestObjectStore store) throws IOException {
    AnchorState state = state(server);
    JsonNode event =
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> events(server, "audit.anchor"), found -> found.size() == 1)
            .getLast();
    assertEquals(state.size(), event.at("/change/after/size").asLong());
    assertEquals(store.url() + "/audit", event.at("/change/after/place").asText());
    assertEquals(0, state.failures());
    Path receipt = log.resolve("1/anchors/" + state.size() + "/" + KIND);
    assertEquals(List.of(receipt), receipts());
    JsonNode kept = Json.mapper().readTree(receipt.toFile());
    String place = kept.path("place").asText();
    String path = "/audit/" + state.origin() + "/" + state.size() + "?";
    Map.Entry<String, Stored> stored =
        store.objects().entrySet().stream()
            .filter(each -> each.getKey().startsWith(path))
            .max(Map.Entry.comparingByKey())
            .orElseThrow();
    String version = stored.getKey().substring(path.length());
    assertEquals(
        store.url()
            + path
            + "versionId="
            + version.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
        place);
    assertEquals(
        Files.readString(log.resolve("1/checkpoints/" + state.size())), stored.getValue().text());
    assertEquals("COMPLIANCE", stored.getValue().mode());
    Instant until = clock.instant().plus(Duration.ofDays(500));
    assertTrue(
        Math.abs(ChronoUnit.MINUTES.between(until, stored.getValue().until())) < 5,
        stored.getValue()::toString);
    JsonNode shown = shown(server);
    assertEquals(state.size(), shown.path("size").asLong(), shown::toString);
    assertTrue(shown.has("anchoredAt") && !shown.has("problem"), shown::toString);
    JsonNode said = status().path("anchors").path(0);
    assertEquals(state.size(), said.path("size").asLong(), said::toString);
    assertEquals(0, said.path("failures").asInt(), said::toString);
  }

  /** What the console shows; the clock runs past any session. */
  private static JsonNode shown(PalisadeServer server) {
    return TestConsole.at(server.facts().consoleUrl())
        .signIn("keeper", TestConsole.PASSWORD)
        .get("/audit/care")
        .ok()
        .body()
        .at("/logs/0/anchors/0");
  }

  private Map<String, String> settings(TestObjectStore store) throws IOException {
    Path secret = root.resolve("secret");
    Files.writeString(secret, "s3cret/+\n");
    Path authority = root.resolve("authority.pem");
    Certificates.ec().write(authority, root.resolve("key.pem"));
    return Map.of(
        "audit.anchor.every", "1s",
        "audit.anchor.s3.bucket", store.url() + "/audit/",
        "audit.anchor.s3.region", "eu-1",
        "audit.anchor.s3.access-key", "AKIDTEST",
        "audit.anchor.s3.secret-file", secret.toString(),
        "audit.anchor.s3.authorities", authority.toString(),
        "audit.anchor.s3.lock-for", "500d");
  }

  private SSLContext tls(Certificates.Identity identity) throws IOException {
    Path certificate = root.resolve("store.pem");
    Path key = root.resolve("store-key.pem");
    identity.write(certificate, key);
    return OutgoingTls.context(
        Optional.empty(),
        Optional.of(Files.readString(certificate) + Files.readString(key)),
        Verification.ON);
  }

  private List<Path> receipts() throws IOException {
    Path anchors = log.resolve("1/anchors");
    if (!Files.exists(anchors)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(anchors)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private JsonNode status() throws IOException {
    return Json.mapper().readTree(command("status", "--json"));
  }

  private String command(String... arguments) {
    List<String> all = new ArrayList<>(List.of("audit"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--data", data.toString()));
    StringWriter out = new StringWriter();
    int exit =
        Palisade.commandLine()
            .setOut(new PrintWriter(out, true))
            .execute(all.toArray(String[]::new));
    assertEquals(0, exit, out::toString);
    return out.toString();
  }

  private static AnchorState state(PalisadeServer server) {
    return server.auditCare().anchoring().states(server.regions().home()).getFirst();
  }

  private static List<JsonNode> events(PalisadeServer server, String type) {
    return AuditLeaves.all(server).stream()
        .filter(event -> event.path("type").asText().equals(type))
        .toList();
  }
}
