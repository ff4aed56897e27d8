package im.palisade.server.audit;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.client.ImClient;
import im.palisade.server.admin.identity.Totp;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestConsole.Answer;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.awaitility.Awaitility;

/**
 * Somebody uses every call of the console that leaves a record, once and with success, in an app of
 * their own; what each left in the log is gathered by call.
 */
final class ConsoleTour {
  private static final String POST = "POST ";
  private static final String GET = "GET ";
  private static final String EMPTY = "{}";
  private static final String PASSWORD = TestConsole.PASSWORD;
  private static final String OTHER_PASSWORD = "another horse battery";
  private static final String SPAN =
      "\"from\":\"2020-01-01T00:00:00Z\",\"to\":\"2120-01-01T00:00:00Z\"";

  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah", "olga");
  private final TestConsole console = TestConsole.with("super", 0);
  private final Map<String, Set<String>> written = new TreeMap<>();
  private final String name;
  private String me = "";

  private ConsoleTour() {
    name = console.get("/account").ok().body().path("name").asText();
  }

  /** Types of events by call, as {@code POST /apps/{app}/rename}. */
  static Map<String, Set<String>> make() {
    ConsoleTour tour = new ConsoleTour();
    tour.apps();
    tour.users();
    tour.groupsAndMessages();
    tour.webhooks();
    tour.moderation();
    tour.auditLog();
    tour.administrators();
    tour.ownAccount();
    tour.sessions();
    return tour.written;
  }

  private void apps() {
    JsonNode rename = post("/apps/{app}/rename", 0, "{\"name\":\"renamed\"}");
    assert rename != null;
    me =
        AuditLeaves.await(app, "app.update", event -> channel(event).equals("console"))
            .at("/actor/ref")
            .asText();
    post("/apps", 0, "{\"name\":\"n\"}");
    long key = app.app().keys().getFirst().id();
    post("/apps/{app}/keys", 0, EMPTY);
    post("/apps/{app}/keys/{id}/retire", key, EMPTY);
    post("/apps/{app}/rest-administrators/add", 0, "{\"user\":\"noah\"}");
    post("/apps/{app}/rest-administrators/remove", 0, "{\"user\":\"noah\"}");
    post("/apps/{app}/settings", 0, "{\"values\":{\"msg.recallSeconds\":7}}");
    long change = get("/apps/{app}/settings/history", "").at("/changes/0/id").asLong();
    post("/apps/{app}/settings/undo", 0, "{\"id\":" + change + "}");
    post("/apps/{app}/tags", 0, "{\"tags\":{\"team\":\"a\"}}");
    post("/apps/{app}/suspend", 0, EMPTY);
    post("/apps/{app}/close", 0, "{\"name\":\"renamed\"}");
    post("/apps/{app}/reopen", 0, EMPTY);
    post("/apps/{app}/resume", 0, EMPTY);
    post("/apps/{app}/usersig/make", 0, "{\"user\":\"mia\",\"seconds\":600}");
  }

  private void users() {
    post("/apps/{app}/users/create", 0, "{\"user\":\"neu\",\"nick\":\"N\"}");
    post(
        "/apps/{app}/users/update",
        0,
        "{\"user\":\"neu\",\"values\":{\"Tag_Profile_IM_Nick\":\"M\"}}");
    get("/apps/{app}/users/profile", "?user=mia");
    post("/apps/{app}/users/mute", 0, "{\"user\":\"neu\",\"seconds\":600}");
    try (TestUser web = app.login("mia", "web", "d1")) {
      String session =
          get("/apps/{app}/users/sessions", "?user=mia").at("/sessions/0/session").asText();
      post(
          "/apps/{app}/users/sessions/end",
          0,
          "{\"user\":\"mia\",\"session\":\"" + session + "\"}");
      web.closed();
    }
    try (TestUser web = app.login("mia")) {
      post("/apps/{app}/users/kick", 0, "{\"user\":\"mia\"}");
      web.closed();
    }
    post("/apps/{app}/users/deactivate", 0, "{\"user\":\"neu\"}");
    post("/apps/{app}/users/reactivate", 0, "{\"user\":\"neu\"}");
    post("/apps/{app}/users/delete", 0, "{\"user\":\"neu\"}");
  }

  private void groupsAndMessages() {
    post(
        "/apps/{app}/groups/create",
        0,
        "{\"type\":\"Public\",\"group\":\"g\",\"name\":\"n\",\"owner\":\"mia\"}");
    post("/apps/{app}/groups/members/add", 0, "{\"group\":\"g\",\"users\":[\"noah\",\"olga\"]}");
    post(
        "/apps/{app}/groups/members/mute",
        0,
        "{\"group\":\"g\",\"users\":[\"noah\"],\"seconds\":600}");
    post("/apps/{app}/groups/members/remove", 0, "{\"group\":\"g\",\"users\":[\"olga\"]}");
    post("/apps/{app}/groups/transfer", 0, "{\"group\":\"g\",\"user\":\"noah\"}");
    post("/apps/{app}/groups/update", 0, "{\"group\":\"g\",\"name\":\"m\",\"muteAll\":true}");
    post("/apps/{app}/messages/send", 0, "{\"from\":\"mia\",\"user\":\"noah\",\"text\":\"t\"}");
    String key =
        post(
                "/apps/{app}/messages/of-users",
                0,
                "{\"user\":\"noah\",\"peer\":\"mia\",\"reason\":\"complaint 17\"," + SPAN + "}")
            .at("/messages/0/key")
            .asText();
    post(
        "/apps/{app}/messages/recall",
        0,
        "{\"from\":\"mia\",\"user\":\"noah\",\"key\":\"" + key + "\"}");
    post(
        "/apps/{app}/messages/of-group",
        0,
        "{\"group\":\"g\",\"reason\":\"complaint 17\"," + SPAN + "}");
    post("/apps/{app}/groups/dissolve", 0, "{\"group\":\"g\"}");
    console
        .post(
            path("/apps/{app}/groups/create", 0),
            "{\"type\":\"AVChatRoom\",\"group\":\"live\",\"name\":\"n\",\"owner\":\"mia\"}")
        .ok();
    post("/apps/{app}/rooms/ban", 0, "{\"group\":\"live\",\"users\":[\"noah\"],\"seconds\":600}");
    post("/apps/{app}/rooms/unban", 0, "{\"group\":\"live\",\"users\":[\"noah\"]}");
  }

  private void webhooks() {
    post("/apps/{app}/webhooks", 0, "{\"signed\":true}");
    post("/apps/{app}/webhooks/secrets", 0, "{\"token\":\"secret-token\"}");
    post(
        "/apps/{app}/webhooks/replay",
        0,
        "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-02T00:00:00Z\"}");
  }

  private void moderation() {
    post(
        "/apps/{app}/moderation/words",
        0,
        "{\"words\":[{\"keyword\":\"odd\",\"kind\":\"word\",\"action\":\"mark\"}]}");
    long word = get("/apps/{app}/moderation/words", "?part=odd").at("/words/0/id").asLong();
    post(
        "/apps/{app}/moderation/libraries",
        0,
        "{\"library\":\"block\",\"label\":\"ad\",\"words\":[\"buy\"]}");
    post(
        "/apps/{app}/moderation/libraries/delete",
        0,
        "{\"library\":\"block\",\"words\":[\"buy\"]}");
    try (TestUser user = app.login("mia")) {
      user.send("olga", 1, "something odd");
    }
    long review = get("/apps/{app}/moderation/reviews", "").at("/reviews/0/id").asLong();
    post("/apps/{app}/moderation/reviews/{id}/read", review, "{\"reason\":\"in the queue\"}");
    post("/apps/{app}/moderation/reviews/{id}/decide", review, "{\"state\":\"accepted\"}");
    try (TestUser user = app.login("mia")) {
      TestUser.await(user.client().request("group.join", ImClient.object().put("groupId", "live")));
      TestUser.await(user.client().sendText("GROUPlive", 2, "odd again"));
    }
    long said = get("/apps/{app}/moderation/reviews", "").at("/reviews/0/id").asLong();
    post("/apps/{app}/moderation/reviews/{id}/recall", said, EMPTY);
    post("/apps/{app}/moderation/words/delete", 0, "{\"ids\":[" + word + "]}");
  }

  private void auditLog() {
    get("/audit/entries", "?limit=1");
    get("/audit/proof", "?index=0");
    post("/audit/verify", 0, EMPTY);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> has(POST + "/audit/verify"));
    post(
        "/audit/export",
        0,
        "{\"format\":\"csv\",\"reason\":\"for the yearly audit\",\"query\":{\"limit\":1}}");
  }

  private boolean has(String call) {
    gather(call, verifyFrom);
    return written.get(call).contains("audit.verify");
  }

  private long verifyFrom;

  private void administrators() {
    String other = TestConsole.newName();
    JsonNode made =
        post(
            "/administrators",
            0,
            "{\"name\":\""
                + other
                + "\",\"displayName\":\"d\",\"grants\":[{\"role\":\"auditor\",\"app\":0}]}");
    long id =
        console
            .get("/administrators")
            .ok()
            .body()
            .path("administrators")
            .valueStream()
            .filter(each -> each.path("name").asText().equals(other))
            .findFirst()
            .orElseThrow()
            .path("id")
            .asLong();
    TestConsole browser =
        TestConsole.at(console.url()).signIn(other, made.path("password").asText());
    browser.changePassword(made.path("password").asText(), PASSWORD);
    enrol(browser);
    post("/administrators/{id}/remove-second-factor", id, EMPTY);
    post("/administrators/{id}/rename", id, "{\"displayName\":\"e\"}");
    post("/administrators/{id}/grants", id, "{\"grants\":[{\"role\":\"help-desk\",\"app\":0}]}");
    for (int i = 0; i < 5; i++) {
      tried(other, "wrong password", "wrong-credentials");
    }
    tried(other, PASSWORD, "locked");
    post("/administrators/{id}/unlock", id, EMPTY);
    post("/administrators/{id}/disable", id, EMPTY);
    post("/administrators/{id}/enable", id, EMPTY);
    post("/administrators/{id}/reset-password", id, EMPTY);
    post("/administrators/{id}/delete", id, EMPTY);
    String role =
        "{\"name\":\"" + other + "\",\"description\":\"d\",\"permissions\":[\"users.read\"]";
    String key = post("/roles", 0, role + "}").path("key").asText();
    post("/roles/update", 0, role + ",\"key\":\"" + key + "\"}");
    post("/roles/delete", 0, "{\"key\":\"" + key + "\"}");
  }

  private void ownAccount() {
    byte[] secret =
        base32(console.post("/account/second-factor", EMPTY).ok().body().path("secret").asText());
    post(
        "/account/second-factor/finish",
        0,
        "{\"code\":\"" + Totp.code(secret, Instant.now()) + "\"}");
    post("/account/recovery-codes", 0, EMPTY);
    post("/account/second-factor/remove", 0, EMPTY);
    TestConsole.at(console.url()).signIn(name, PASSWORD);
    long session =
        console
            .get("/account")
            .ok()
            .body()
            .path("sessions")
            .valueStream()
            .filter(each -> !each.path("current").asBoolean())
            .findFirst()
            .orElseThrow()
            .path("id")
            .asLong();
    post("/account/sessions/{id}/end", session, EMPTY);
    post(
        "/account/password",
        0,
        "{\"current\":\"" + PASSWORD + "\",\"password\":\"" + OTHER_PASSWORD + "\"}");
  }

  private void sessions() {
    long from = AuditLeaves.size(app.server());
    TestConsole.at(console.url()).signIn(name, OTHER_PASSWORD);
    gather(POST + "/session", from);
    from = AuditLeaves.size(app.server());
    console.post("/session/confirm", "{\"password\":\"nonsense\"}").refused("wrong-credentials");
    gather(POST + "/session/confirm", from);
    post("/session/confirm", 0, "{\"password\":\"" + OTHER_PASSWORD + "\"}");
    post("/session/end", 0, EMPTY);
  }

  /** A sign-in that is refused. */
  private void tried(String who, String password, String refusal) {
    long from = AuditLeaves.size(app.server());
    TestConsole.at(console.url())
        .post("/session", TestConsole.signInBody(who, password, Optional.empty()))
        .refused(refusal);
    AuditLeaves.catchUp(app.server());
    AuditLeaves.from(app.server(), from).stream()
        .filter(event -> channel(event).equals("console"))
        .map(event -> event.path("type").asText())
        .filter(type -> type.startsWith("auth.admin.lo"))
        .forEach(
            type -> written.computeIfAbsent(POST + "/session", _ -> new TreeSet<>()).add(type));
  }

  private static void enrol(TestConsole browser) {
    byte[] secret =
        base32(browser.post("/account/second-factor", EMPTY).ok().body().path("secret").asText());
    browser
        .post(
            "/account/second-factor/finish",
            "{\"code\":\"" + Totp.code(secret, Instant.now()) + "\"}")
        .ok();
  }

  private JsonNode post(String template, long id, String body) {
    long from = AuditLeaves.size(app.server());
    verifyFrom = from;
    Answer answer = console.post(path(template, id), body);
    return gathered(POST + template, from, answer);
  }

  private JsonNode get(String template, String query) {
    long from = AuditLeaves.size(app.server());
    return gathered(GET + template, from, console.get(path(template, 0) + query));
  }

  private JsonNode gathered(String call, long from, Answer answer) {
    if (answer.status() >= 300) {
      throw new AssertionError(call + ": " + answer.status() + " " + answer.body());
    }
    gather(call, from);
    return answer.body();
  }

  /** What this administrator, or anything in this app, left since. */
  private void gather(String call, long from) {
    AuditLeaves.catchUp(app.server());
    Set<String> types = written.computeIfAbsent(call, _ -> new TreeSet<>());
    for (JsonNode event : AuditLeaves.from(app.server(), from)) {
      boolean ours =
          event.path("app").asText().equals(Long.toString(app.appId()))
              || me.isEmpty()
              || event.at("/actor/ref").asText().equals(me);
      if (ours) {
        types.add(event.path("type").asText());
      }
    }
  }

  private String path(String template, long id) {
    return template.replace("{app}", Long.toString(app.appId())).replace("{id}", Long.toString(id));
  }

  private static String channel(JsonNode event) {
    return event.at("/source/channel").asText();
  }

  private static byte[] base32(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int bits = 0;
    int held = 0;
    for (int i = 0; i < text.length(); i++) {
      held = held << 5 | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(text.charAt(i));
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes.write(held >> bits);
        held &= (1 << bits) - 1;
      }
    }
    return bytes.toByteArray();
  }
}
