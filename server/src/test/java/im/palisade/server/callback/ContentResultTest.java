package im.palisade.server.callback;

import static im.palisade.server.callback.Like.assertLike;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestReceiver.Received;
import im.palisade.server.testing.TestUser;
import org.junit.jupiter.api.Test;

/** {@code ContentCallback.ResultNotify}: whose text it was, where, and why (callbacks §4.10). */
class ContentResultTest {
  private static final int BLOCKS = 2;

  @Test
  void aBlockedMessageIsToldOfWithItsReceiverWordsAndCustomData() {
    try (Hooked hooked = hooked();
        TestUser mia = hooked.app().login("mia")) {
      ObjectNode message =
          Json.object().put("conversation", "C2Cnoah").put("random", 1).put("cloudCustomData", "c");
      message.set("body", Hooked.json(Hooked.body("buy FOLLOWERS now")));
      assertEquals(80_001, TestUser.code(mia.client().request("message.send", message)));
      Received told = hooked.next(CallbackCommand.CONTENT_RESULT);
      assertFalse(told.body().has("CallbackCommand"), "it stands in the query alone");
      assertLike(
          expected(hooked, "C2C", "mia", "buy FOLLOWERS now", "followers")
              .formatted(",'ContactItem':{'ContactType':1,'To_Account':'noah'}", "", 1, "Block")
              .replace("'CloudCustomData':''", "'CloudCustomData':'c'"),
          told.body());
      assertEquals(0, hooked.history("mia", "noah").size());
    }
  }

  @Test
  void aDoubtfulMessageIsToldOfWithItsNumberAndWords() {
    try (Hooked hooked = hooked();
        TestUser mia = hooked.app().login("mia")) {
      String key = mia.send("noah", 1, "an odd offer").msgKey();
      assertLike(
          expected(hooked, "C2C", "mia", "an odd offer", "odd")
              .formatted(",'ContactItem':{'ContactType':1,'To_Account':'noah'}", key, 0, "Review"),
          hooked.next(CallbackCommand.CONTENT_RESULT).body());
      new GroupCases(hooked).create("Public", "hikers");
      long seq = TestUser.await(mia.client().sendText("GROUPhikers", 2, "another odd offer")).seq();
      assertLike(
          expected(hooked, "Group", "mia", "another odd offer", "odd")
              .formatted(",'ContactItem':{'ContactType':2,'ToGroupId':'hikers'}", seq, 0, "Review"),
          hooked.next(CallbackCommand.CONTENT_RESULT).body());
      new GroupCases(hooked).create("AVChatRoom", "live");
      GroupCases.join(mia, "live");
      long said = TestUser.await(mia.client().sendText("GROUPlive", 4, "an odd one, live")).seq();
      assertLike(
          expected(hooked, "Group", "mia", "an odd one, live", "odd")
              .formatted(",'ContactItem':{'ContactType':2,'ToGroupId':'live'}", said, 0, "Review"),
          hooked.next(CallbackCommand.CONTENT_RESULT).body());
      mia.send("noah", 3, "a good offer");
      mia.settle();
      assertEquals(0, hooked.receiver().waiting(), "what passes is not told of");
    }
  }

  @Test
  void textsOfGroupsMembersAndUsersAreToldOfWithoutANumber() {
    try (Hooked hooked = hooked();
        TestUser mia = hooked.app().login("mia")) {
      new GroupCases(hooked).create("Public", "hikers");
      ObjectNode group = Json.object().put("groupId", "hikers");
      for (String word : new String[] {"followers", "odd"}) {
        int code = word.equals("odd") ? 0 : 80_001;
        int result = word.equals("odd") ? 0 : 1;
        String suggestion = word.equals("odd") ? "Review" : "Block";
        assertEquals(
            code,
            TestUser.code(
                mia.client().request("group.modify", group.deepCopy().put("notification", word))));
        assertLike(
            expected(hooked, "GroupInfo", "mia", word, word).formatted("", "", result, suggestion),
            hooked.next(CallbackCommand.CONTENT_RESULT).body());
        assertEquals(
            code,
            TestUser.code(
                mia.client().request("group.member", group.deepCopy().put("nameCard", word))));
        assertLike(
            expected(hooked, "GroupMemberInfo", "mia", word, word)
                .formatted("", "", result, suggestion),
            hooked.next(CallbackCommand.CONTENT_RESULT).body());
        assertEquals(
            word.equals("odd") ? 0 : 40_005,
            TestUser.code(mia.client().request("profile.set", Json.object().put("nick", word))));
        assertLike(
            expected(hooked, "UserInfo", "mia", word, word).formatted("", "", result, suggestion),
            hooked.next(CallbackCommand.CONTENT_RESULT).body());
      }
      assertEquals(0, hooked.receiver().waiting());
    }
  }

  @Test
  void whatPassesIsToldOfWhereTheAppWantsThat() {
    try (Hooked hooked = Hooked.on("ContentCallback.ResultNotify");
        TestUser mia = hooked.app().login("mia")) {
      hooked.settings("{\"moderation\":{\"reportPassed\":true}}");
      String key = mia.send("noah", 1, "good morning").msgKey();
      String like =
          expected(hooked, "C2C", "mia", "good morning", "")
              .replace("['']", "[]")
              .formatted(",'ContactItem':{'ContactType':1,'To_Account':'noah'}", key, 0, "Normal");
      assertLike(like, hooked.next(CallbackCommand.CONTENT_RESULT).body());
      assertEquals(
          0, TestUser.code(mia.client().request("profile.set", Json.object().put("nick", "Mia"))));
      assertLike(
          expected(hooked, "UserInfo", "mia", "Mia", "")
              .replace("['']", "[]")
              .formatted("", "", 0, "Normal"),
          hooked.next(CallbackCommand.CONTENT_RESULT).body());
      hooked.send("mia", "noah", 2, "over REST");
      mia.settle();
      assertEquals(0, hooked.receiver().waiting(), "a back end is believed");
    }
  }

  private static Hooked hooked() {
    Hooked hooked = Hooked.on("ContentCallback.ResultNotify");
    hooked.settings("{\"moderation\":{\"cloudMessages\":true}}");
    new OtherCases(hooked).word("followers", BLOCKS);
    hooked.ok(
        "im_msg_audit_mgr/add_cloud_audit_keywords",
        "{'SdkAppId':"
            + hooked.app().appId()
            + ",'LibID':'lib2','UserKeywords':[{'Content':'odd'}]}");
    return hooked;
  }

  /** With places for the receiver, the number, what was done and the suggestion. */
  private static String expected(
      Hooked hooked, String scene, String from, String text, String word) {
    return "{'Scene':'"
        + scene
        + "','SdkAppId':"
        + hooked.app().appId()
        + ",'From_Account':'"
        + from
        + "'%s,'ContentType':'Text','TextContent':['"
        + text
        + "'],'MsgID':'%s','CtxcbResult':%s,'CtxcbRequestId':'*text','CtxcbKeywords':['"
        + word
        + "'],'CtxcbSuggestion':'%s','CtxcbLabel':'*text','CloudCustomData':''}";
  }
}
