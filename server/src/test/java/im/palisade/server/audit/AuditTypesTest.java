package im.palisade.server.audit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.client.ImLogin;
import im.palisade.compliance.audit.AuditEventCatalogue;
import im.palisade.compliance.audit.AuditEventType;
import im.palisade.server.PalisadeServer;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.app.App;
import im.palisade.server.callback.CallbackSecrets;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.security.VerificationKey;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Every type of event there is: which door of this server writes it, or why none does yet. */
class AuditTypesTest {
  /** Written by what the test does to an app of its own. */
  private static final Map<String, Consumer<TestApp>> DONE_HERE = new LinkedHashMap<>();

  /** Written when a server starts; the shared one has. */
  private static final Set<String> AT_START =
      Set.of(
          "audit.writer.start",
          "node.join",
          "software.install",
          "migration.run",
          "key.create",
          "config.change",
          "config.authpolicy.set",
          "config.callback.set");

  /** Seen by another test, named by its class. */
  private static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          Map.entry("app.close", "closing.AppRemovalTest"),
          Map.entry("app.purge", "closing.AppRemovalTest"),
          Map.entry("audit.spill", "faults.AuditLogFaultsTest"),
          Map.entry("audit.writer.stop", "faults.AuditLogFaultsTest"),
          Map.entry("node.leave", "faults.AuditLogFaultsTest"),
          Map.entry("config.audit.set", "faults.AuditLogFaultsTest"),
          Map.entry("config.ratelimit.set", "faults.AuditLogFaultsTest"),
          Map.entry("erasure.key.destroy", "auditlog.AuditJobsTest"),
          Map.entry("time.jump", "auditlog.ClockWatchTest"),
          Map.entry("retention.run", "message.RoamingRetentionTest"),
          Map.entry("retention.run.failed", "auditlog.JobFailuresTest"),
          Map.entry("export.download", "archive.ArchiveRestTest"),
          Map.entry("message.sent_as_other", "faults.AuditLogFaultsTest"),
          Map.entry("message.blocked", "callback.BlockedMessagesTest"),
          Map.entry("rest.ratelimited", "account.LimitedCallsTest"),
          Map.entry("callback.dropped", "callback.GivenUpTest"),
          Map.entry("auth.admin.session_expired", "admin.SignInTest"),
          Map.entry("content.denied", "admin.AccessMatrixTest"),
          Map.entry("audit.anchor", "auditlog.AuditCareTest"),
          Map.entry("audit.anchor.failed", "auditlog.AuditCareTest"),
          Map.entry("audit.prune", "auditlog.AuditCareTest"),
          Map.entry("audit.verify.failed", "auditlog.AuditCareTest"),
          Map.entry("shell.command", "auditlog.AuditCareTest"),
          Map.entry("backup.complete", "AuditCommandsTest"),
          Map.entry("backup.failed", "AuditCommandsTest"),
          Map.entry("audit.export", "AuditCommandsTest"),
          Map.entry("restore.run", "faults.BackupTest"),
          Map.entry("config.tls.set", "auditlog.StartRecordsTest"),
          Map.entry("config.allowlist.set", "auditlog.StartRecordsTest"));

  /** Not caused by this server yet, and why. */
  private static final Map<String, List<String>> NOT_YET =
      Map.ofEntries(
          Map.entry(
              "administrators have passwords and second factors, and nothing else to sign in by",
              List.of("auth.breakglass.used", "auth.sso.rejected", "admin.credential.revoke")),
          Map.entry(
              "access reviews and approvals by a second person are not built",
              List.of("admin.review.decide", "admin.approval.request", "admin.approval.decide")),
          Map.entry("the console masks no field", List.of("content.unmask")),
          Map.entry(
              "there is no such act on apps and accounts yet",
              List.of(
                  "app.signkey.rotate",
                  "config.baseline.approve",
                  "config.feature.toggle",
                  "config.push.set",
                  "file.blocked",
                  "file.delete")),
          Map.entry(
              "segments are not moved to an archive, and nobody signs off reviews",
              List.of("audit.archive", "audit.review.signoff")),
          Map.entry(
              "cases, holds, exports and deliveries are not built",
              List.of(
                  "case.open",
                  "case.update",
                  "case.close",
                  "hold.place",
                  "hold.update",
                  "hold.release",
                  "hold.prevented",
                  "hold.notice",
                  "export.request",
                  "export.approve",
                  "export.complete",
                  "export.destroy",
                  "archive.delivery",
                  "archive.delivery.failed",
                  "retention.policy.set",
                  "retention.refused")),
          Map.entry(
              "requests of persons and their registers are not built",
              List.of(
                  "dsr.receive",
                  "dsr.identity",
                  "dsr.decide",
                  "dsr.complete",
                  "erasure.run",
                  "erasure.verify",
                  "consent.record",
                  "consent.withdraw",
                  "notice.publish",
                  "disclosure.record",
                  "register.change")),
          Map.entry(
              "an installation has one region, so nothing crosses a border",
              List.of(
                  "residency.policy.set",
                  "residency.allow",
                  "residency.deny",
                  "residency.violation",
                  "transfer.expire")),
          Map.entry(
              "keys of tenants are not built",
              List.of("key.rotate", "key.state", "key.destroy", "key.denied")),
          Map.entry(
              "one node; upgrades and support bundles are scripts of the installation beside the"
                  + " server",
              List.of(
                  "node.denied",
                  "software.integrity.failed",
                  "failover.run",
                  "drill.record",
                  "maintenance.open",
                  "maintenance.close",
                  "support.bundle")),
          Map.entry(
              "detections, incidents, evidence and findings are not built",
              List.of(
                  "detection.hit",
                  "detection.handled",
                  "incident.open",
                  "incident.update",
                  "incident.notify",
                  "incident.close",
                  "vulnerability.finding",
                  "evidence.result",
                  "evidence.pack",
                  "attestation.sign",
                  "exception.accept",
                  "finding.open",
                  "finding.close")));

  private final TestServer server = TestServer.shared();

  static {
    DONE_HERE.put("app.create", app -> {});
    DONE_HERE.put("app.signkey.create", app -> {});
    DONE_HERE.put("app.admin.set", app -> {});
    DONE_HERE.put(
        "app.update",
        app -> app.server().apps().changeSettings(app.appId(), settings -> settings, cause()));
    DONE_HERE.put("auth.user.login", AuditTypesTest::logInAndOut);
    DONE_HERE.put("auth.user.logout", app -> {});
    DONE_HERE.put("auth.usersig.rejected", app -> refused(app, "mia", "bad"));
    DONE_HERE.put(
        "auth.api.rejected",
        app ->
            app.call(
                app.query(app.administrator(), "bad"), "im_open_login_svc/account_check", "{}"));
    DONE_HERE.put("rest.denied", app -> app.restAs("mia", "im_open_login_svc/account_check", "{}"));
    DONE_HERE.put(
        "rest.bulk",
        app ->
            app.withUsers(IntStream.range(0, 100).mapToObj(i -> "u" + i).toArray(String[]::new)));
    DONE_HERE.put(
        "app.signkey.disable",
        app -> {
          var apps = app.server().apps();
          var key =
              apps.addKey(app.appId(), new VerificationKey.Hmac("another-secret-text"), cause());
          apps.retireKey(app.appId(), key.id(), cause());
        });
    DONE_HERE.put(
        "callback.replay",
        app -> {
          Instant now = Instant.now();
          app.server().webhooks().replay(app.app(), now.minusSeconds(1), now, cause());
        });
    DONE_HERE.put(
        "config.callback.secret",
        app -> app.server().webhooks().setSecrets(app.app(), CallbackSecrets.NONE, cause()));
    DONE_HERE.put(
        "app.suspend",
        app -> app.server().apps().setStatus(app.appId(), App.Status.DISABLED, cause()));
    DONE_HERE.put("auth.user.login_failed", app -> refused(app, "mia", app.sig("mia")));
    DONE_HERE.put(
        "app.resume",
        app -> app.server().apps().setStatus(app.appId(), App.Status.ACTIVE, cause()));
  }

  @Test
  void everyTypeHasADoorOrAReason() {
    List<String> named = new ArrayList<>();
    named.addAll(DONE_HERE.keySet());
    named.addAll(AT_START);
    named.addAll(ELSEWHERE.keySet());
    NOT_YET.values().forEach(named::addAll);
    Set<String> declared = declared();
    declared.removeAll(named);
    named.addAll(declared);
    assertEquals(named.size(), Set.copyOf(named).size(), "named twice");
    assertEquals(
        AuditEventCatalogue.shipped().all().stream()
            .map(AuditEventType::id)
            .collect(Collectors.toCollection(TreeSet::new)),
        new TreeSet<>(named));
    for (String test : ELSEWHERE.values()) {
      assertDoesNotThrow(() -> Class.forName("im.palisade.server." + test), test);
    }
  }

  @Test
  void whatIsDoneToAnAppIsOnRecord() {
    TestApp app = server.newApp().withUsers("mia");
    DONE_HERE.values().forEach(act -> act.accept(app));
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              Set<String> missing = new TreeSet<>(DONE_HERE.keySet());
              missing.removeAll(AuditLeaves.types(app));
              assertEquals(Set.of(), missing);
            });
  }

  @Test
  void theStartOfAServerIsOnRecord() {
    PalisadeServer running = server.server();
    AuditLeaves.catchUp(running);
    Set<String> first = new TreeSet<>();
    AuditLeaves.all(running).stream()
        .limit(200)
        .forEach(event -> first.add(event.path("type").asText()));
    assertTrue(first.containsAll(AT_START), first::toString);
  }

  /** By endpoints and the console, which AuditCoverageTest and ConsoleCoverageTest call. */
  private Set<String> declared() {
    return Stream.concat(
            server.server().endpoints().all().stream().map(Endpoint::audit),
            server.server().adminTable().all().stream().map(AdminEndpoint::audit))
        .filter(AuditDeclaration.Records.class::isInstance)
        .flatMap(audit -> ((AuditDeclaration.Records) audit).types().stream())
        .map(AuditEventType::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void logInAndOut(TestApp app) {
    try (TestUser user = app.login("mia")) {
      user.settle();
      TestUser.await(user.client().request("session.logout", Json.object()));
    }
  }

  private static void refused(TestApp app, String userId, String sig) {
    try (TestUser user = TestUser.connect(app.server().facts().imUrl())) {
      TestUser.code(user.client().login(new ImLogin(app.appId(), userId, sig, "web", "d")));
    }
  }

  private static Cause cause() {
    return Cause.system(Instant.now());
  }
}
