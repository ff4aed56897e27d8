package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.client.ImClient;
import im.palisade.server.testing.TestUser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the answers to webhooks about friends mean, item by item (callbacks §2, §4.3). */
class FriendVerdictsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'ErrorCode':0,'ResultItem':[{'To_Account':'noah','ResultCode':0}]} | 0",
        "{'ErrorCode':0,'ResultItem':[{'To_Account':'noah','ResultCode':38000}]} | 38000",
        "{'ErrorCode':0,'ResultItem':[{'To_Account':'noah','ResultCode':39000}]} | 39000",
        "{'ErrorCode':0,'ResultItem':[{'To_Account':'noah','ResultCode':37999}]} | 38000",
        "{'ErrorCode':0,'ResultItem':[{'To_Account':'noah','ResultCode':39001}]} | 38000",
        "{'ErrorCode':0,'ResultItem':[{'To_Account':'zoe','ResultCode':38001}]} | 0",
        "{'ErrorCode':0} | 0",
        "{'ErrorCode':1,'ResultItem':[{'To_Account':'noah','ResultCode':38001}]} | 0"
      })
  void aRequestGoesOnOrIsRefused(String answer, int code) {
    try (Hooked hooked = Hooked.on("Sns.CallbackPrevFriendAdd", "Sns.CallbackPrevFriendResponse");
        TestUser mia = hooked.app().login("mia");
        TestUser noah = hooked.app().login("noah")) {
      hooked.receiver().answering(answer.replace('\'', '"'));
      assertEquals(
          code,
          TestUser.code(
              mia.client().request("friend.add", ImClient.object().put("userId", "noah"))));
      // The same when somebody answers: mia has asked zoe, whom the answer is about as well.
      hooked.ok(
          "profile/portrait_set",
          "{'From_Account':'noah','ProfileItem':[{'Tag':'Tag_Profile_IM_AllowType',"
              + "'Value':'AllowType_Type_NeedConfirm'}]}");
      hooked.ok(
          "sns/friend_delete",
          "{'From_Account':'mia','To_Account':['noah'],'DeleteType':'Delete_Type_Both'}");
      hooked.ok("sns/friend_add", "{'From_Account':'zoe','AddFriendItem':[{'To_Account':'noah'}]}");
      hooked
          .receiver()
          .answering(
              answer
                  .replace("noah", "peer")
                  .replace("zoe", "noah")
                  .replace("peer", "zoe")
                  .replace('\'', '"'));
      assertEquals(
          code,
          TestUser.code(
              noah.client().request("friend.accept", ImClient.object().put("userId", "zoe"))));
    }
  }
}
