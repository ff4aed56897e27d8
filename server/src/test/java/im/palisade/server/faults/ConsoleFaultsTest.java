package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.audit.AuditEventType;
import im.palisade.server.PalisadeServer;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.testing.LoggedErrors;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestConsole.Answer;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * The console while the audit log cannot take records: what must be on record is refused with the
 * reason, and nothing has changed.
 */
class ConsoleFaultsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path root = TestDatabase.newDirectory();
  private final Path logs = root.resolve("logs");

  @Test
  void whatCannotBeRecordedIsNotDone() throws IOException {
    LoggedErrors.expect("the audit log cannot be written");
    LoggedErrors.expect("the audit log stopped");
    LoggedErrors.expect("the audit spill journal cannot be written");
    try (PalisadeServer server = TestServer.start(root.resolve("data"), settings())) {
      TestApp app = DatabaseRestartTest.trial(server).withUsers("mia", "noah");
      TestConsole.createFirst(server, "first");
      TestConsole console =
          TestConsole.at(server.facts().consoleUrl()).signIn("first", TestConsole.PASSWORD);
      Map<String, String> acts = acts(prepare(console, app));
      Map<String, JsonNode> before = seen(console, app);
      Files.move(logs, root.resolve("logs-away"));
      Files.writeString(logs, "not a folder");
      // Needs no record at once, and so finds out.
      console.post(of(app, "/users/mute"), "{\"user\":\"mia\",\"seconds\":60}").ok();
      Awaitility.await().atMost(PATIENCE).until(() -> server.audit().problem().isPresent());
      acts.forEach((path, body) -> refused(console.post(path, body)));
      refused(console.get(of(app, "/users/profile?user=mia")));
      assertEquals(before, seen(console, app));
      assertEquals(failClosed(server), numbersOut(acts.keySet()));
      Files.delete(logs);
      Files.move(root.resolve("logs-away"), logs);
      Awaitility.await().atMost(PATIENCE).until(() -> server.audit().problem().isEmpty());
      console.post(of(app, "/rename"), "{\"name\":\"after\"}").ok();
    }
  }

  private Map<String, String> settings() {
    return Map.of(
        "audit.directory",
        logs.toString(),
        "audit.spill.directory",
        root.resolve("spill").toString(),
        "audit.spill.max",
        "1ms");
  }

  private static void refused(Answer answer) {
    assertEquals("unavailable", answer.error(), answer.body()::toString);
    assertEquals("not-on-record", answer.body().path("reason").asText(), answer.body()::toString);
  }

  /** What the acts are about. */
  private record Prepared(
      TestApp app, String role, long second, long key, long change, long word) {}

  private static Prepared prepare(TestConsole console, TestApp app) {
    JsonNode role =
        console
            .post(
                "/roles", "{\"name\":\"r\",\"description\":\"d\",\"permissions\":[\"apps.read\"]}")
            .ok()
            .body();
    JsonNode second =
        console
            .post(
                "/administrators",
                "{\"name\":\"second\",\"displayName\":\"S\",\"grants\":[{\"role\":\"auditor\",\"app\":0}]}")
            .ok()
            .body();
    console.post(of(app, "/settings"), "{\"values\":{\"msg.recallSeconds\":5}}").ok();
    console.post(of(app, "/rest-administrators/add"), "{\"user\":\"noah\"}").ok();
    JsonNode key = console.post(of(app, "/keys"), "{}").ok().body();
    console
        .post(
            of(app, "/groups/create"),
            "{\"type\":\"Public\",\"name\":\"g\",\"owner\":\"mia\",\"group\":\"g1\"}")
        .ok();
    console
        .post(
            of(app, "/moderation/words"),
            "{\"words\":[{\"keyword\":\"w1\",\"kind\":\"word\",\"action\":\"block\"}]}")
        .ok();
    console
        .post(
            of(app, "/moderation/libraries"),
            "{\"library\":\"block\",\"label\":\"abuse\",\"words\":[\"e1\"]}")
        .ok();
    JsonNode words = console.get(of(app, "/moderation/words")).ok().body().path("words");
    JsonNode changes = console.get(of(app, "/settings/history")).ok().body().path("changes");
    return new Prepared(
        app,
        role.path("key").asText(),
        second.path("id").asLong(),
        key.path("id").asLong(),
        changes.path(0).path("id").asLong(),
        words.path(0).path("id").asLong());
  }

  /** Acts with such a record that are not tried here, and why. */
  private static final Map<String, String> OTHERWISE =
      Map.ofEntries(
          Map.entry("/first-administrator", "there is one already"),
          Map.entry("/account/second-factor/finish", "needs a code; see SignInTest"),
          Map.entry("/account/second-factor/remove", "there is none to remove"),
          Map.entry("/account/recovery-codes", "there is no second factor they belong to"),
          Map.entry("/administrators/{id}/remove-second-factor", "there is none to remove"),
          Map.entry("/administrators/{id}/unlock", "nobody is locked out"),
          Map.entry("/administrators/{id}/enable", "nobody is disabled"),
          Map.entry("/apps/{app}/resume", "the app is in service"),
          Map.entry("/apps/{app}/close", "the app is in service"),
          Map.entry("/apps/{app}/reopen", "the app is not closed"),
          Map.entry(
              "/apps/{app}/moderation/reviews/{id}/read",
              "needs a review; reading is recorded as of messages"));

  private static Map<String, String> acts(Prepared on) {
    TestApp app = on.app();
    String second = "/administrators/" + on.second();
    String user = "{\"user\":\"mia\"}";
    String reading =
        "\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-02T00:00:00Z\","
            + "\"reason\":\"case 4711\"}";
    Map<String, String> acts = new LinkedHashMap<>();
    acts.put("/administrators", "{\"name\":\"third\",\"displayName\":\"T\",\"grants\":[]}");
    acts.put(second + "/rename", "{\"displayName\":\"other\"}");
    acts.put(second + "/grants", "{\"grants\":[{\"role\":\"" + on.role() + "\",\"app\":0}]}");
    acts.put(second + "/disable", "{}");
    acts.put(second + "/reset-password", "{}");
    acts.put(second + "/delete", "{}");
    acts.put("/roles", "{\"name\":\"r2\",\"description\":\"d\",\"permissions\":[\"apps.read\"]}");
    acts.put(
        "/roles/update",
        "{\"key\":\""
            + on.role()
            + "\",\"name\":\"r\",\"description\":\"other\",\"permissions\":[\"apps.read\"]}");
    acts.put("/roles/delete", "{\"key\":\"" + on.role() + "\"}");
    acts.put("/apps", "{\"name\":\"another\"}");
    acts.put(of(app, "/rename"), "{\"name\":\"another\"}");
    acts.put(of(app, "/tags"), "{\"tags\":{\"a\":\"b\"}}");
    acts.put(of(app, "/suspend"), "{}");
    acts.put(of(app, "/keys"), "{}");
    acts.put(of(app, "/keys/" + on.key() + "/retire"), "{}");
    acts.put(of(app, "/rest-administrators/add"), user);
    acts.put(of(app, "/rest-administrators/remove"), "{\"user\":\"noah\"}");
    acts.put(of(app, "/settings"), "{\"values\":{\"msg.recallSeconds\":7}}");
    acts.put(of(app, "/settings/undo"), "{\"id\":" + on.change() + "}");
    acts.put(of(app, "/webhooks"), "{\"url\":\"http://127.0.0.1:1/hook\"}");
    acts.put(of(app, "/webhooks/secrets"), "{\"token\":\"a secret to sign with\"}");
    acts.put(of(app, "/users/kick"), user);
    acts.put(of(app, "/users/delete"), user);
    acts.put(of(app, "/usersig/make"), "{\"user\":\"mia\",\"seconds\":3600}");
    acts.put(
        of(app, "/moderation/words"),
        "{\"words\":[{\"keyword\":\"w2\",\"kind\":\"word\",\"action\":\"block\"}]}");
    acts.put(of(app, "/moderation/words/delete"), "{\"ids\":[" + on.word() + "]}");
    acts.put(
        of(app, "/moderation/libraries"),
        "{\"library\":\"block\",\"label\":\"abuse\",\"words\":[\"e2\"]}");
    acts.put(of(app, "/moderation/libraries/delete"), "{\"library\":\"block\",\"words\":[\"e1\"]}");
    acts.put(of(app, "/messages/of-users"), "{\"user\":\"mia\",\"peer\":\"noah\"," + reading);
    acts.put(of(app, "/messages/of-group"), "{\"group\":\"g1\"," + reading);
    acts.put("/audit/rotate-key", "{}");
    acts.put(
        "/audit/export",
        "{\"query\":{\"type\":[],\"outcome\":[],\"severity\":[]},\"format\":\"jsonl\",\"reason\":\"case"
            + " 4711\"}");
    return acts;
  }

  private static String of(TestApp app, String path) {
    return "/apps/" + app.appId() + path;
  }

  /** The acts of which a record must be there, by what is declared. */
  private static Set<String> failClosed(PalisadeServer server) {
    Set<String> paths = new TreeSet<>();
    for (AdminEndpoint<?, ?> endpoint : server.adminTable().all()) {
      if (endpoint.method() == AdminEndpoint.Method.POST
          && endpoint.audit() instanceof AuditDeclaration.Records records
          && records.types().stream().anyMatch(AuditEventType::failClosed)) {
        paths.add(endpoint.path().replaceAll("\\{(app|id)\\}", "N"));
      }
    }
    OTHERWISE.keySet().forEach(path -> paths.remove(path.replaceAll("\\{(app|id)\\}", "N")));
    return paths;
  }

  private static Set<String> numbersOut(Set<String> paths) {
    return paths.stream()
        .map(path -> path.replaceAll("/[0-9]+", "/N"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What an administrator can see without a record of it. */
  private static Map<String, JsonNode> seen(TestConsole console, TestApp app) {
    Map<String, JsonNode> seen = new TreeMap<>();
    for (String path :
        List.of(
            "/apps",
            "/apps/{app}",
            "/apps/{app}/settings",
            "/apps/{app}/webhooks",
            "/apps/{app}/moderation/words",
            "/apps/{app}/moderation/libraries?library=block",
            "/apps/{app}/users",
            "/apps/{app}/groups",
            "/administrators",
            "/roles")) {
      seen.put(path, console.get(path.replace("{app}", Long.toString(app.appId()))).ok().body());
    }
    return seen;
  }
}
