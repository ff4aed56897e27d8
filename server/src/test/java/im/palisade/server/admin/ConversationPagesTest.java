package im.palisade.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Groups, messages and live rooms in the console. */
class ConversationPagesTest {
  private static final String SPAN =
      ",\"from\":\"2020-01-01T00:00:00Z\",\"to\":\"2099-01-01T00:00:00Z\"";

  private final TestApp app =
      TestServer.shared().newApp(AppSettings.parse("{\"groups\":{\"memberList\":true}}"));
  private final TestConsole console = TestConsole.superAdministrator();

  @Test
  void groupsAreMadeFoundChangedAndDissolved() {
    app.withUsers("mia", "noah", "olga");
    for (String id : new String[] {"club1", "club2", "dorm"}) {
      act(
          "groups/create",
          "{\"type\":\"Public\",\"group\":\"" + id + "\",\"name\":\"<b>\",\"owner\":\"mia\"}");
    }
    assertEquals(List.of("club1", "club2"), found("?prefix=club"));
    assertEquals(List.of("club1"), found("?prefix=club&limit=1"));
    assertEquals(List.of("club2"), found("?prefix=club&limit=1&after=club1"));
    assertEquals(List.of("club1", "club2", "dorm"), found("?type=Public"));
    assertEquals(List.of(), found("?type=Community"));
    console.get(path("groups") + "?type=Nothing").refused("refused");
    act("groups/members/add", "{\"group\":\"dorm\",\"users\":[\"noah\",\"olga\"]}");
    act("groups/members/mute", "{\"group\":\"dorm\",\"users\":[\"noah\"],\"seconds\":600}");
    JsonNode members = console.get(path("groups/members") + "?group=dorm").ok().body();
    assertEquals(3, members.path("members").size(), members::toString);
    assertEquals("owner", members.at("/members/0/role").asText());
    assertTrue(members.at("/members/1").has("mutedUntil"), members::toString);
    act("groups/members/remove", "{\"group\":\"dorm\",\"users\":[\"olga\"]}");
    act("groups/transfer", "{\"group\":\"dorm\",\"user\":\"noah\"}");
    act("groups/update", "{\"group\":\"dorm\",\"notification\":\"n\\nm\",\"muteAll\":true}");
    JsonNode detail = console.get(path("groups/detail") + "?group=dorm").ok().body();
    assertEquals("noah", detail.at("/group/owner").asText());
    assertEquals("n\nm", detail.path("notification").asText());
    assertTrue(detail.at("/group/muteAll").asBoolean());
    act("groups/dissolve", "{\"group\":\"dorm\"}");
    console.get(path("groups/detail") + "?group=dorm").refused("refused");
    assertTrue(written().contains("group.destroy"));
  }

  @Test
  void messagesAreReadByTimeWithAReasonThatIsOnRecordFirst() {
    app.withUsers("mia", "noah");
    for (int i = 0; i < 5; i++) {
      act("messages/send", "{\"from\":\"mia\",\"user\":\"noah\",\"text\":\"t" + i + "\"}");
    }
    String search =
        "{\"user\":\"noah\",\"peer\":\"mia\",\"reason\":\"complaint 17\",\"limit\":3" + SPAN;
    JsonNode page = console.post(path("messages/of-users"), search + "}").ok().body();
    assertEquals(3, page.path("messages").size());
    assertEquals("mia", page.at("/messages/0/from").asText());
    JsonNode rest =
        console
            .post(
                path("messages/of-users"),
                search + ",\"after\":\"" + page.path("next").asText() + "\"}")
            .ok()
            .body();
    assertEquals(2, rest.path("messages").size());
    assertFalse(rest.has("next"));
    // Within a second the order is that of numbers drawn at random; nothing is missed or doubled.
    Set<String> texts = new TreeSet<>();
    for (JsonNode each : List.of(page, rest)) {
      each.path("messages").forEach(m -> texts.add(m.at("/elements/0/MsgContent/Text").asText()));
    }
    assertEquals(Set.of("t0", "t1", "t2", "t3", "t4"), texts);
    AuditLeaves.catchUp(TestServer.shared().server());
    assertTrue(AuditLeaves.of(app).toString().contains("complaint 17"));
    console
        .post(path("messages/of-users"), search.replace("complaint 17", "x") + "}")
        .refused("invalid");
    console.post(path("messages/of-users"), search + ",\"after\":\"x\"}").refused("invalid");
    String key = page.at("/messages/0/key").asText();
    act("messages/recall", "{\"from\":\"mia\",\"user\":\"noah\",\"key\":\"" + key + "\"}");
    JsonNode after = console.post(path("messages/of-users"), search + "}").ok().body();
    assertTrue(after.at("/messages/0/recalled").asBoolean());
    assertTrue(written().containsAll(List.of("content.search", "content.read", "message.recall")));
  }

  @Test
  void aGroupsMessagesAreReadSentAndTakenBack() {
    app.withUsers("mia");
    act("groups/create", "{\"type\":\"Public\",\"group\":\"g\",\"name\":\"n\",\"owner\":\"mia\"}");
    for (int i = 0; i < 4; i++) {
      act("messages/send", "{\"from\":\"mia\",\"group\":\"g\",\"text\":\"t" + i + "\"}");
    }
    String search = "{\"group\":\"g\",\"reason\":\"complaint 18\",\"limit\":2" + SPAN;
    JsonNode page = console.post(path("messages/of-group"), search + "}").ok().body();
    assertEquals("t3", page.at("/messages/0/elements/0/MsgContent/Text").asText());
    JsonNode rest =
        console
            .post(
                path("messages/of-group"),
                search + ",\"after\":\"" + page.path("next").asText() + "\"}")
            .ok()
            .body();
    assertEquals("t1", rest.at("/messages/0/elements/0/MsgContent/Text").asText());
    act("messages/recall", "{\"group\":\"g\",\"seq\":" + page.at("/messages/0/seq") + "}");
    assertTrue(
        console
            .post(path("messages/of-group"), search + "}")
            .ok()
            .body()
            .at("/messages/0/recalled")
            .asBoolean());
    String past =
        search.replace(SPAN, ",\"from\":\"2020-01-01T00:00:00Z\",\"to\":\"2020-01-02T00:00:00Z\"");
    assertEquals(
        0, console.post(path("messages/of-group"), past + "}").ok().body().path("messages").size());
    console.post(path("messages/send"), "{\"from\":\"mia\",\"text\":\"x\"}").refused("invalid");
    console
        .post(path("messages/send"), "{\"from\":\"ghost\",\"group\":\"g\",\"text\":\"x\"}")
        .refused("refused");
  }

  @Test
  void aLiveRoomShowsWhoIsThereAndKeepsOutWhoIsBanned() {
    app.withUsers("mia", "noah");
    act(
        "groups/create",
        "{\"type\":\"AVChatRoom\",\"group\":\"live\",\"name\":\"n\",\"owner\":\"mia\"}");
    try (TestUser noah = app.login("noah")) {
      TestUser.await(noah.client().request("group.join", Json.object().put("groupId", "live")));
      assertEquals(1, console.get(path("rooms")).ok().body().at("/rooms/0/online").asInt());
      JsonNode there = console.get(path("rooms/attendees") + "?group=live").ok().body();
      assertEquals("noah", there.at("/attendees/0/user").asText(), there::toString);
      console
          .post(path("rooms/ban"), "{\"group\":\"live\",\"users\":[\"ghost\"],\"seconds\":60}")
          .refused("refused");
      act("rooms/ban", "{\"group\":\"live\",\"users\":[\"noah\"],\"seconds\":4294967295}");
      JsonNode bans = console.get(path("rooms/bans") + "?group=live").ok().body();
      assertEquals("noah", bans.at("/bans/0/user").asText());
      act("rooms/unban", "{\"group\":\"live\",\"users\":[\"noah\"]}");
      assertEquals(
          0, console.get(path("rooms/bans") + "?group=live").ok().body().path("bans").size());
    }
  }

  private List<String> found(String query) {
    List<String> ids = new ArrayList<>();
    console
        .get(path("groups") + query)
        .ok()
        .body()
        .path("groups")
        .forEach(group -> ids.add(group.path("group").asText()));
    return ids;
  }

  private void act(String name, String body) {
    console.post(path(name), body).ok();
  }

  private String path(String rest) {
    return "/apps/" + app.appId() + "/" + rest;
  }

  private Set<String> written() {
    return AuditLeaves.types(app);
  }
}
