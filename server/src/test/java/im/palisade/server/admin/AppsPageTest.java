package im.palisade.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.app.AppSetting;
import im.palisade.server.app.AppSettings;
import im.palisade.server.app.SettingCatalogue;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestConsole.Answer;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Apps, their keys and settings in the console. */
class AppsPageTest {
  private final TestConsole console = TestConsole.superAdministrator();

  @Test
  void aNewAppHasAKeyThatIsShownOnceAndAnAdministrator() {
    JsonNode made = console.post("/apps", "{\"name\":\"Büro <b>\"}").ok().body();
    long id = made.path("app").asLong();
    TestApp app = TestApp.of(TestServer.shared().server(), id, "administrator");
    assertEquals(
        0,
        app.rest("openim/query_online_status", "{\"To_Account\":[\"administrator\"]}")
            .path("ErrorCode")
            .asInt());
    JsonNode detail = console.get("/apps/" + id).ok().body();
    assertEquals("Büro <b>", detail.path("app").path("name").asText());
    assertFalse(detail.toString().contains(made.path("secret").asText()));
  }

  @Test
  void keysRotateWithAnOverlapAndTheLastOneStays() {
    TestApp app = TestServer.shared().newApp();
    long old = app.app().keys().getFirst().id();
    String path = "/apps/" + app.appId() + "/keys";
    console.post(path + "/" + old + "/retire", "{}").refused("conflict");
    JsonNode fresh = console.post(path, "{}").ok().body();
    assertEquals(64, fresh.path("secret").asText().length());
    assertEquals(2, app.app().keys().size());
    console.post(path + "/" + old + "/retire", "{}").ok();
    console.post(path + "/" + old + "/retire", "{}").refused("conflict");
    assertEquals(fresh.path("id").asLong(), app.app().keys().getFirst().id());
  }

  @Test
  void aSuspendedAppsSessionsEndAtOnce() {
    TestApp app = TestServer.shared().newApp();
    try (TestUser user = app.login("mia")) {
      console.post("/apps/" + app.appId() + "/suspend", "{}").ok();
      user.closed();
    }
    assertEquals(
        60016, app.rest("im_open_login_svc/account_check", "{}").path("ErrorCode").asInt());
    console.post("/apps/" + app.appId() + "/resume", "{}").ok();
    assertTrue(app.app().isActive());
  }

  @Test
  void aChangeOfSettingsIsCheckedKeptAndTakenBack() {
    TestApp app = TestServer.shared().newApp();
    String path = "/apps/" + app.appId() + "/settings";
    Answer wrong =
        console
            .post(
                path,
                "{\"values\":{\"msg.recallSeconds\":-1,\"no.such\":1,\"login.policy\":\"many\","
                    + "\"msg.extension\":false}}")
            .refused("invalid");
    assertEquals(3, wrong.body().path("fields").size(), wrong.body()::toString);
    assertTrue(app.app().settings().messageExtensions(), "all or nothing");
    console.post(path, "{\"values\":{\"msg.recallSeconds\":7,\"login.policy\":\"single\"}}").ok();
    assertEquals(7, app.app().settings().recallWindowSeconds());
    console.post(path, "{\"values\":{\"app.timeZone\":\"Mars/Base\"}}").refused("invalid");
    JsonNode history = console.get(path + "/history").ok().body().path("changes");
    assertEquals(1, history.size());
    assertEquals(120, history.path(0).path("before").path("msg.recallSeconds").asInt());
    console.post(path + "/undo", "{\"id\":" + history.path(0).path("id") + "}").ok();
    assertEquals(AppSettings.DEFAULT, app.app().settings());
    assertEquals(2, console.get(path + "/history").ok().body().path("changes").size());
    console.post(path + "/undo", "{\"id\":999999999}").refused("not-found");
    console.post(path, "{\"values\":{\"login.policy\":\"dual\"}}").ok();
    console.post(path, "{\"values\":{\"login.policy\":null}}").ok();
    assertEquals(AppSettings.DEFAULT, app.app().settings());
  }

  @Test
  void everySettingThereIsStandsInTheCatalogueAndIsWhatItSays() throws IOException {
    Set<String> declared = new TreeSet<>();
    for (AppSetting setting : SettingCatalogue.ALL) {
      declared.add(setting.path());
      JsonNode standard = SettingCatalogue.value(AppSettings.DEFAULT, setting);
      Map<String, JsonNode> value = Map.of(setting.key(), standard);
      assertEquals(List.of(), SettingCatalogue.wrong(value), setting.key());
      assertEquals(AppSettings.DEFAULT, SettingCatalogue.with(AppSettings.DEFAULT, value));
      assertTrue(setting.meaning().length() > 8, setting.key());
    }
    Set<String> present = new TreeSet<>();
    JsonNode all = Json.mapper().readTree(AppSettings.DEFAULT.toJson());
    all.properties()
        .forEach(
            entry -> {
              boolean nested = entry.getValue().isObject() && !entry.getValue().isEmpty();
              if (entry.getKey().equals("webhook")) {
                return;
              }
              if (nested) {
                entry
                    .getValue()
                    .fieldNames()
                    .forEachRemaining(name -> present.add(entry.getKey() + "." + name));
              } else {
                present.add(entry.getKey());
              }
            });
    assertEquals(present, declared);
  }
}
