package im.palisade.server.relation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-accounts C2–C8 and C16: what becomes of friends once they are there. */
class FriendRestTest {
  private final Relations relations =
      new Relations(
          "{\"friendFields\":[{\"name\":\"Rank\"},{\"name\":\"Test\"}],"
              + "\"profileFields\":[{\"name\":\"Vip\"},"
              + "{\"name\":\"Shy\",\"readableBy\":[\"SELF\",\"ADMIN\"]}]}",
          "mia",
          "leo",
          "zoe");

  @Test
  void anImportIsOneSidedAsksNobodyAndKeepsEveryField() {
    relations.allow("leo", "AllowType_Type_DenyAny");
    relations.block("leo", "mia");
    relations.profile("mia", "Tag_Profile_IM_AdminForbidType", "AdminForbid_Type_SendOut");
    JsonNode reply =
        relations.ok(
            "sns/friend_import",
            "{'From_Account':'mia','AddFriendItem':[{'To_Account':'leo',"
                + "'AddSource':'AddSource_Type_Import','GroupName':['Work','Chess'],'Remark':'L',"
                + "'RemarkTime':1690000000,'AddWording':'w','AddTime':1700000000,"
                + "'CustomItem':[{'Tag':'Tag_SNS_Custom_Rank','Value':'7'},"
                + "{'Tag':'Tag_SNS_Custom_Test','Value':0}]}]}");
    assertEquals(0, Relations.item(reply));
    assertEquals("AWithB", relations.relation("mia", "leo"));
    JsonNode page = relations.friends("mia");
    assertEquals(
        "[{\"To_Account\":\"leo\",\"ValueItem\":["
            + "{\"Tag\":\"Tag_SNS_IM_AddSource\",\"Value\":\"AddSource_Type_Import\"},"
            + "{\"Tag\":\"Tag_SNS_IM_Remark\",\"Value\":\"L\"},"
            + "{\"Tag\":\"Tag_SNS_IM_Group\",\"Value\":[\"Work\",\"Chess\"]},"
            + "{\"Tag\":\"Tag_SNS_IM_AddTime\",\"Value\":1700000000},"
            + "{\"Tag\":\"Tag_SNS_IM_AddWording\",\"Value\":\"w\"},"
            + "{\"Tag\":\"Tag_SNS_Custom_Rank\",\"Value\":\"7\"},"
            + "{\"Tag\":\"Tag_SNS_Custom_Test\",\"Value\":\"0\"}]}]",
        page.path("UserDataItem").toString());
    assertEquals(1, page.path("StandardSequence").asInt());
    assertEquals(1, page.path("CustomSequence").asInt());
    assertEquals(1, page.path("FriendNum").asInt());
    assertEquals(1, page.path("CompleteFlag").asInt());
    assertEquals(0, page.path("NextStartIndex").asInt(-1));
  }

  @Test
  void anImportOfAFriendUpdatesWhatIsGiven() {
    relations.importFriends("mia", List.of("leo"));
    relations.ok(
        "sns/friend_import",
        "{'From_Account':'mia','AddFriendItem':[{'To_Account':'leo','Remark':'L'}]}");
    assertEquals("L", relations.field("mia", "leo", "Tag_SNS_IM_Remark").asText());
    assertEquals(
        "AddSource_Type_Unknow", relations.field("mia", "leo", "Tag_SNS_IM_AddSource").asText());
    assertEquals(1, relations.friends("mia").path("FriendNum").asInt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          'AddSource':'x'|30001
          'AddTime':-1|30001
          'AddTime':4294967295|0
          'CustomItem':[{'Tag':'Tag_SNS_Custom_Nope','Value':'x'}]|30001
          'CustomItem':[{'Tag':'Tag_SNS_Custom_Rank','Value':[]}]|30001
          'CustomItem':[{'Tag':'Tag_SNS_Custom_Rank'}]|30001
          'CustomItem':{}|30001
          """)
  void aBadFieldOfAnImportFailsItsItemOnly(String field, int code) {
    JsonNode reply =
        relations.ok(
            "sns/friend_import",
            "{'From_Account':'mia','AddFriendItem':[{'To_Account':'leo',"
                + field
                + "},{'To_Account':'zoe'}]}");
    assertEquals(code, reply.at("/ResultItem/0/ResultCode").asInt());
    assertEquals(0, reply.at("/ResultItem/1/ResultCode").asInt());
    assertEquals(code == 0 ? 2 : 1, relations.friends("mia").path("FriendNum").asInt());
  }

  @Test
  void anUpdateReplacesRemarkListsAndCustomFields() {
    relations.add("mia", "leo", "");
    JsonNode reply =
        update(
            "leo",
            "{'Tag':'Tag_SNS_IM_Remark','Value':'L.'},"
                + "{'Tag':'Tag_SNS_IM_Group','Value':['Chess','Go']},"
                + "{'Tag':'Tag_SNS_Custom_Rank','Value':3}");
    assertEquals(0, Relations.item(reply));
    assertEquals("L.", relations.field("mia", "leo", "Tag_SNS_IM_Remark").asText());
    assertEquals("\"3\"", relations.field("mia", "leo", "Tag_SNS_Custom_Rank").toString());
    update("leo", "{'Tag':'Tag_SNS_IM_Group','Value':['Go']}");
    assertEquals("[\"Go\"]", relations.field("mia", "leo", "Tag_SNS_IM_Group").toString());
    update("leo", "{'Tag':'Tag_SNS_IM_Group','Value':[]}");
    assertTrue(relations.field("mia", "leo", "Tag_SNS_IM_Group").isMissingNode());
    JsonNode lists = relations.ok("sns/group_get", "{'From_Account':'mia'}");
    assertEquals(2, lists.path("ResultItem").size(), "the lists themselves stay");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          leo|{'Tag':'Tag_SNS_IM_AddTime','Value':5}|30001
          leo|{'Tag':'Tag_SNS_IM_AddSource','Value':'AddSource_Type_Web'}|30001
          leo|{'Tag':'Tag_Profile_IM_Nick','Value':'x'}|30001
          leo|{'Tag':'Tag_SNS_Custom_Nope','Value':'x'}|30001
          leo|{'Tag':'Tag_SNS_IM_Remark','Value':7}|30001
          leo|{'Tag':'Tag_SNS_IM_Group','Value':'x'}|30001
          leo|{'Tag':'Tag_SNS_IM_Group','Value':['']}|30001
          leo|{'Tag':'Tag_SNS_IM_Group','Value':['1234567890123456789012345678901']}|30001
          leo|{'Tag':'Tag_SNS_IM_Remark'}|30001
          leo||30001
          zoe|{'Tag':'Tag_SNS_IM_Remark','Value':'x'}|30001
          ghost|{'Tag':'Tag_SNS_IM_Remark','Value':'x'}|30003
          mia|{'Tag':'Tag_SNS_IM_Remark','Value':'x'}|30001
          """)
  void aBadUpdateChangesNothingOfItsFriend(String friend, String value, int code) {
    relations.add("mia", "leo", "");
    String good = "{'Tag':'Tag_SNS_Custom_Rank','Value':'9'}";
    JsonNode reply = update(friend, value == null ? "" : good + "," + value);
    assertEquals(code, Relations.item(reply));
    assertTrue(relations.field("mia", "leo", "Tag_SNS_Custom_Rank").isMissingNode());
  }

  @Test
  void tooManyListsFailAnUpdate() {
    relations.add("mia", "leo", "");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 33; i++) {
      names.add("'l" + i + "'");
    }
    JsonNode reply =
        update("leo", "{'Tag':'Tag_SNS_IM_Group','Value':[" + String.join(",", names) + "]}");
    assertEquals(30011, Relations.item(reply));
    assertEquals(
        "Err_SNS_FriendUpdate_Group_Num_Exceed_Threshold",
        reply.at("/ResultItem/0/ResultInfo").asText());
    assertEquals(
        0, relations.ok("sns/group_get", "{'From_Account':'mia'}").at("/ResultItem").size());
  }

  @Test
  void theOwnersDevicesAreToldOfImportUpdateAndDeletion() {
    try (TestUser mia = relations.app().login("mia");
        TestUser leo = relations.app().login("leo")) {
      relations.importFriends("mia", List.of("leo"));
      assertTrue(mia.nextEvent().startsWith("friend.added{\"friends\":[{\"userId\":\"leo\""));
      update("leo", "{'Tag':'Tag_SNS_IM_Remark','Value':'L.'}");
      String updated = mia.nextEvent();
      assertTrue(
          updated.startsWith("friend.updated{\"friends\":[{\"userId\":\"leo\",\"remark\":\"L.\""),
          updated);
      delete("'leo'", "Delete_Type_Single");
      assertEquals("friend.deleted{\"userIds\":[\"leo\"],\"standardSequence\":3}", mia.nextEvent());
      assertFalse(leo.settle().hasEvent());
    }
  }

  @Test
  void aSingleDeletionLeavesTheOtherSideAndLosesTheFriendsData() {
    relations.add("mia", "leo", "");
    update(
        "leo",
        "{'Tag':'Tag_SNS_IM_Remark','Value':'L.'},{'Tag':'Tag_SNS_IM_Group','Value':['Chess']}");
    assertEquals(0, Relations.item(delete("'leo'", "Delete_Type_Single")));
    assertEquals("BWithA", relations.relation("mia", "leo"));
    relations.add("mia", "leo", "");
    assertTrue(relations.field("mia", "leo", "Tag_SNS_IM_Remark").isMissingNode());
    assertTrue(relations.field("mia", "leo", "Tag_SNS_IM_Group").isMissingNode());
  }

  @Test
  void singleIsTheDefaultAndBothTakesEitherDirection() {
    relations.add("mia", "leo", "");
    relations.ok("sns/friend_delete", "{'From_Account':'mia','To_Account':['leo']}");
    assertEquals("BWithA", relations.relation("mia", "leo"));
    assertEquals(31704, Relations.item(delete("'leo'", "Delete_Type_Single")));
    assertEquals(0, Relations.item(delete("'leo'", "Delete_Type_Both")));
    assertEquals("NoRelation", relations.relation("mia", "leo"));
    assertEquals(31704, Relations.item(delete("'leo'", "Delete_Type_Both")));
    assertEquals(0, relations.friends("leo").path("FriendNum").asInt());
  }

  @Test
  void deletingAllMayTakeBothSidesAndLeavesTheListsNames() {
    relations.add("mia", "leo", "");
    relations.add("mia", "zoe", "");
    update("leo", "{'Tag':'Tag_SNS_IM_Group','Value':['Chess']}");
    relations.ok("sns/friend_delete_all", "{'From_Account':'mia'}");
    assertEquals("BWithA", relations.relation("mia", "leo"));
    assertEquals("BWithA", relations.relation("mia", "zoe"));
    assertEquals(
        "[{\"GroupName\":\"Chess\",\"FriendNumber\":0}]",
        relations.ok("sns/group_get", "{'From_Account':'mia'}").path("ResultItem").toString());
    relations.ok("sns/friend_delete_all", "{'From_Account':'mia','DeleteType':'Delete_Type_Both'}");
    assertEquals("BWithA", relations.relation("mia", "leo"), "leo was no friend of mia any more");
    try (TestUser mia = relations.app().login("mia")) {
      relations.ok(
          "sns/friend_delete_all", "{'From_Account':'leo','DeleteType':'Delete_Type_Both'}");
      assertEquals("NoRelation", relations.relation("mia", "leo"));
      assertFalse(mia.settle().hasEvent(), "mia had nobody to lose");
    }
    relations.add("mia", "leo", "");
    try (TestUser leo = relations.app().login("leo")) {
      relations.ok(
          "sns/friend_delete_all", "{'From_Account':'mia','DeleteType':'Delete_Type_Both'}");
      assertEquals("NoRelation", relations.relation("mia", "leo"));
      assertTrue(leo.nextEvent().startsWith("friend.deleted{\"userIds\":[\"mia\"]"));
    }
  }

  @Test
  void checkTellsWhoHasWhomAndASingleCheckOnlyTheOwnSide() {
    relations.importFriends("leo", List.of("mia"));
    String body =
        "{'From_Account':'mia','To_Account':['leo','zoe','ghost','mia','leo'],'CheckType':'%s'}";
    JsonNode both = relations.ok("sns/friend_check", body.formatted("CheckResult_Type_Both"));
    assertEquals(4, both.path("InfoItem").size());
    assertEquals("CheckResult_Type_BWithA", both.at("/InfoItem/0/Relation").asText());
    assertEquals("CheckResult_Type_NoRelation", both.at("/InfoItem/1/Relation").asText());
    assertEquals(0, both.at("/InfoItem/1/ResultCode").asInt(-1));
    assertEquals("CheckResult_Type_NoRelation", both.at("/InfoItem/2/Relation").asText());
    assertEquals(30003, both.at("/InfoItem/2/ResultCode").asInt());
    assertEquals(30001, both.at("/InfoItem/3/ResultCode").asInt());
    assertEquals("[\"ghost\",\"mia\"]", both.path("Fail_Account").toString());
    for (String spelling : List.of("Single", "Singal")) {
      JsonNode single =
          relations.ok("sns/friend_check", body.formatted("CheckResult_Type_" + spelling));
      assertEquals("CheckResult_Type_NoRelation", single.at("/InfoItem/0/Relation").asText());
    }
    assertEquals(30001, relations.code("sns/friend_check", body.formatted("Both")));
  }

  @Test
  void aFriendListIsPagedByHundredsOldestFirst() {
    List<String> many = relations.users("u", 250);
    relations.importFriends("mia", many);
    relations.ok(
        "sns/friend_import",
        "{'From_Account':'mia','AddFriendItem':[{'To_Account':'leo','AddTime':5},"
            + "{'To_Account':'zoe','AddTime':4}]}");
    List<String> seen = new ArrayList<>();
    int start = 0;
    int pages = 0;
    do {
      JsonNode page =
          relations.ok("sns/friend_get", "{'From_Account':'mia','StartIndex':%d}".formatted(start));
      assertEquals(252, page.path("FriendNum").asInt());
      seen.addAll(Relations.names(page.path("UserDataItem")));
      start = page.path("NextStartIndex").asInt();
      pages++;
      assertEquals(start == 0 ? 1 : 0, page.path("CompleteFlag").asInt());
    } while (start != 0);
    assertEquals(3, pages);
    assertEquals(List.of("zoe", "leo"), seen.subList(0, 2));
    assertEquals(many.stream().sorted().toList(), seen.subList(2, 252));
  }

  @Test
  void aFullPageThatIsTheLastIsComplete() {
    relations.importFriends("mia", relations.users("u", 100));
    JsonNode page = relations.friends("mia");
    assertEquals(100, page.path("UserDataItem").size());
    assertEquals(1, page.path("CompleteFlag").asInt());
    assertEquals(0, page.path("NextStartIndex").asInt());
  }

  @Test
  void whatTheCallerHasAlreadyIsNotSent() {
    relations.importFriends("mia", List.of("zoe"));
    relations.ok(
        "sns/friend_import",
        "{'From_Account':'mia','AddFriendItem':[{'To_Account':'leo',"
            + "'CustomItem':[{'Tag':'Tag_SNS_Custom_Rank','Value':'7'}]}]}");
    String body = "{'From_Account':'mia','StartIndex':0,'StandardSequence':%d,'CustomSequence':%d}";
    JsonNode all = relations.ok("sns/friend_get", body.formatted(0, 0));
    assertEquals(2, all.path("StandardSequence").asInt());
    assertEquals(1, all.path("CustomSequence").asInt());
    assertEquals(
        "[{\"To_Account\":\"leo\",\"ValueItem\":"
            + "[{\"Tag\":\"Tag_SNS_Custom_Rank\",\"Value\":\"7\"}]}]",
        relations.ok("sns/friend_get", body.formatted(2, 0)).path("UserDataItem").toString());
    JsonNode standard = relations.ok("sns/friend_get", body.formatted(1, 1));
    assertEquals(2, standard.path("UserDataItem").size());
    assertFalse(standard.toString().contains("Custom_Rank"));
    JsonNode nothing = relations.ok("sns/friend_get", body.formatted(2, 1));
    assertEquals("[]", nothing.path("UserDataItem").toString());
    assertEquals(1, nothing.path("CompleteFlag").asInt());
    assertEquals(2, nothing.path("FriendNum").asInt());
  }

  @Test
  void selectedFriendsComeWithFieldsOfProfileAndList() {
    relations.importFriends("mia", List.of("leo"));
    update(
        "leo",
        "{'Tag':'Tag_SNS_IM_Remark','Value':'L.'},{'Tag':'Tag_SNS_Custom_Rank','Value':'7'}");
    relations.profile("leo", "Tag_Profile_IM_Nick", "Leo");
    relations.profile("leo", "Tag_Profile_Custom_Vip", "gold");
    JsonNode reply =
        relations.ok(
            "sns/friend_get_list",
            "{'From_Account':'mia','To_Account':['zoe','leo','ghost'],'TagList':["
                + "'Tag_Profile_IM_Nick','Tag_SNS_IM_Remark','Tag_Profile_Custom_Vip',"
                + "'Tag_SNS_Custom_Rank','Tag_SNS_Custom_Test']}");
    assertEquals(
        "[{\"Tag\":\"Tag_Profile_IM_Nick\",\"Value\":\"Leo\"},"
            + "{\"Tag\":\"Tag_SNS_IM_Remark\",\"Value\":\"L.\"},"
            + "{\"Tag\":\"Tag_Profile_Custom_Vip\",\"Value\":\"gold\"},"
            + "{\"Tag\":\"Tag_SNS_Custom_Rank\",\"Value\":\"7\"}]",
        reply.at("/InfoItem/1/SnsProfileItem").toString());
    assertEquals(30001, reply.at("/InfoItem/0/ResultCode").asInt());
    assertEquals(
        "Err_SNS_FriendGetList_Friend_Not_Exist", reply.at("/InfoItem/0/ResultInfo").asText());
    assertFalse(reply.at("/InfoItem/0").has("SnsProfileItem"));
    assertEquals(30003, reply.at("/InfoItem/2/ResultCode").asInt());
    assertEquals("[\"zoe\",\"ghost\"]", reply.path("Fail_Account").toString());
  }

  @Test
  void withoutATagListAllOfTheFriendListNicknameAndAvatarCome() {
    relations.importFriends("mia", List.of("leo"));
    relations.profile("leo", "Tag_Profile_IM_Nick", "Leo");
    relations.profile("leo", "Tag_Profile_IM_Image", "i");
    JsonNode items =
        relations
            .ok("sns/friend_get_list", "{'From_Account':'mia','To_Account':['leo']}")
            .at("/InfoItem/0/SnsProfileItem");
    assertEquals("Leo", Relations.value(items, "Tag_Profile_IM_Nick").asText());
    assertEquals("i", Relations.value(items, "Tag_Profile_IM_Image").asText());
    assertTrue(Relations.value(items, "Tag_SNS_IM_AddTime").isIntegralNumber());
  }

  @Test
  void theOldFormOfTheFriendListIsPagedToo() {
    relations.importFriends("mia", relations.users("u", 3));
    relations.profile("u1", "Tag_Profile_IM_Nick", "One");
    String body =
        "{'From_Account':'mia','TimeStamp':0,'StartIndex':%d,'TagList':['Tag_Profile_IM_Nick'],"
            + "'LastStandardSequence':%d,'GetCount':2}";
    JsonNode first = relations.ok("sns/friend_get_all", body.formatted(0, 0));
    assertEquals(List.of("u0", "u1"), Relations.names(first.path("InfoItem")));
    assertEquals("One", first.at("/InfoItem/1/SnsProfileItem/0/Value").asText());
    assertEquals(2, first.path("StartIndex").asInt());
    assertEquals(3, first.path("FriendNum").asInt());
    JsonNode second = relations.ok("sns/friend_get_all", body.formatted(2, 0));
    assertEquals(List.of("u2"), Relations.names(second.path("InfoItem")));
    assertEquals(0, second.path("StartIndex").asInt(-1));
    JsonNode same = relations.ok("sns/friend_get_all", body.formatted(0, 1));
    assertEquals("GetAll_Type_NO", same.path("NeedUpdateAll").asText());
    assertTrue(same.path("InfoItem").isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          friend_import|{'From_Account':'ghost','AddFriendItem':[{'To_Account':'leo'}]}|30003
          friend_import|{'From_Account':'mia','AddFriendItem':[]}|30001
          friend_update|{'From_Account':'ghost','UpdateItem':[{'To_Account':'leo','SnsItem':[]}]}|30003
          friend_update|{'From_Account':'mia','UpdateItem':[]}|30001
          friend_update|{'From_Account':'mia'}|30001
          friend_update|{'From_Account':'mia','UpdateItem':[{'SnsItem':[]}]}|30001
          friend_delete|{'From_Account':'ghost','To_Account':['leo']}|30003
          friend_delete|{'From_Account':'mia','To_Account':[]}|30001
          friend_delete|{'From_Account':'mia','To_Account':'leo'}|30001
          friend_delete|{'From_Account':'mia','To_Account':[7]}|60015
          friend_delete|{'From_Account':'mia','To_Account':['leo'],'DeleteType':'x'}|30001
          friend_delete_all|{'From_Account':'ghost'}|30003
          friend_delete_all|{}|30001
          friend_delete_all|{'From_Account':'mia','DeleteType':'x'}|30001
          friend_check|{'From_Account':'ghost','To_Account':['leo'],'CheckType':'CheckResult_Type_Both'}|30003
          friend_check|{'From_Account':'mia','To_Account':['leo']}|30001
          friend_check|{'From_Account':'mia','To_Account':[],'CheckType':'CheckResult_Type_Both'}|30001
          friend_get|{'From_Account':'ghost','StartIndex':0}|30003
          friend_get|{'From_Account':'mia'}|30001
          friend_get|{'From_Account':'mia','StartIndex':-1}|30001
          friend_get|{'StartIndex':0}|30001
          friend_get_list|{'From_Account':'ghost','To_Account':['leo']}|30003
          friend_get_list|{'From_Account':'mia','To_Account':[]}|30001
          friend_get_list|{'From_Account':'mia','To_Account':['leo'],'TagList':[]}|30001
          friend_get_list|{'From_Account':'mia','To_Account':['leo'],'TagList':['Tag_SNS_IM_Nope']}|30001
          friend_get_list|{'From_Account':'mia','To_Account':['leo'],'TagList':['Tag_Profile_IM_Nope']}|30001
          """)
  void aBadCallIsRefusedAsAWhole(String command, String body, int code) {
    assertEquals(code, relations.code("sns/" + command, body));
  }

  @ParameterizedTest
  @CsvSource({
    "friend_delete, 1000, 0",
    "friend_delete, 1001, 30001",
    "friend_check, 1000, 0",
    "friend_check, 1001, 30001",
    "friend_get_list, 100, 0",
    "friend_get_list, 101, 30001"
  })
  void theNumberOfAccountsIsBounded(String command, int count, int code) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("n" + i);
    }
    String more = command.equals("friend_check") ? ",'CheckType':'CheckResult_Type_Both'" : "";
    assertEquals(code, relations.code("sns/" + command, Relations.body("mia", names, more)));
  }

  @Test
  void friendsOfAChangedProfileAreToldWhatTheyMaySee() {
    relations.importFriends("mia", List.of("leo"));
    try (TestUser mia = relations.app().login("mia");
        TestUser leo = relations.app().login("leo");
        TestUser zoe = relations.app().login("zoe")) {
      relations.ok(
          "profile/portrait_set",
          "{'From_Account':'leo','ProfileItem':[{'Tag':'Tag_Profile_IM_Nick','Value':'Leo'},"
              + "{'Tag':'Tag_Profile_Custom_Shy','Value':'s'}]}");
      assertEquals(
          "profile.changed{\"userId\":\"leo\",\"profile\":["
              + "{\"tag\":\"Tag_Profile_IM_Nick\",\"value\":\"Leo\"}],\"changed\":{\"nick\":\"Leo\"}}",
          mia.nextEvent());
      assertTrue(leo.nextEvent().contains("Tag_Profile_Custom_Shy"));
      relations.profile("leo", "Tag_Profile_Custom_Shy", "t");
      assertFalse(mia.settle().hasEvent());
      assertFalse(zoe.settle().hasEvent(), "strangers are told nothing");
      relations.profile("mia", "Tag_Profile_IM_Nick", "Mia");
      assertTrue(leo.nextEvent().contains("Tag_Profile_Custom_Shy"));
      assertFalse(leo.settle().hasEvent(), "mia is no friend of leo");
    }
  }

  @Test
  void aDeletedAccountIsGoneFromAllListsAndItsFriendsAreTold() {
    relations.add("mia", "leo", "");
    relations.add("leo", "zoe", "");
    relations.follow("mia", "leo");
    relations.follow("leo", "mia");
    relations.block("zoe", "mia");
    relations.block("mia", "zoe");
    try (TestUser mia = relations.app().login("mia")) {
      relations.call("im_open_login_svc/account_delete", "{'DeleteItem':[{'UserID':'leo'}]}");
      assertEquals("friend.deleted{\"userIds\":[\"leo\"],\"standardSequence\":2}", mia.nextEvent());
    }
    JsonNode page = relations.friends("mia");
    assertEquals(0, page.path("FriendNum").asInt(-1));
    assertEquals(2, page.path("StandardSequence").asInt());
    assertEquals(
        "{\"To_Account\":\"mia\",\"FollowerCount\":0,\"FollowingCount\":0,"
            + "\"MutualFollowingCount\":0,\"ResultCode\":0,\"ResultInfo\":\"\"}",
        relations
            .ok("follow/follow_get_info", "{'From_Account':'zoe','To_Account':['mia']}")
            .at("/FollowInfo/0")
            .toString());
    relations.app().withUsers("leo");
    assertEquals("NoRelation", relations.relation("leo", "mia"));
    assertEquals(0, relations.friends("leo").path("StandardSequence").asInt(-1));
    assertEquals(0, relations.add("leo", "mia", ""));
  }

  @Test
  void otherAppsSeeNothingOfIt() {
    relations.add("mia", "leo", "");
    Relations other = new Relations("{}", "mia", "leo");
    assertEquals("NoRelation", other.relation("mia", "leo"));
    assertEquals(0, other.friends("mia").path("FriendNum").asInt(-1));
  }

  private JsonNode update(String friend, String values) {
    return relations.ok(
        "sns/friend_update",
        "{'From_Account':'mia','UpdateItem':[{'To_Account':'%s','SnsItem':[%s]}]}"
            .formatted(friend, values));
  }

  private JsonNode delete(String friends, String type) {
    return relations.ok(
        "sns/friend_delete",
        "{'From_Account':'mia','To_Account':[%s],'DeleteType':'%s'}".formatted(friends, type));
  }
}
