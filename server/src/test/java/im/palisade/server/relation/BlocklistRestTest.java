package im.palisade.server.relation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.client.HistoryRange;
import im.palisade.client.Sent;
import im.palisade.server.testing.TestUser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-accounts C9–C12 and message-formats §5.5: blocklists and what they stop. */
class BlocklistRestTest {
  private static final String SEND =
      "{'From_Account':'leo','To_Account':'mia','MsgRandom':1,'MsgBody':"
          + "[{'MsgType':'TIMTextElem','MsgContent':{'Text':'rest'}}]}";

  private final Relations relations = new Relations("{}", "mia", "leo", "zoe");

  @Test
  void blockingTwiceAndUnblockingTwiceFailAsItems() {
    assertEquals(0, relations.block("mia", "leo"));
    JsonNode again =
        relations.ok("sns/black_list_add", "{'From_Account':'mia','To_Account':['leo']}");
    assertEquals(30001, Relations.item(again));
    assertEquals(
        "Err_SNS_BlackListAdd_Already_Exist", again.at("/ResultItem/0/ResultInfo").asText());
    assertEquals(0, unblock("mia", "leo"));
    JsonNode none =
        relations.ok("sns/black_list_delete", "{'From_Account':'mia','To_Account':['leo']}");
    assertEquals(30001, Relations.item(none));
    assertEquals("Err_SNS_BlackListDelete_Not_Exist", none.at("/ResultItem/0/ResultInfo").asText());
  }

  @Test
  void itemsStandForThemselves() {
    JsonNode reply =
        relations.ok(
            "sns/black_list_add",
            "{'From_Account':'mia','To_Account':['ghost','leo','mia','leo','zoe']}");
    assertEquals(List.of("ghost", "leo", "mia", "zoe"), Relations.names(reply.path("ResultItem")));
    assertEquals("[\"ghost\",\"mia\"]", reply.path("Fail_Account").toString());
    assertEquals(30003, reply.at("/ResultItem/0/ResultCode").asInt());
    assertEquals(2, list("mia", 0, 30).path("BlackListItem").size());
  }

  @Test
  void blockingEndsTheFriendshipOnBothSidesAndFollowsAndRequests() {
    relations.add("mia", "leo", "");
    relations.follow("mia", "leo");
    relations.follow("leo", "mia");
    relations.allow("zoe", "AllowType_Type_NeedConfirm");
    relations.add("mia", "zoe", "");
    try (TestUser mia = relations.app().login("mia");
        TestUser leo = relations.app().login("leo")) {
      relations.block("mia", "leo");
      assertEquals("friend.deleted{\"userIds\":[\"leo\"],\"standardSequence\":2}", mia.nextEvent());
      assertEquals("block.added{\"userIds\":[\"leo\"],\"sequence\":1}", mia.nextEvent());
      assertEquals(
          "follow.changed{\"users\":[{\"userId\":\"leo\",\"followType\":0}],"
              + "\"followerCount\":0,\"followingCount\":0,\"mutualCount\":0}",
          mia.nextEvent());
      assertEquals("friend.deleted{\"userIds\":[\"mia\"],\"standardSequence\":2}", leo.nextEvent());
      assertTrue(leo.nextEvent().startsWith("follow.changed"));
      assertFalse(leo.settle().hasEvent(), "the blocked are not told so");
      relations.block("zoe", "mia");
      assertTrue(mia.nextEvent().startsWith("friend.request{\"added\":[],\"removed\":[{"));
      unblock("mia", "leo");
      assertEquals("block.deleted{\"userIds\":[\"leo\"],\"sequence\":2}", mia.nextEvent());
    }
    assertEquals("NoRelation", relations.relation("mia", "leo"), "nothing is restored");
    unblock("zoe", "mia");
    relations.allow("mia", "AllowType_Type_DenyAny");
    assertEquals(30516, relations.add("zoe", "mia", ""), "the request is gone");
  }

  @Test
  void anAppMayKeepFriendshipsOfTheBlocked() {
    Relations keeping = new Relations("{\"blockEndsFriendship\":false}", "mia", "leo");
    keeping.add("mia", "leo", "");
    keeping.block("mia", "leo");
    assertEquals("BothWay", keeping.relation("mia", "leo"));
  }

  @Test
  void theListIsPagedNewestFirst() {
    List<String> many = relations.users("u", 5);
    for (String user : many) {
      relations.block("mia", user);
    }
    JsonNode first = list("mia", 0, 2);
    assertEquals(List.of("u4", "u3"), Relations.names(first.path("BlackListItem")));
    assertTrue(first.at("/BlackListItem/0/AddBlackTimeStamp").asLong() > 1_600_000_000L);
    assertEquals(5, first.path("CurruentSequence").asInt());
    JsonNode second = list("mia", first.path("StartIndex").asInt(), 2);
    assertEquals(List.of("u2", "u1"), Relations.names(second.path("BlackListItem")));
    JsonNode last = list("mia", second.path("StartIndex").asInt(), 2);
    assertEquals(List.of("u0"), Relations.names(last.path("BlackListItem")));
    assertEquals(0, last.path("StartIndex").asInt(-1));
    JsonNode known =
        relations.ok(
            "sns/black_list_get",
            "{'From_Account':'mia','StartIndex':0,'MaxLimited':2,'LastSequence':5}");
    assertTrue(known.path("BlackListItem").isEmpty());
    assertEquals(0, known.path("StartIndex").asInt(-1));
    assertEquals(5, known.path("CurruentSequence").asInt());
  }

  @Test
  void aThousandMayBeBlockedAndNoMoreAndAPageHoldsThemAll() {
    List<String> many = relations.users("u", 1001);
    JsonNode reply =
        relations.ok("sns/black_list_add", Relations.body("mia", many.subList(0, 1000), ""));
    assertFalse(reply.has("Fail_Account"));
    assertEquals(30013, relations.block("mia", "u1000"));
    JsonNode page = list("mia", 0, 5000);
    assertEquals(1000, page.path("BlackListItem").size());
    assertEquals(0, page.path("StartIndex").asInt(-1));
    assertEquals(1, page.path("CurruentSequence").asInt(), "one call is one change");
    unblock("mia", "u7");
    assertEquals(0, relations.block("mia", "u1000"));
    assertEquals("u1000", list("mia", 0, 1).at("/BlackListItem/0/To_Account").asText());
    assertEquals(30001, relations.code("sns/black_list_add", Relations.body("mia", many, "")));
  }

  @Test
  void checkTellsWhoHasBlockedWhom() {
    relations.block("mia", "leo");
    relations.block("leo", "mia");
    relations.block("zoe", "mia");
    String body = "{'From_Account':'mia','To_Account':['leo','zoe','ghost'],'CheckType':'%s'}";
    JsonNode both =
        relations.ok("sns/black_list_check", body.formatted("BlackCheckResult_Type_Both"));
    assertEquals(
        "BlackCheckResult_Type_BothWay", both.at("/BlackListCheckItem/0/Relation").asText());
    assertEquals(
        "BlackCheckResult_Type_BWithA", both.at("/BlackListCheckItem/1/Relation").asText());
    assertEquals("BlackCheckResult_Type_NO", both.at("/BlackListCheckItem/2/Relation").asText());
    assertEquals(30003, both.at("/BlackListCheckItem/2/ResultCode").asInt());
    assertEquals("[\"ghost\"]", both.path("Fail_Account").toString());
    for (String spelling : List.of("Single", "Singal")) {
      JsonNode single =
          relations.ok("sns/black_list_check", body.formatted("BlackCheckResult_Type_" + spelling));
      assertEquals(
          "BlackCheckResult_Type_AWithB", single.at("/BlackListCheckItem/0/Relation").asText());
      assertEquals(
          "BlackCheckResult_Type_NO", single.at("/BlackListCheckItem/1/Relation").asText());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          black_list_add|{'From_Account':'ghost','To_Account':['leo']}|30003
          black_list_add|{'From_Account':'mia','To_Account':[]}|30001
          black_list_add|{'From_Account':'mia','To_Account':[7]}|60015
          black_list_add|{'To_Account':['leo']}|30001
          black_list_delete|{'From_Account':'ghost','To_Account':['leo']}|30003
          black_list_delete|{'From_Account':'mia'}|30001
          black_list_get|{'From_Account':'ghost','StartIndex':0,'MaxLimited':1,'LastSequence':0}|30003
          black_list_get|{'From_Account':'mia','MaxLimited':1,'LastSequence':0}|30001
          black_list_get|{'From_Account':'mia','StartIndex':0,'LastSequence':0}|30001
          black_list_get|{'From_Account':'mia','StartIndex':0,'MaxLimited':1}|30001
          black_list_get|{'From_Account':'mia','StartIndex':0,'MaxLimited':0,'LastSequence':0}|30001
          black_list_get|{'From_Account':'mia','StartIndex':-1,'MaxLimited':1,'LastSequence':0}|30001
          black_list_check|{'From_Account':'mia','To_Account':['leo']}|30001
          black_list_check|{'From_Account':'mia','To_Account':['leo'],'CheckType':'CheckResult_Type_Both'}|30001
          """)
  void aBadCallIsRefusedAsAWhole(String command, String body, int code) {
    assertEquals(code, relations.code("sns/" + command, body));
  }

  @Test
  void aBlockedSendersMessageIsKeptForTheSenderAlone() {
    try (TestUser mia = relations.app().login("mia");
        TestUser leo = relations.app().login("leo");
        TestUser tablet = relations.app().login("leo", "ios", "t")) {
      relations.block("mia", "leo");
      mia.nextEvent();
      Sent sent = leo.send("mia", 1, "unheard");
      assertEquals(1, sent.seq());
      assertEquals("unheard", tablet.nextMessage().text());
      assertFalse(mia.settle().hasMessage());
      assertEquals(1, leo.history("mia", new HistoryRange.Newest(), 10).messages().size());
      assertEquals(0, mia.history("leo", new HistoryRange.Newest(), 10).messages().size());
      mia.send("leo", 2, "the blocker may write");
      assertEquals("the blocker may write", leo.nextMessage().text());
      assertEquals(0, relations.code("openim/sendmsg", SEND));
      assertEquals("rest", mia.nextMessage().text(), "REST never asks");
      unblock("mia", "leo");
      leo.send("mia", 3, "heard");
      assertEquals("heard", mia.nextMessage().text());
      assertFalse(mia.settle().hasMessage());
    }
  }

  @Test
  void anAppMayLetTheBlockedKnow() {
    Relations open = new Relations("{\"blockedShowsSuccess\":false}", "mia", "leo");
    open.block("mia", "leo");
    try (TestUser leo = open.app().login("leo");
        TestUser mia = open.app().login("mia")) {
      assertEquals(20007, TestUser.code(leo.client().sendText("C2Cmia", 1, "x")));
      assertEquals(0, leo.history("mia", new HistoryRange.Newest(), 10).messages().size());
      assertEquals(0, TestUser.code(mia.client().sendText("C2Cleo", 1, "x")));
    }
  }

  private int unblock(String from, String to) {
    return Relations.item(
        relations.ok(
            "sns/black_list_delete",
            "{'From_Account':'%s','To_Account':['%s']}".formatted(from, to)));
  }

  private JsonNode list(String from, int start, int limit) {
    return relations.ok(
        "sns/black_list_get",
        "{'From_Account':'%s','StartIndex':%d,'MaxLimited':%d,'LastSequence':0}"
            .formatted(from, start, limit));
  }
}
