package im.palisade.server.mute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-conversations Part F (global mute), seen from an app's back end and its users. */
class MuteRestTest {
  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah");

  @Test
  void nobodyIsMutedByDefault() {
    JsonNode reply = get("mia");
    assertEquals(0, reply.path("ErrorCode").asInt());
    assertEquals(0, reply.path("C2CmsgNospeakingTime").asLong(-1));
    assertEquals(0, reply.path("GroupmsgNospeakingTime").asLong(-1));
  }

  @Test
  void aMutedUserCannotSendThroughClientsButItsBackEndCan() {
    try (TestUser mia = app.login("mia");
        TestUser noah = app.login("noah")) {
      mia.send("noah", 1, "before");
      assertEquals("before", noah.nextMessage().text());
      set("\"Set_Account\":\"mia\",\"C2CmsgNospeakingTime\":3600");
      assertEquals(20012, TestUser.code(mia.client().sendText("C2Cnoah", 2, "during")));
      String message =
          "{\"From_Account\":\"mia\",\"To_Account\":\"noah\",\"MsgRandom\":3,\"MsgBody\":"
              + "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"rest\"}}]}";
      assertEquals(0, app.rest("openim/sendmsg", message).path("ErrorCode").asInt());
      assertEquals("rest", noah.nextMessage().text());
      assertEquals(0, TestUser.code(noah.client().sendText("C2Cmia", 4, "to the muted one")));
      set("\"Set_Account\":\"mia\",\"C2CmsgNospeakingTime\":0");
      mia.send("noah", 5, "after");
      assertEquals("after", noah.nextMessage().text());
    }
  }

  @Test
  void aMuteEndsByItself() {
    set("\"Set_Account\":\"mia\",\"C2CmsgNospeakingTime\":1");
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> get("mia").path("C2CmsgNospeakingTime").asLong() == 0);
    try (TestUser mia = app.login("mia")) {
      assertEquals(0, TestUser.code(mia.client().sendText("C2Cnoah", 2, "free")));
    }
  }

  @Test
  void timesAreSetOneByOne() {
    set("\"Set_Account\":\"mia\",\"C2CmsgNospeakingTime\":7200,\"GroupmsgNospeakingTime\":600");
    set("\"Set_Account\":\"mia\",\"GroupmsgNospeakingTime\":4294967295");
    JsonNode reply = get("mia");
    long left = reply.path("C2CmsgNospeakingTime").asLong();
    assertTrue(left > 7100 && left <= 7200, reply::toString);
    assertEquals(4294967295L, reply.path("GroupmsgNospeakingTime").asLong());
    set("\"Set_Account\":\"mia\",\"C2CmsgNospeakingTime\":4294967294");
    assertTrue(get("mia").path("C2CmsgNospeakingTime").asLong() > 4294967000L);
    set("\"Set_Account\":\"mia\",\"GroupmsgNospeakingTime\":\"0\"");
    assertEquals(0, get("mia").path("GroupmsgNospeakingTime").asLong(-1));
    assertEquals(0, get("noah").path("C2CmsgNospeakingTime").asLong(-1));
  }

  @Test
  void aUserIdThatCameBackIsNotMuted() {
    set("\"Set_Account\":\"mia\",\"C2CmsgNospeakingTime\":7200");
    app.rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"mia\"}]}");
    assertEquals(130003, get("mia").path("ErrorCode").asInt());
    app.withUsers("mia");
    assertEquals(0, get("mia").path("C2CmsgNospeakingTime").asLong(-1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          setnospeaking|x|130001
          setnospeaking|[]|130001
          setnospeaking|{"C2CmsgNospeakingTime":1}|130004
          setnospeaking|{"Set_Account":null,"C2CmsgNospeakingTime":1}|130004
          setnospeaking|{"Set_Account":7,"C2CmsgNospeakingTime":1}|130005
          setnospeaking|{"Set_Account":"","C2CmsgNospeakingTime":1}|130005
          setnospeaking|{"Set_Account":"ghost","C2CmsgNospeakingTime":1}|130005
          setnospeaking|{"Set_Account":"mia"}|130008
          setnospeaking|{"Set_Account":"mia","C2CmsgNospeakingTime":-1}|130001
          setnospeaking|{"Set_Account":"mia","C2CmsgNospeakingTime":4294967296}|130001
          setnospeaking|{"Set_Account":"mia","C2CmsgNospeakingTime":1.5}|130001
          setnospeaking|{"Set_Account":"mia","C2CmsgNospeakingTime":5,"GroupmsgNospeakingTime":"x"}|130001
          getnospeaking|x|130001
          getnospeaking|{}|130002
          getnospeaking|{"Get_Account":5}|130003
          getnospeaking|{"Get_Account":"ghost"}|130003
          """)
  void aBadRequestIsRefusedWithItsCodeAndChangesNothing(String command, String body, int code) {
    JsonNode reply = app.rest("openconfigsvr/" + command, body);
    assertEquals(code, reply.path("ErrorCode").asInt(), reply::toString);
    assertEquals(0, get("mia").path("C2CmsgNospeakingTime").asLong(-1));
  }

  private void set(String fields) {
    JsonNode reply = app.rest("openconfigsvr/setnospeaking", "{" + fields + "}");
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    assertEquals("OK", reply.path("ActionStatus").asText());
  }

  private JsonNode get(String userId) {
    return app.rest("openconfigsvr/getnospeaking", "{\"Get_Account\":\"" + userId + "\"}");
  }
}
