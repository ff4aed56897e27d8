package im.palisade.server.relation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.testing.TestUser;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-accounts C1: friend_add and its policies. */
class FriendAddRestTest {
  private static final String FORCED = ",'ForceAddFlags':1";
  private static final String SINGLE = ",'AddType':'Add_Type_Single'";

  private final Relations relations = new Relations("{}", "mia", "leo", "zoe");

  @Test
  void bothAreFriendsAndOnlyTheRequesterHasRemarkListSourceAndWording() {
    JsonNode reply =
        relations.ok(
            "sns/friend_add",
            "{'From_Account':'mia','AddFriendItem':[{'To_Account':'leo','Remark':'Leo S.',"
                + "'GroupName':'Work','AddSource':'AddSource_Type_Web','AddWording':'hi'}]}");
    assertEquals(0, Relations.item(reply));
    assertEquals("BothWay", relations.relation("mia", "leo"));
    assertEquals("\"Leo S.\"", relations.field("mia", "leo", "Tag_SNS_IM_Remark").toString());
    assertEquals("[\"Work\"]", relations.field("mia", "leo", "Tag_SNS_IM_Group").toString());
    assertEquals(
        "\"AddSource_Type_Web\"", relations.field("mia", "leo", "Tag_SNS_IM_AddSource").toString());
    assertEquals("\"hi\"", relations.field("mia", "leo", "Tag_SNS_IM_AddWording").toString());
    JsonNode time = relations.field("mia", "leo", "Tag_SNS_IM_AddTime");
    assertTrue(time.isIntegralNumber());
    JsonNode theirs = relations.friends("leo").at("/UserDataItem/0/ValueItem");
    assertEquals("[{\"Tag\":\"Tag_SNS_IM_AddTime\",\"Value\":" + time + "}]", theirs.toString());
  }

  @Test
  void aSingleAddIsOneSided() {
    assertEquals(0, relations.add("mia", "leo", SINGLE));
    assertEquals("AWithB", relations.relation("mia", "leo"));
    assertEquals("BWithA", relations.relation("leo", "mia"));
  }

  @ParameterizedTest
  @CsvSource({
    "AllowType_Type_AllowAny, '', 0, BothWay",
    "AllowType_Type_AllowAny, ',''AddType'':''Add_Type_Single''', 0, AWithB",
    "AllowType_Type_NeedConfirm, '', 30539, NoRelation",
    "AllowType_Type_NeedConfirm, ',''AddType'':''Add_Type_Single''', 30539, NoRelation",
    "AllowType_Type_NeedConfirm, ',''ForceAddFlags'':2', 30539, NoRelation",
    "AllowType_Type_NeedConfirm, ',''ForceAddFlags'':1', 0, BothWay",
    "AllowType_Type_DenyAny, '', 30516, NoRelation",
    "AllowType_Type_DenyAny, ',''AddType'':''Add_Type_Single''', 30516, NoRelation",
    "AllowType_Type_DenyAny, ',''ForceAddFlags'':1', 0, BothWay"
  })
  void theOthersAllowTypeDecidesUnlessForced(
      String allowType, String more, int code, String relation) {
    relations.allow("leo", allowType);
    assertEquals(code, relations.add("mia", "leo", more));
    assertEquals(relation, relations.relation("mia", "leo"));
  }

  @Test
  void whoMayNotSendRequestsIsRefusedUnlessForced() {
    relations.profile("mia", "Tag_Profile_IM_AdminForbidType", "AdminForbid_Type_SendOut");
    assertEquals(30009, relations.add("mia", "leo", ""));
    assertEquals(0, relations.add("leo", "mia", SINGLE));
    assertEquals(0, relations.add("mia", "leo", FORCED));
  }

  @ParameterizedTest
  @CsvSource({"mia, leo, 30515", "leo, mia, 30525"})
  void aBlockInEitherDirectionForbidsItAlsoWhenForced(String blocker, String blocked, int code) {
    relations.block(blocker, blocked);
    assertEquals(code, relations.add("mia", "leo", ""));
    assertEquals(code, relations.add("mia", "leo", FORCED));
    assertEquals("NoRelation", relations.relation("mia", "leo"));
  }

  @Test
  void aFriendInTheNeededDirectionsCannotBeAddedAgain() {
    relations.add("mia", "leo", SINGLE);
    JsonNode again =
        relations.ok(
            "sns/friend_add",
            "{'From_Account':'mia','AddType':'Add_Type_Single',"
                + "'AddFriendItem':[{'To_Account':'leo'}]}");
    assertEquals(30001, Relations.item(again));
    assertEquals("Err_SNS_FriendAdd_Already_Friend", again.at("/ResultItem/0/ResultInfo").asText());
    assertEquals(0, relations.add("mia", "leo", ""), "the other direction is still missing");
    assertEquals(30001, relations.add("mia", "leo", ""));
    assertEquals(1, relations.friends("mia").path("FriendNum").asInt());
  }

  @Test
  void whoIsAskedAndAsksBackBecomesAFriendAtOnceWithWhatTheFirstHadAskedFor() {
    relations.allow("leo", "AllowType_Type_NeedConfirm");
    relations.allow("mia", "AllowType_Type_DenyAny");
    relations.call(
        "sns/friend_add",
        "{'From_Account':'mia','AddFriendItem':[{'To_Account':'leo','Remark':'L',"
            + "'GroupName':'Work','AddSource':'AddSource_Type_Web','AddWording':'hi'}]}");
    assertEquals("NoRelation", relations.relation("mia", "leo"));
    assertEquals(0, relations.add("leo", "mia", SINGLE));
    assertEquals("BothWay", relations.relation("mia", "leo"));
    assertEquals("\"L\"", relations.field("mia", "leo", "Tag_SNS_IM_Remark").toString());
    assertEquals("[\"Work\"]", relations.field("mia", "leo", "Tag_SNS_IM_Group").toString());
  }

  @Test
  void everyOwnerOfAChangedListIsTold() {
    try (TestUser mia = relations.app().login("mia");
        TestUser leo = relations.app().login("leo");
        TestUser zoe = relations.app().login("zoe")) {
      relations.add("mia", "leo", "");
      assertTrue(
          mia.nextEvent()
              .startsWith("friend.added{\"friends\":[{\"userId\":\"leo\",\"remark\":\"\""));
      String event = leo.nextEvent();
      assertTrue(event.startsWith("friend.added{\"friends\":[{\"userId\":\"mia\""), event);
      assertTrue(event.endsWith("\"standardSequence\":1,\"customSequence\":0}"), event);
      relations.add("mia", "zoe", SINGLE);
      assertTrue(mia.nextEvent().contains("zoe"));
      assertFalse(zoe.settle().hasEvent());
    }
  }

  @Test
  void bothAreToldOfARequestAndOfItsEnd() {
    relations.allow("leo", "AllowType_Type_NeedConfirm");
    try (TestUser mia = relations.app().login("mia");
        TestUser leo = relations.app().login("leo")) {
      relations.add("mia", "leo", "");
      String sent = mia.nextEvent();
      assertTrue(
          sent.startsWith(
              "friend.request{\"added\":[{\"userId\":\"leo\",\"type\":\"Pendency_Type_SendOut\""),
          sent);
      String received = leo.nextEvent();
      assertTrue(
          received.startsWith(
              "friend.request{\"added\":[{\"userId\":\"mia\",\"type\":\"Pendency_Type_ComeIn\""),
          received);
      relations.add("leo", "mia", "");
      assertTrue(mia.nextEvent().startsWith("friend.added"));
      assertEquals(
          "friend.request{\"added\":[],\"removed\":"
              + "[{\"userId\":\"leo\",\"type\":\"Pendency_Type_SendOut\"}]}",
          mia.nextEvent());
    }
  }

  @Test
  void anAccountHasAHundredRequestsPendingOfEachKindAndNoMore() {
    List<String> many = relations.users("u", 101);
    relations.allow("leo", "AllowType_Type_NeedConfirm");
    for (String user : many.subList(0, 100)) {
      assertEquals(30539, relations.add(user, "leo", ""));
    }
    assertEquals(30012, relations.add("u100", "leo", ""));
    assertEquals(30539, relations.add("u5", "leo", ""), "asking again takes no more room");
    assertEquals(0, relations.add("u100", "leo", FORCED));
    many.forEach(user -> relations.allow(user, "AllowType_Type_NeedConfirm"));
    for (String user : many.subList(0, 100)) {
      assertEquals(30539, relations.add("zoe", user, ""));
    }
    assertEquals(30012, relations.add("zoe", "u100", ""));
  }

  @Test
  void threeThousandFriendsAreTheLimitOfBothSides() {
    List<String> many = relations.users("u", 3001);
    assertFalse(relations.importFriends("mia", many.subList(0, 3000)).has("Fail_Account"));
    assertEquals(30010, relations.add("mia", "u3000", FORCED));
    assertEquals(30014, relations.add("leo", "mia", FORCED));
    assertEquals(0, relations.add("leo", "mia", SINGLE));
    JsonNode imported = relations.importFriends("mia", List.of("u3000", "u5"));
    assertEquals(30010, imported.at("/ResultItem/0/ResultCode").asInt());
    assertEquals(
        "Err_SNS_FriendImport_My_Friend_Num_Exceed_Threshold",
        imported.at("/ResultItem/0/ResultInfo").asText());
    assertEquals(0, imported.at("/ResultItem/1/ResultCode").asInt(), "u5 is there already");
  }

  @Test
  void thirtyTwoListsAreTheLimit() {
    String names = "";
    for (int i = 0; i < 32; i++) {
      names += (i == 0 ? "" : ",") + "'l" + i + "'";
    }
    relations.ok("sns/group_add", "{'From_Account':'mia','GroupName':[" + names + "]}");
    String item = "{'From_Account':'mia','AddFriendItem':[{'To_Account':'leo','GroupName':'%s'}]}";
    assertEquals(30011, Relations.item(relations.ok("sns/friend_add", item.formatted("l32"))));
    assertEquals("NoRelation", relations.relation("mia", "leo"));
    assertEquals(0, Relations.item(relations.ok("sns/friend_add", item.formatted("l31"))));
  }

  @Test
  void itemsStandForThemselvesAndKeepTheirOrder() {
    JsonNode reply =
        relations.ok(
            "sns/friend_add",
            "{'From_Account':'mia','AddFriendItem':["
                + "{'To_Account':'ghost'},{'To_Account':'leo'},{'To_Account':'mia'},"
                + "{'To_Account':'leo','Remark':'second'},{'To_Account':'zoe','Remark':7},"
                + "{'To_Account':' bad '}]}");
    assertEquals(
        List.of("ghost", "leo", "mia", "zoe", " bad "), Relations.names(reply.path("ResultItem")));
    int[] codes = {30003, 0, 30001, 30001, 30003};
    for (int i = 0; i < codes.length; i++) {
      assertEquals(codes[i], reply.at("/ResultItem/" + i + "/ResultCode").asInt(-1));
    }
    assertEquals("[\"ghost\",\"mia\",\"zoe\",\" bad \"]", reply.path("Fail_Account").toString());
    assertTrue(relations.field("mia", "leo", "Tag_SNS_IM_Remark").isMissingNode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          'Remark':'REPEAT96'|0
          'Remark':'REPEAT97'|30001
          'Remark':7|30001
          'AddWording':'REPEAT256'|0
          'AddWording':'REPEAT257'|30001
          'GroupName':'REPEAT30'|0
          'GroupName':'REPEAT31'|30001
          'GroupName':''|30001
          'GroupName':['a','b']|0
          'GroupName':[7]|30001
          'AddSource':'AddSource_Type_Abcdefgh'|0
          'AddSource':'AddSource_Type_Abcdefghi'|30001
          'AddSource':'AddSource_Type_'|30001
          'AddSource':'AddSource_Type_A1'|30001
          'AddSource':'Web'|30001
          'Remark':null,'GroupName':null,'AddSource':null,'AddWording':null|0
          'Remark':'=1+1;DROP TABLE friend; %\\u0000😀'|0
          """)
  void aBadFieldFailsItsItemOnly(String field, int code) {
    StringBuilder text = new StringBuilder();
    Matcher repeat = Pattern.compile("REPEAT(\\d+)").matcher(field);
    while (repeat.find()) {
      int bytes = Integer.parseInt(repeat.group(1));
      repeat.appendReplacement(text, "é".repeat(bytes / 2) + "x".repeat(bytes % 2));
    }
    repeat.appendTail(text);
    JsonNode reply =
        relations.ok(
            "sns/friend_add",
            "{'From_Account':'mia','AddFriendItem':[{'To_Account':'leo'," + text + "}]}");
    assertEquals(code, Relations.item(reply));
    assertEquals(code == 0 ? "BothWay" : "NoRelation", relations.relation("mia", "leo"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {'From_Account':'ghost','AddFriendItem':[{'To_Account':'leo'}]}|30003
          {'From_Account':7,'AddFriendItem':[{'To_Account':'leo'}]}|60015
          {'AddFriendItem':[{'To_Account':'leo'}]}|30001
          {'From_Account':'mia'}|30001
          {'From_Account':'mia','AddFriendItem':[]}|30001
          {'From_Account':'mia','AddFriendItem':{}}|30001
          {'From_Account':'mia','AddFriendItem':['leo']}|30001
          {'From_Account':'mia','AddFriendItem':[{}]}|30001
          {'From_Account':'mia','AddFriendItem':[{'To_Account':7}]}|60015
          {'From_Account':'mia','AddFriendItem':[{'To_Account':'leo'}],'AddType':'Both'}|30001
          {'From_Account':'mia','AddFriendItem':[{'To_Account':'leo'}],'ForceAddFlags':'x'}|30001
          {'From_Account':'mia'|30001
          """)
  void aBadCallIsRefusedAsAWhole(String body, int code) {
    JsonNode reply = relations.call("sns/friend_add", body);
    assertEquals(code, reply.path("ErrorCode").asInt(), reply::toString);
    assertEquals("", reply.path("ErrorDisplay").asText("absent"));
    assertEquals("NoRelation", relations.relation("mia", "leo"));
  }
}
