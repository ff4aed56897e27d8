package im.palisade.server.admin;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.client.ImClient;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestReceiver;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Webhooks, moderation, the UserSig tool, figures and nodes in the console. */
class OtherPagesTest {
  private final TestApp app = TestServer.shared().newApp();
  private final TestConsole console = TestConsole.superAdministrator();

  @Test
  void webhooksAreSetTriedAndNeverShowTheirSecrets() {
    try (TestReceiver receiver = TestReceiver.plain()) {
      console.post(path("webhooks/test"), "{}").refused("invalid");
      JsonNode set =
          console
              .post(
                  path("webhooks"),
                  "{\"url\":\""
                      + receiver.url()
                      + "\",\"signed\":true,\"events\":[\"C2C.CallbackAfterSendMsg\"]}")
              .ok()
              .body();
      assertEquals(
          1, set.path("switches").valueStream().filter(s -> s.path("on").asBoolean()).count());
      console.post(path("webhooks"), "{\"events\":[\"No.Such\"]}").refused("invalid");
      console.post(path("webhooks"), "{\"url\":\"ftp://x\"}").refused("invalid");
      console.post(path("webhooks/secrets"), "{\"token\":\"secret-token\"}").ok();
      console.post(path("webhooks/secrets"), "{\"identity\":\"no pem\"}").refused("invalid");
      JsonNode detail = console.get(path("webhooks")).ok().body();
      assertTrue(detail.path("hasToken").asBoolean());
      assertFalse(detail.path("hasIdentity").asBoolean());
      assertFalse(detail.toString().contains("secret-token"));
      // A call has two seconds, which a busy machine may take for itself.
      await()
          .untilAsserted(
              () -> {
                JsonNode test = console.post(path("webhooks/test"), "{}").ok().body();
                assertTrue(test.path("answered").asBoolean(), test::toString);
              });
      JsonNode status = console.get(path("webhooks/status")).ok().body();
      assertEquals(0, status.path("waiting").asInt());
      assertFalse(status.hasNonNull("oldest"), status::toString);
      console
          .post(
              path("webhooks/replay"),
              "{\"from\":\"2026-01-02T00:00:00Z\",\"to\":\"2026-01-01T00:00:00Z\"}")
          .refused("invalid");
      assertEquals(
          0,
          console
              .post(
                  path("webhooks/replay"),
                  "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-02T00:00:00Z\"}")
              .ok()
              .body()
              .path("count")
              .asInt());
      console.post(path("webhooks/secrets"), "{\"token\":\"\"}").ok();
      assertFalse(console.get(path("webhooks")).ok().body().path("hasToken").asBoolean());
    }
  }

  @Test
  void aMarkedMessageIsReadWithAReasonAndDecided() {
    app.withUsers("mia", "noah");
    console
        .post(
            path("moderation/words"),
            "{\"words\":[{\"keyword\":\"odd\",\"kind\":\"word\",\"action\":\"mark\"},"
                + "{\"keyword\":\"bad\",\"kind\":\"word\",\"action\":\"block\"}]}")
        .ok();
    JsonNode words = console.get(path("moderation/words") + "?part=OD").ok().body();
    assertEquals(1, words.path("found").asInt());
    assertEquals(2, words.path("totalWords").asInt());
    try (var user = app.login("mia")) {
      user.send("noah", 1, "something odd");
    }
    JsonNode reviews = console.get(path("moderation/reviews")).ok().body().path("reviews");
    assertEquals(1, reviews.size());
    assertFalse(reviews.toString().contains("something"));
    String entry = path("moderation/reviews/") + reviews.at("/0/id").asLong();
    console.post(entry + "/read", "{}").refused("invalid");
    JsonNode read = console.post(entry + "/read", "{\"reason\":\"in the queue\"}").ok().body();
    assertEquals("something odd", read.at("/elements/0/MsgContent/Text").asText());
    assertEquals("mia", read.path("from").asText());
    console.post(entry + "/decide", "{\"state\":\"open\"}").refused("invalid");
    console.post(entry + "/decide", "{\"state\":\"rejected\"}").ok();
    console.post(entry + "/decide", "{\"state\":\"accepted\"}").refused("not-found");
    JsonNode decided =
        console.get(path("moderation/reviews") + "?state=rejected").ok().body().path("reviews");
    assertEquals(1, decided.size(), "the first decision holds");
    long id = words.at("/words/0/id").asLong();
    console.post(path("moderation/words/delete"), "{\"ids\":[" + id + "]}").ok();
    console
        .post(
            path("moderation/libraries"),
            "{\"library\":\"block\",\"label\":\"ad\",\"words\":[\"buy\"]}")
        .ok();
    assertEquals(
        1,
        console
            .get(path("moderation/libraries") + "?library=block")
            .ok()
            .body()
            .path("found")
            .asInt());
    console
        .post(path("moderation/libraries/delete"), "{\"library\":\"block\",\"words\":[\"buy\"]}")
        .ok();
  }

  @Test
  void aMarkedMessageOfALiveRoomIsReadTakenBackAndDecided() {
    app.withUsers("mia", "noah");
    app.rest(
        "group_open_http_svc/create_group",
        "{\"Type\":\"AVChatRoom\",\"GroupId\":\"live\",\"Name\":\"n\",\"Owner_Account\":\"noah\"}");
    console
        .post(
            path("moderation/words"),
            "{\"words\":[{\"keyword\":\"odd\",\"kind\":\"word\",\"action\":\"mark\"}]}")
        .ok();
    try (var mia = app.login("mia");
        var noah = app.login("noah")) {
      for (var each : List.of(mia, noah)) {
        TestUser.await(
            each.client().request("group.join", ImClient.object().put("groupId", "live")));
      }
      TestUser.await(mia.client().sendText("GROUPlive", 1, "fine"));
      var sent = TestUser.await(mia.client().sendText("GROUPlive", 2, "something odd"));
      JsonNode reviews = console.get(path("moderation/reviews")).ok().body().path("reviews");
      assertEquals(1, reviews.size(), reviews::toString);
      assertEquals("live", reviews.at("/0/room").asText());
      assertEquals("mia", reviews.at("/0/sender").asText());
      assertEquals(sent.seq(), reviews.at("/0/seq").asLong());
      assertFalse(reviews.toString().contains("something"));
      String entry = path("moderation/reviews/") + reviews.at("/0/id").asLong();
      JsonNode read = console.post(entry + "/read", "{\"reason\":\"in the queue\"}").ok().body();
      assertEquals("something odd", read.at("/elements/0/MsgContent/Text").asText());
      assertEquals("mia", read.path("from").asText());
      assertEquals(sent.msgKey(), read.path("key").asText());
      console.post(entry + "/recall", "{\"reason\":\"not here\"}").ok();
      String event = noah.nextEvent();
      while (!event.startsWith("message.recalled")) {
        event = noah.nextEvent();
      }
      assertTrue(event.contains(sent.msgKey()) && event.contains("not here"), event);
      console.post(entry + "/decide", "{\"state\":\"rejected\"}").ok();
      try (var olga = app.withUsers("olga").login("olga")) {
        olga.send("mia", 3, "an odd one of two");
      }
      JsonNode stored = console.get(path("moderation/reviews")).ok().body().at("/reviews/0");
      assertFalse(stored.has("room"), stored::toString);
      console
          .post(path("moderation/reviews/") + stored.path("id").asLong() + "/recall", "{}")
          .refused("not-found");
    }
  }

  @Test
  void aUserSigIsMadeAndCheckedWithTheReasonWhenItDoesNotCount() {
    app.withUsers("mia");
    JsonNode made =
        console.post(path("usersig/make"), "{\"user\":\"mia\",\"seconds\":600}").ok().body();
    String sig = made.path("sig").asText();
    assertEquals(
        0,
        app.call(
                app.query("administrator", app.sig("administrator")),
                "im_open_login_svc/account_check",
                "{\"CheckItem\":[{\"UserID\":\"mia\"}]}")
            .path("ErrorCode")
            .asInt());
    String check = "{\"user\":\"mia\",\"sig\":\"" + sig + "\"}";
    assertTrue(console.post(path("usersig/check"), check).ok().body().path("valid").asBoolean());
    JsonNode other =
        console
            .post(path("usersig/check"), "{\"user\":\"noah\",\"sig\":\"" + sig + "\"}")
            .ok()
            .body();
    assertEquals(70013, other.path("code").asInt());
    console.post("/apps/" + app.appId() + "/users/deactivate", "{\"user\":\"mia\"}").ok();
    JsonNode revoked = console.post(path("usersig/check"), check).ok().body();
    assertFalse(revoked.path("valid").asBoolean());
    assertEquals("the user is deactivated", revoked.path("reason").asText());
  }

  @Test
  void entriesOfTheAuditLogAreProvedAndReadingThemIsOnRecord() {
    console.post(path("rename"), "{\"name\":\"renamed\"}").ok();
    AuditLeaves.catchUp(TestServer.shared().server());
    String query = "/audit/entries?type=app.update&app=" + app.appId();
    JsonNode found = console.get(query).ok().body().path("entries");
    assertEquals(1, found.size(), found::toString);
    assertEquals("console", found.at("/0/event/source/channel").asText());
    assertTrue(found.at("/0/event/actor/ref").asText().startsWith("adm_"));
    String index = found.at("/0/index").asText();
    JsonNode proven = console.get("/audit/proof?index=" + index).ok().body();
    assertEquals(found.at("/0/event"), proven.at("/entry/event"));
    assertTrue(proven.path("proof").asText().contains("c2sp.org/tlog-proof"), proven::toString);
    assertTrue(proven.path("checkpoint").asText().length() > 50);
    AuditLeaves.catchUp(TestServer.shared().server());
    assertTrue(
        console.get("/audit/entries?type=audit.&limit=3").ok().body().path("entries").size() > 1);
    console.get("/audit/proof?index=99999999999").refused("not-found");
    console.get("/audit/entries?region=mars").refused("invalid");
    assertTrue(console.get("/audit").ok().body().at("/logs/0/size").asLong() > 0);
  }

  @Test
  void figuresAndNodesAreShown() {
    JsonNode days = console.get(path("overview") + "?days=7").ok().body();
    assertTrue(days.has("online"), days::toString);
    JsonNode node = console.get("/nodes").ok().body().at("/nodes/0");
    assertTrue(node.path("ready").asBoolean(), node::toString);
    JsonNode storage = console.get("/nodes/storage").ok().body();
    assertTrue(storage.path("diskFree").asLong() > 0);
    assertTrue(storage.at("/databases/0/tables").size() > 20);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> console.get("/overview/live").ok().body().path("points").size() > 0);
    JsonNode live = console.get("/overview/live").ok().body();
    assertEquals(10, live.path("step").asInt());
    String last = live.at("/points/" + (live.path("points").size() - 1) + "/at").asText();
    assertEquals(
        0,
        console
            .get("/overview/live?since=" + last)
            .ok()
            .body()
            .path("points")
            .valueStream()
            .filter(point -> point.path("at").asText().compareTo(last) <= 0)
            .count());
  }

  private String path(String rest) {
    return "/apps/" + app.appId() + "/" + rest;
  }
}
