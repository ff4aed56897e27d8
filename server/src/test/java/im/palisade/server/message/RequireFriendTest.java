package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import im.palisade.server.app.AppSettings;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** message-formats §5.5: only friends may chat. */
class RequireFriendTest {
  private final TestApp app =
      TestServer.shared()
          .newApp(AppSettings.parse("{\"requireFriend\":true}"))
          .withUsers("mia", "noah");
  private final TestUser mia = app.login("mia");
  private final TestUser noah = app.login("noah");
  private long random;

  @AfterEach
  void close() {
    mia.close();
    noah.close();
  }

  @Test
  void strangersMayNotWriteUntilBothHaveEachOther() {
    assertEquals(20009, code(mia, "noah"));
    befriend("mia", "noah");
    assertEquals(20010, code(mia, "noah"));
    assertEquals(20011, code(noah, "mia"));
    assertFalse(noah.settle().hasMessage());
    befriend("noah", "mia");
    assertEquals(0, code(mia, "noah"));
    assertEquals(0, code(noah, "mia"));
    app.rest(
        "sns/friend_delete",
        "{\"From_Account\":\"noah\",\"To_Account\":[\"mia\"],\"DeleteType\":\"Delete_Type_Both\"}");
    assertEquals(20009, code(mia, "noah"));
  }

  @Test
  void notesToOneselfAndTheBackEndNeedNoFriend() {
    assertEquals(0, code(mia, "mia"));
    String body =
        "{\"From_Account\":\"mia\",\"To_Account\":\"noah\",\"MsgRandom\":1,\"MsgBody\":[{\"MsgType\":"
            + "\"TIMTextElem\",\"MsgContent\":{\"Text\":\"x\"}}]}";
    assertEquals(0, app.rest("openim/sendmsg", body).path("ErrorCode").asInt());
  }

  @Test
  void byDefaultAnybodyMayWrite() {
    TestApp open = TestServer.shared().newApp().withUsers("mia", "noah");
    try (TestUser user = open.login("mia")) {
      assertEquals(1, user.send("noah", 1, "hello").seq());
    }
  }

  private int code(TestUser from, String to) {
    return TestUser.code(from.client().sendText("C2C" + to, ++random, "hello"));
  }

  private void befriend(String one, String other) {
    String body =
        "{\"From_Account\":\"%s\",\"AddFriendItem\":[{\"To_Account\":\"%s\",\"AddSource\":\"AddSource_Type_X\"}]}"
            .formatted(one, other);
    var reply = app.rest("sns/friend_import", body);
    assertEquals(0, reply.at("/ResultItem/0/ResultCode").asInt(), reply::toString);
  }
}
