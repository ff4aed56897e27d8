package im.palisade.server.closing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.audit.Cause;
import im.palisade.server.store.Region;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Apps that are closed, taken back, and removed. */
class AppRemovalTest {
  /** Tables an app's removal leaves alone, and why. */
  private static final Map<String, String> LEFT =
      Map.ofEntries(
          Map.entry("account", "goes with its erasure"),
          Map.entry("conversation", "goes when it is empty"),
          Map.entry("app", "keeps that the SDKAppID is taken"),
          Map.entry("app_key", "goes with the app"),
          Map.entry("app_administrator", "goes with the app"),
          Map.entry("app_settings_change", "goes with the app"),
          Map.entry("app_tag", "goes with the app"),
          Map.entry("app_closing", "goes with the app"),
          Map.entry("administrator_grant", "goes with the app"),
          Map.entry("administrator", "of the installation"),
          Map.entry("administrator_recovery", "of the installation"),
          Map.entry("administrator_role", "of the installation"),
          Map.entry("console_failure", "of the installation"),
          Map.entry("console_session", "of the installation"),
          Map.entry("audit_erasure", "says what is still to be made unreadable"),
          Map.entry("audit_outbox", "waits for the audit log"),
          Map.entry("callback_lease", "of the installation"),
          Map.entry("commit_feed", "names no content and lasts a day"),
          Map.entry("statistic_pending", "is summed up within seconds"),
          Map.entry("schema_fingerprint", "the schema's own"),
          Map.entry("DATABASECHANGELOG", "the schema's own"),
          Map.entry("DATABASECHANGELOGLOCK", "the schema's own"));

  private final TestApp app = TestServer.shared().newApp();
  private final AppService apps = app.server().apps();
  private final Region region = app.server().regions().home();
  private final TestConsole console = TestConsole.superAdministrator();

  @Test
  void everyTableIsEmptiedOrLeftForAReason() {
    Set<String> known = new TreeSet<>(LEFT.keySet());
    known.addAll(AppRemovalStore.OF_CONVERSATIONS.keySet());
    known.addAll(AppRemovalStore.OF_ACCOUNTS.keySet());
    known.addAll(AppRemovalStore.OF_APPS);
    assertEquals(
        known,
        new TreeSet<>(
            texts(
                "SELECT table_name FROM information_schema.tables WHERE table_schema ="
                    + " DATABASE()")));
  }

  @Test
  void onlyASuspendedAppIsClosedByItsNameAndItCanBeTakenBack() {
    String path = "/apps/" + app.appId();
    String name = "{\"name\":\"" + app.app().name() + "\"}";
    console.post(path + "/close", name).refused("conflict");
    console.post(path + "/suspend", "{}").ok();
    console.post(path + "/close", "{\"name\":\"another\"}").refused("invalid");
    console.post(path + "/close", "{\"name\":\"\"}").refused("invalid");
    Instant purgeAt =
        Instant.parse(console.post(path + "/close", name).ok().body().path("purgeAt").asText());
    assertTrue(purgeAt.isAfter(Instant.now().plus(AppService.GRACE).minusSeconds(60)));
    console.post(path + "/resume", "{}").refused("conflict");
    console.post(path + "/suspend", "{}").refused("conflict");
    console.post(path + "/close", name).refused("conflict");
    assertEquals(
        60016, app.rest("im_open_login_svc/account_check", "{}").path("ErrorCode").asInt());
    assertEquals("closed", console.get(path).ok().body().at("/app/status").asText());
    assertFalse(apps.due(Instant.now()).contains(app.app()));
    assertTrue(apps.due(purgeAt).contains(app.app()));
    console.post(path + "/reopen", "{}").ok();
    console.post(path + "/reopen", "{}").refused("conflict");
    assertEquals(App.Status.DISABLED, app.app().status());
    assertFalse(apps.due(purgeAt).contains(app.app()));
    console.post(path + "/resume", "{}").ok();
    assertTrue(app.app().isActive());
  }

  @Test
  void tagsAreKeptAndReplacedAsAWhole() {
    String path = "/apps/" + app.appId();
    console.post(path + "/tags", "{\"tags\":{\"팀\":\"<b>\",\"cost\":\"7\"}}").ok();
    assertEquals("<b>", console.get(path).ok().body().at("/app/tags/팀").asText());
    console.post(path + "/tags", "{\"tags\":{\" \":\"x\"}}").refused("invalid");
    console
        .post(path + "/tags", "{\"tags\":{\"n\":\"" + "x".repeat(101) + "\"}}")
        .refused("invalid");
    console
        .post(path + "/tags", "{\"tags\":{\"" + "x".repeat(51) + "\":\"x\"}}")
        .refused("invalid");
    assertEquals(2, console.get(path).ok().body().at("/app/tags").size());
    console.post(path + "/tags", "{\"tags\":{}}").ok();
    assertEquals(0, console.get(path).ok().body().at("/app/tags").size());
  }

  @Test
  void aRemovedAppLeavesNothingAndItsNumberIsNeverGivenAgain() {
    TestApp other = TestServer.shared().newApp();
    fill(app);
    fill(other);
    long appId = app.appId();
    TestConsole helper = TestConsole.with("help-desk", appId);
    Cause cause = Cause.system(Instant.now());
    apps.setStatus(appId, App.Status.DISABLED, cause);
    App closed = app.app();
    assertTrue(apps.close(appId, cause).isPresent());
    List<String> gone = new ArrayList<>();
    AtomicInteger files = new AtomicInteger();
    AppRemoval removal =
        new AppRemoval(
            app.server().regions(),
            apps,
            (unit, of, account, reference) -> gone.add(reference),
            _ -> files.incrementAndGet(),
            Clock.systemUTC());
    int conversations = count("SELECT COUNT(*) FROM conversation WHERE app_id = " + other.appId());
    // No time at all: nothing is finished, and the next run goes on.
    assertFalse(removal.remove(closed, Duration.ofSeconds(-1)));
    assertTrue(apps.find(appId).isPresent());
    assertTrue(removal.remove(closed, Duration.ofMinutes(1)));
    assertEquals(3, gone.size(), "administrator, mia, noah");
    assertTrue(gone.getFirst().startsWith("usr_"));
    assertEquals(1, files.get());
    for (String table :
        texts(
            "SELECT table_name FROM information_schema.columns"
                + " WHERE table_schema = DATABASE() AND column_name = 'app_id'"
                + " AND table_name NOT IN ('app', 'audit_erasure')")) {
      assertEquals(0, count("SELECT COUNT(*) FROM " + table + " WHERE app_id = " + appId), table);
    }
    assertTrue(apps.find(appId).isEmpty());
    assertEquals("not-found", console.get("/apps/" + appId).error());
    assertEquals(0, helper.get("/session").ok().body().at("/me/rights").size());
    assertEquals(
        conversations, count("SELECT COUNT(*) FROM conversation WHERE app_id = " + other.appId()));
    try (TestUser mia = other.login("mia")) {
      mia.settle();
    }
    assertTrue(TestServer.shared().newApp().appId() > appId);
    assertEquals(1, count("SELECT COUNT(*) FROM app WHERE app_id = " + appId + " AND name = ''"));
    AuditLeaves.await(app, "app.purge", leaf -> true);
  }

  private static void fill(TestApp app) {
    app.withUsers("mia", "noah");
    app.rest(
        "sns/friend_add",
        "{\"From_Account\":\"mia\",\"AddFriendItem\":[{\"To_Account\":\"noah\","
            + "\"AddSource\":\"AddSource_Type_x\"}]}");
    app.rest(
        "group_open_http_svc/create_group",
        "{\"Type\":\"Public\",\"Name\":\"g\",\"Owner_Account\":\"mia\"}");
    app.rest(
        "openconfigsvr/setnospeaking", "{\"Set_Account\":\"noah\",\"C2CmsgNospeakingTime\":60}");
    try (TestUser mia = app.login("mia", "android", "d")) {
      mia.send("noah", 1, "hello");
    }
  }

  private List<String> texts(String sql) {
    return region.read(
        connection -> {
          try (var statement = connection.createStatement();
              ResultSet rows = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
              texts.add(rows.getString(1));
            }
            return texts;
          }
        });
  }

  private int count(String sql) {
    return Integer.parseInt(texts(sql).getFirst());
  }
}
