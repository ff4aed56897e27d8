package im.palisade.server.liveroom;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestUser;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-groups-advanced F5 to F9: admins and bans of live rooms. */
class BanRestTest {
  private static final String BAN = "group_open_http_svc/ban_group_member";
  private static final String UNBAN = "group_open_http_svc/unban_group_member";
  private static final String BANS = "group_open_http_svc/get_group_ban_member";
  private static final String ADMIN = "group_open_avchatroom_http_svc/modify_admin";
  private static final String ADMINS = "group_open_avchatroom_http_svc/get_admin_list";

  private final LiveApp live = LiveApp.full();

  @Test
  void aBannedAccountIsOutWithAllDevicesAndStaysOutUntilTheBanEnds() {
    try (TestUser phone = live.app().login("eve", "android", "phone");
        TestUser web = live.app().login("eve", "web", "web");
        TestUser ann = live.in("ann")) {
      assertEquals(0, LiveApp.join(phone, LiveApp.ROOM));
      assertEquals(0, LiveApp.join(web, LiveApp.ROOM));
      assertEquals(2, live.online());
      assertEquals(0, ban("eve", 3600, "cool down"));
      assertEquals(1, live.online());
      for (TestUser device : List.of(phone, web)) {
        String notice = device.nextEvent();
        assertTrue(notice.startsWith("group.notice"), notice);
        assertTrue(notice.contains("\"code\":4") && notice.contains("cool down"), notice);
        assertEquals(10007, LiveApp.join(device, LiveApp.ROOM));
      }
      assertEquals(10007, live.send("eve", 1, "back end", "Normal").path("ErrorCode").asInt());
      live.send("ann", 2, "without eve", "Normal");
      assertEquals("without eve", RoomMessagesTest.text(ann).text());
      phone.settle();
      assertEquals(0, live.code(UNBAN, "{\"GroupId\":\"room\",\"Members_Account\":[\"eve\"]}"));
      assertEquals(0, LiveApp.join(phone, LiveApp.ROOM));
    }
  }

  @Test
  void ownerAndAdminsOfARoomPutOutWhoIsBelowThem() {
    assertEquals(
        0,
        live.code(
            ADMIN, "{\"GroupId\":\"room\",\"CommandType\":1,\"Admin_Account\":[\"bo\",\"ann\"]}"));
    try (TestUser owner = live.in("owner");
        TestUser bo = live.in("bo");
        TestUser eve = live.in("eve")) {
      assertEquals(10007, kick(eve, 60, "bo"), "an ordinary member");
      assertEquals(10007, kick(bo, 60, "owner"));
      assertEquals(10007, kick(bo, 60, "ann"), "another admin");
      assertEquals(10004, kick(bo, 0, "eve"), "a removal without an end in sight would be none");
      assertEquals(10005, kick(bo, 60, new String[21]));
      assertEquals(0, kick(bo, 60, "eve"));
      assertEquals(10007, LiveApp.join(eve, LiveApp.ROOM));
      assertEquals(0, kick(owner, 60, "bo"));
      assertEquals(2, bans(100, 0).path("BannedAccountList").size());
      assertEquals(10007, kick(owner, 60, "owner"));
    }
  }

  private static int kick(TestUser user, long seconds, String... userIds) {
    ObjectNode data = Json.object().put("groupId", "room").put("reason", "cool down");
    if (seconds > 0) {
      data.put("duration", seconds);
    }
    ArrayNode list = data.putArray("userIds");
    for (int i = 0; i < userIds.length; i++) {
      list.add(userIds[i] == null ? "u" + i : userIds[i]);
    }
    return TestUser.code(user.client().request("group.kick", data));
  }

  @Test
  void aBanEndsByItselfAndRepeatingReplacesItsEnd() {
    try (TestUser eve = live.app().login("eve")) {
      assertEquals(0, ban("eve", 3600, ""));
      assertEquals(0, ban("eve", 1, ""));
      await().until(() -> LiveApp.join(eve, LiveApp.ROOM) == 0);
      assertEquals("[]", bans(100, 0).path("BannedAccountList").toString());
    }
  }

  @Test
  void absentAccountsCanBeBannedTheOwnerCannotAndUnknownOnesArePassedOver() {
    assertEquals(10007, ban("owner", 60, ""));
    assertEquals(0, ban("nobody", 60, ""));
    assertEquals(0, ban("bo", 4294967295L, ""));
    JsonNode reply = bans(100, 0);
    assertEquals(1, reply.path("BannedAccountList").size());
    assertEquals(4294967295L, reply.path("BannedAccountList").path(0).path("BannedUntil").asLong());
    try (TestUser bo = live.app().login("bo")) {
      assertEquals(10007, LiveApp.join(bo, LiveApp.ROOM));
    }
  }

  @Test
  void bansAreListedOldestFirstInPages() {
    for (String each : List.of("eve", "ann", "bo")) {
      assertEquals(0, ban(each, 600, ""));
    }
    JsonNode first = bans(2, 0);
    assertEquals("eve ann", names(first));
    assertEquals(2, first.path("NextOffset").asInt());
    JsonNode second = bans(2, 2);
    assertEquals("bo", names(second));
    assertEquals(0, second.path("NextOffset").asInt(-1));
    assertEquals("eve ann bo", names(bans(3, 0)));
    assertEquals(0, bans(3, 0).path("NextOffset").asInt(-1));
  }

  @Test
  void withBansSwitchedOffNothingOfThemWorks() {
    LiveApp without = LiveApp.with("{\"groups\":{\"ban\":false}}");
    String accounts = "{\"GroupId\":\"room\",\"Members_Account\":[\"eve\"],\"Duration\":60}";
    assertEquals(10007, without.code(BAN, accounts));
    assertEquals(10007, without.code(UNBAN, accounts));
    assertEquals(10007, without.code(BANS, "{\"GroupId\":\"room\",\"Offset\":0}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"Members_Account\":[\"eve\"] | 10004",
        "\"Members_Account\":[\"eve\"],\"Duration\":0 | 10004",
        "\"Members_Account\":[\"eve\"],\"Duration\":4294967296 | 10004",
        "\"Members_Account\":[],\"Duration\":1 | 10005",
        "\"Duration\":1 | 10004"
      })
  void whatIsWrongIsAnsweredWithItsCode(String fields, int code) {
    assertEquals(code, live.code(BAN, "{\"GroupId\":\"room\"," + fields + "}"));
  }

  @Test
  void twentyAreBannedAtOnceAndNotOneMore() {
    String[] users = IntStream.rangeClosed(1, 21).mapToObj(i -> "u" + i).toArray(String[]::new);
    live.app().withUsers(users);
    String twenty =
        IntStream.rangeClosed(1, 20)
            .mapToObj(i -> "\"u" + i + "\"")
            .collect(Collectors.joining(","));
    String form = "{\"GroupId\":\"room\",\"Duration\":60,\"Members_Account\":[%s]}";
    assertEquals(10005, live.code(BAN, form.formatted(twenty + ",\"u21\"")));
    assertEquals(0, bans(100, 0).path("BannedAccountList").size());
    assertEquals(0, live.code(BAN, form.formatted(twenty)));
    assertEquals(20, bans(100, 0).path("BannedAccountList").size());
    String description = "\"Duration\":60,\"Members_Account\":[\"u1\"],\"Description\":\"";
    assertEquals(
        0, live.code(BAN, "{\"GroupId\":\"room\"," + description + "x".repeat(1000) + "\"}"));
    assertEquals(
        10004, live.code(BAN, "{\"GroupId\":\"room\"," + description + "x".repeat(1001) + "\"}"));
  }

  @Test
  void fiveAdminsAreAppointedWithoutBeingThereAndNotOneMore() {
    live.app().withUsers("u1", "u2", "u3", "u4");
    try (TestUser bo = live.app().login("bo")) {
      assertEquals(0, admin(1, "\"bo\",\"owner\",\"bo\""));
      assertTrue(bo.nextEvent().contains("\"code\":9"));
      assertEquals(0, admin(1, "\"u1\",\"u2\",\"u3\",\"bo\""));
      assertEquals(10004, admin(1, "\"u4\",\"ann\""));
      assertEquals(4, admins().size());
      assertEquals(0, admin(1, "\"u4\""));
      assertEquals(5, admins().size());
      assertEquals(10019, admin(1, "\"nobody\""));
      assertEquals(0, admin(2, "\"bo\",\"ann\""));
      assertTrue(bo.nextEvent().contains("\"code\":10"));
      assertEquals(4, admins().size());
      assertEquals("u1", admins().path(0).path("Admin_Account").asText());
      assertTrue(admins().path(0).has("NickName") && admins().path(0).has("Avatar"));
    }
  }

  private JsonNode admins() {
    return live.ok(ADMINS, LiveApp.room()).path("Admin_List");
  }

  private int admin(int command, String accounts) {
    return live.code(
        ADMIN,
        "{\"GroupId\":\"room\",\"CommandType\":%d,\"Admin_Account\":[%s]}"
            .formatted(command, accounts));
  }

  private int ban(String userId, long seconds, String description) {
    return live.code(
        BAN,
        LiveApp.room()
            .put("Duration", seconds)
            .put("Description", description)
            .toString()
            .replace("}", ",\"Members_Account\":[\"" + userId + "\"]}"));
  }

  private JsonNode bans(int limit, int offset) {
    return live.ok(BANS, LiveApp.room().put("Limit", limit).put("Offset", offset));
  }

  private static String names(JsonNode reply) {
    StringBuilder names = new StringBuilder();
    reply
        .path("BannedAccountList")
        .forEach(
            each ->
                names
                    .append(names.isEmpty() ? "" : " ")
                    .append(each.path("Member_Account").asText()));
    return names.toString();
  }
}
