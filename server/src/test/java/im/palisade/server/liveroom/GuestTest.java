package im.palisade.server.liveroom;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImClient;
import im.palisade.client.ImLogin;
import im.palisade.client.ImMessage;
import im.palisade.server.gateway.Command;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.UserSigSigner;
import im.palisade.server.security.VerificationKey;
import im.palisade.server.testing.TestUser;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who watches a live room without an account (client-features §11, group-semantics §10.12). */
class GuestTest {
  private static final String GUEST = "@GST#a1";

  private final LiveApp live =
      LiveApp.with("{\"groups\":{\"memberList\":true,\"broadcast\":true,\"guests\":true}}");

  @Test
  void aGuestHearsTheRoomIsCountedAndSeenByNobody() {
    try (TestUser ann = live.in("ann");
        TestUser guest = guest(GUEST)) {
      ann.nextMessage();
      JsonNode joined = TestUser.await(guest.client().request("group.join", room()));
      assertEquals("joined", joined.path("status").asText());
      assertEquals(2, joined.path("memberNum").asInt());
      assertEquals(2, live.online());
      live.send("bo", 1, "hello", "Normal");
      assertEquals("hello", RoomMessagesTest.text(guest).text());
      ImMessage next = ann.nextMessage();
      assertEquals("hello", next.text(), "nobody is told of a guest");
      ObjectNode broadcast = Json.object().put("Random", 9).put("From_Account", "owner");
      LiveApp.element(broadcast, "to all");
      live.ok("group_open_http_svc/send_broadcast_msg", broadcast);
      assertEquals("to all", guest.nextMessage().text());
      assertEquals(
          "[\"ann\"]",
          names(live.ok("group_open_avchatroom_http_svc/get_members", timed())).toString());
      assertEquals(
          2, TestUser.await(guest.client().request("group.online", room())).path("count").asInt());
      assertEquals(0, LiveApp.quit(guest, LiveApp.ROOM));
      assertEquals(1, live.online());
      assertEquals(0, LiveApp.join(guest, LiveApp.ROOM));
    }
    await().until(() -> live.online() == 0);
    JsonNode accounts =
        live.call(
            "im_open_login_svc/account_check", "{\"CheckItem\":[{\"UserID\":\"" + GUEST + "\"}]}");
    assertFalse(accounts.toString().contains("\"Imported\""), accounts::toString);
  }

  @Test
  void aGuestMayDoNothingButComeListenAndGo() {
    live.create("Public", "stored", "owner");
    try (TestUser guest = guest(GUEST)) {
      Set<String> open =
          Set.of(
              "session.login",
              "session.renew",
              "session.logout",
              "ping",
              "group.join",
              "group.quit",
              "group.online");
      int refused = 0;
      for (Command command : live.app().server().commands().commands()) {
        if (!open.contains(command.name())) {
          assertEquals(
              60_004,
              TestUser.code(guest.client().request(command.name(), Json.object())),
              command.name());
          refused++;
        }
      }
      assertTrue(refused > 50, refused + " commands");
      assertEquals(10_007, LiveApp.join(guest, "stored"));
      assertEquals(10_010, LiveApp.join(guest, "nowhere"));
      assertEquals(0, LiveApp.join(guest, LiveApp.ROOM));
      assertEquals(60_004, TestUser.code(guest.client().request("message.send", said())));
    }
  }

  @Test
  void aLostGuestIsGoneAtOnceAndNobodyIsTold() {
    try (TestUser ann = live.in("ann")) {
      ann.nextMessage();
      TestUser guest = guest(GUEST);
      assertEquals(0, LiveApp.join(guest, LiveApp.ROOM));
      guest.close();
      await().until(() -> live.online() == 1);
      live.send("bo", 1, "next", "Normal");
      assertEquals("next", ann.nextMessage().text());
    }
  }

  @Test
  void theSameTicketIsOneGuest() {
    try (TestUser first = guest(GUEST)) {
      assertEquals(0, LiveApp.join(first, LiveApp.ROOM));
      try (TestUser second = guest(GUEST)) {
        first.closed();
        assertEquals(0, LiveApp.join(second, LiveApp.ROOM));
        assertEquals(1, live.online());
      }
    }
  }

  @Test
  void aTicketLivesForTwoHoursAndIsRenewedLikeAnySignature() {
    assertEquals(70_402, code(GUEST, Duration.ofSeconds(7_201)));
    assertEquals(0, code(GUEST, Duration.ofHours(2)));
    try (TestUser guest = guest(GUEST)) {
      long before =
          TestUser.await(
                  guest
                      .client()
                      .request(
                          "session.renew",
                          Json.object().put("userSig", sig(GUEST, Duration.ofHours(1)))))
              .path("sigExpires")
              .asLong();
      assertTrue(before > System.currentTimeMillis() / 1000 + 3_000);
      assertEquals(
          70_402,
          TestUser.code(
              guest
                  .client()
                  .request(
                      "session.renew",
                      Json.object().put("userSig", sig(GUEST, Duration.ofHours(3))))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"@GST#", "@GST# ", "@GST#0123456789012345678901234567", "@gst#a"})
  void whatIsNoGuestsIdIsNone(String id) {
    int code = code(id, Duration.ofHours(1));
    assertEquals(id.startsWith("@GST") ? 70_402 : 0, code, id);
  }

  @Test
  void anAppThatWantsNoGuestsHasNone() {
    LiveApp closed = LiveApp.full();
    assertEquals(70_402, code(closed, GUEST, Duration.ofHours(1)));
    assertEquals(
        70_402,
        closed.code("im_open_login_svc/account_import", "{\"UserID\":\"" + GUEST + "\"}"),
        "and no account is called like one");
  }

  private static ObjectNode room() {
    return ImClient.object().put("groupId", LiveApp.ROOM);
  }

  private static ObjectNode timed() {
    return LiveApp.room().put("Timestamp", 0);
  }

  private static List<String> names(JsonNode reply) {
    return reply
        .path("MemberList")
        .valueStream()
        .map(each -> "\"" + each.path("Member_Account").asText() + "\"")
        .toList();
  }

  private static ObjectNode said() {
    String data =
        "{\"conversation\":\"GROUProom\",\"random\":1,\"body\":[{\"MsgType\":\"TIMTextElem\","
            + "\"MsgContent\":{\"Text\":\"x\"}}]}";
    return Json.parseObject(data.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  private TestUser guest(String id) {
    TestUser user = TestUser.connect(live.app().server().facts().imUrl());
    TestUser.await(user.client().login(login(live, id, Duration.ofHours(1))));
    return user;
  }

  private int code(String id, Duration validity) {
    return code(live, id, validity);
  }

  private static int code(LiveApp app, String id, Duration validity) {
    try (TestUser user = TestUser.connect(app.app().server().facts().imUrl())) {
      return TestUser.code(user.client().login(login(app, id, validity)));
    }
  }

  private static ImLogin login(LiveApp app, String id, Duration validity) {
    return new ImLogin(app.app().appId(), id, sig(app, id, validity), "web", "d");
  }

  private String sig(String id, Duration validity) {
    return sig(live, id, validity);
  }

  private static String sig(LiveApp app, String id, Duration validity) {
    VerificationKey.Hmac key = (VerificationKey.Hmac) app.app().app().keys().getFirst().key();
    return new UserSigSigner(Clock.systemUTC()).sign(app.app().appId(), key, id, validity);
  }
}
