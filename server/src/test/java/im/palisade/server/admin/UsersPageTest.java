package im.palisade.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.audit.Cause;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Users in the console: found, looked at, and acted upon. */
class UsersPageTest {
  private static final String HOSTILE = "<script>'\"%2F..";

  private final TestApp app = TestServer.shared().newApp();
  private final TestConsole console = TestConsole.superAdministrator();

  @Test
  void usersAreFoundByTheBeginningOfTheirIdAndPagesMissNobody() {
    app.withUsers("anna", "anna2", "annb", "bob", "민아", "민준", HOSTILE, "..", "%", "_");
    List<String> all = new ArrayList<>();
    String after = "";
    do {
      JsonNode page = console.get(path("") + "?limit=2&after=" + encoded(after)).ok().body();
      page.path("users").forEach(user -> all.add(user.path("user").asText()));
      after = page.path("next").asText();
    } while (!after.isEmpty());
    assertEquals(11, all.size(), all::toString);
    assertEquals(List.of("anna", "anna2"), found("anna"));
    assertEquals(List.of("민아", "민준"), found("민"));
    assertEquals(List.of("%"), found("%"));
    assertEquals(List.of("_"), found("_"));
    assertEquals(List.of(".."), found(".."));
    assertEquals(List.of(HOSTILE), found("<script>"));
    assertEquals(List.of(), found("' OR 1=1 --"));
    JsonNode detail = console.get(path("/profile") + "?user=" + encoded(HOSTILE)).ok().body();
    assertEquals(HOSTILE, detail.path("user").path("user").asText());
  }

  @Test
  void aDeactivatedUserIsOutUntilLetInAgain() {
    try (TestUser user = app.login("mia")) {
      act("deactivate", "{\"user\":\"mia\"}");
      user.closed();
    }
    assertEquals(70051, TestUser.loginCode(app, "mia"));
    app.rest("im_open_login_svc/kick", "{\"UserID\":\"mia\"}");
    assertEquals(70051, TestUser.loginCode(app, "mia"), "a kick does not let anybody in");
    JsonNode page = console.get(path("") + "?prefix=mia").ok().body();
    assertEquals(false, page.path("users").path(0).path("active").asBoolean());
    act("reactivate", "{\"user\":\"mia\"}");
    try (TestUser user = app.login("mia")) {
      user.settle();
    }
  }

  @Test
  void sessionsAreShownAndEndedOneByOne() {
    try (TestUser web = app.login("mia", "web", "d1");
        TestUser phone = app.login("mia", "android", "d2")) {
      JsonNode sessions = console.get(path("/sessions") + "?user=mia").ok().body().path("sessions");
      assertEquals(2, sessions.size());
      assertEquals("web", sessions.path(0).path("platform").asText());
      String id = sessions.path(0).path("session").asText();
      act("sessions/end", "{\"user\":\"mia\",\"session\":\"" + id + "\"}");
      web.closed();
      phone.settle();
      console
          .post(path("/sessions/end"), "{\"user\":\"mia\",\"session\":\"" + id + "\"}")
          .refused("not-found");
    }
  }

  @Test
  void aMuteHoldsAtOnceAndEnds() {
    app.withUsers("mia", "noah");
    act("mute", "{\"user\":\"mia\",\"seconds\":4294967295}");
    JsonNode detail = console.get(path("/profile") + "?user=mia").ok().body();
    assertTrue(detail.path("mutedUntil").asText().startsWith("9999"), detail::toString);
    try (TestUser user = app.login("mia")) {
      assertEquals(20012, TestUser.code(user.client().sendText("C2Cnoah", 1, "x")));
      act("mute", "{\"user\":\"mia\",\"seconds\":0}");
      assertEquals(0, TestUser.code(user.client().sendText("C2Cnoah", 2, "x")));
    }
    console.post(path("/mute"), "{\"user\":\"mia\"}").refused("invalid");
  }

  @Test
  void usersComeAndGo() {
    act("create", "{\"user\":\"neu\",\"nick\":\"N\"}");
    console.post(path("/create"), "{\"user\":\"neu\"}").refused("invalid");
    console.post(path("/create"), "{\"user\":\"@TGS#x\"}").refused("invalid");
    act("update", "{\"user\":\"neu\",\"values\":{\"Tag_Profile_IM_Nick\":\"M\"}}");
    assertEquals(
        "M", console.get(path("") + "?prefix=neu").ok().body().at("/users/0/nick").asText());
    act("delete", "{\"user\":\"neu\"}");
    assertEquals(List.of(), found("neu"));
    console.post(path("/delete"), "{\"user\":\"neu\"}").refused("refused");
    console.post(path("/delete"), "{\"user\":\"administrator\"}").refused("conflict");
  }

  @Test
  void profilesAreChangedFieldByFieldAndAllOrNone() {
    use(
        "{\"profileFields\":[{\"name\":\"Dept\"},"
            + "{\"name\":\"Own\",\"writableBy\":[\"SELF\"]},"
            + "{\"name\":\"Hidden\",\"readableBy\":[\"SELF\"]}]}");
    app.withUsers("mia");
    act(
        "update",
        "{\"user\":\"mia\",\"values\":{\"Tag_Profile_IM_Nick\":\"<b>Mia\u202e\","
            + "\"Tag_Profile_IM_Gender\":\"Gender_Type_Female\",\"Tag_Profile_IM_Level\":7,"
            + "\"Tag_Profile_Custom_Dept\":\"개발 \\\"; DROP\"}}");
    assertEquals("<b>Mia\u202e", field("Tag_Profile_IM_Nick").path("value").asText());
    assertEquals(7, field("Tag_Profile_IM_Level").path("value").asInt());
    assertEquals("개발 \"; DROP", field("Tag_Profile_Custom_Dept").path("value").asText());
    assertTrue(field("Tag_Profile_Custom_Dept").path("custom").asBoolean());
    assertEquals(false, field("Tag_Profile_Custom_Own").path("writable").asBoolean());
    assertTrue(field("Tag_Profile_Custom_Hidden").isMissingNode());
    for (String wrong :
        new String[] {
          "\"Tag_Profile_IM_Level\":-1",
          "\"Tag_Profile_IM_Level\":\"7\"",
          "\"Tag_Profile_IM_Gender\":\"other\"",
          "\"Tag_Profile_Custom_Own\":\"x\"",
          "\"Tag_Profile_Custom_None\":\"x\"",
          "\"Tag_Profile_Custom_Dept\":\"" + "가".repeat(167) + "\"",
          "\"Tag_Profile_Custom_Dept\":null"
        }) {
      console
          .post(
              path("/update"),
              "{\"user\":\"mia\",\"values\":{\"Tag_Profile_IM_Nick\":\"not this\"," + wrong + "}}")
          .refused("refused");
    }
    assertEquals("<b>Mia\u202e", field("Tag_Profile_IM_Nick").path("value").asText());
    act("update", "{\"user\":\"mia\",\"values\":{\"Tag_Profile_Custom_Dept\":\"\"}}");
    assertTrue(field("Tag_Profile_Custom_Dept").path("value").isMissingNode());
  }

  private void use(String settings) {
    app.server()
        .apps()
        .changeSettings(app.appId(), _ -> AppSettings.parse(settings), Cause.system(Instant.now()));
  }

  private JsonNode field(String tag) {
    return console
        .get(path("/profile") + "?user=mia")
        .ok()
        .body()
        .path("profile")
        .valueStream()
        .filter(field -> field.path("tag").asText().equals(tag))
        .findFirst()
        .orElse(MissingNode.getInstance());
  }

  private List<String> found(String prefix) {
    List<String> ids = new ArrayList<>();
    console
        .get(path("") + "?prefix=" + encoded(prefix))
        .ok()
        .body()
        .path("users")
        .forEach(user -> ids.add(user.path("user").asText()));
    return ids;
  }

  private void act(String name, String body) {
    console.post(path("/" + name), body).ok();
  }

  private String path(String rest) {
    return "/apps/" + app.appId() + "/users" + rest;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
