package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-messages B2 (batchsendmsg). */
class BatchSendRestTest {
  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah", "ann");

  @Test
  void oneKeyHoldsForEveryRecipient() {
    try (TestUser noah = app.login("noah");
        TestUser ann = app.login("ann")) {
      JsonNode reply = send("[\"noah\",\"ann\",\"noah\"]", "{}");
      assertEquals("OK", reply.path("ActionStatus").asText(), reply::toString);
      assertTrue(reply.path("ErrorList").isEmpty());
      assertEquals(reply.path("MsgKey").asText(), noah.nextMessage().msgKey());
      assertEquals(reply.path("MsgKey").asText(), ann.nextMessage().msgKey());
      assertTrue(!noah.settle().hasMessage(), "a recipient named twice gets one message");
    }
  }

  @Test
  void unknownRecipientsAreListedAndTheOthersServed() {
    JsonNode reply = send("[\"noah\",\"ghost\"]", "{}");
    assertEquals("SomeError", reply.path("ActionStatus").asText());
    assertEquals(0, reply.path("ErrorCode").asInt());
    assertEquals("ghost", reply.at("/ErrorList/0/To_Account").asText());
    assertEquals(70107, reply.at("/ErrorList/0/ErrorCode").asInt());
  }

  @Test
  void recipientsPerMinuteAreLimitedWhenTheAppWantsIt() {
    TestApp limited =
        TestServer.shared()
            .newApp(AppSettings.parse("{\"batchRecipientsPerMinute\":3}"))
            .withUsers("noah", "ann");
    String body =
        "{\"To_Account\":[\"noah\",\"ann\"],\"MsgRandom\":1,\"MsgBody\":"
            + "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"x\"}}]}";
    assertEquals(0, limited.rest("openim/batchsendmsg", body).path("ErrorCode").asInt());
    assertEquals(90057, limited.rest("openim/batchsendmsg", body).path("ErrorCode").asInt());
    String one = body.replace(",\"ann\"", "");
    assertEquals(0, limited.rest("openim/batchsendmsg", one).path("ErrorCode").asInt());
  }

  @Test
  void onlyUnknownRecipientsAreAFailure() {
    JsonNode reply = send("[\"ghost\",\"" + "x".repeat(40) + "\"]", "{}");
    assertEquals("FAIL", reply.path("ActionStatus").asText());
    assertEquals(90012, reply.path("ErrorCode").asInt());
    assertEquals("invalid To_Account", reply.path("ErrorInfo").asText());
    assertTrue(reply.path("MsgKey").isMissingNode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          []|{}|90001
          "noah"|{}|90003
          [1]|{}|90003
          ["noah"]|{"From_Account":""}|90008
          ["noah"]|{"From_Account":"ghost"}|90008
          ["noah"]|{"From_Account":1}|90008
          ["noah"]|{"MsgSeq":"x"}|90004
          ["noah"]|{"MsgRandom":null}|90005
          ["noah"]|{"MsgLifeTime":604801}|90026
          ["noah"]|{"MsgLifeTime":-1}|90026
          ["noah"]|{"MsgLifeTime":"1"}|90044
          ["noah"]|{"MsgBody":[]}|90002
          """)
  void aBadFieldIsRefusedWithItsCode(String to, String more, int code) {
    assertEquals(code, send(to, more).path("ErrorCode").asInt());
  }

  @Test
  void moreThanFiveHundredRecipientsAreRefused() {
    assertEquals(
        90011, send("[" + "\"a\",".repeat(500) + "\"a\"]", "{}").path("ErrorCode").asInt());
  }

  private JsonNode send(String to, String more) {
    try {
      ObjectNode body =
          (ObjectNode)
              Json.mapper()
                  .readTree(
                      """
                      {"MsgRandom":501,"From_Account":"mia",
                       "MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"all"}}]}
                      """);
      body.set("To_Account", Json.mapper().readTree(to));
      body.setAll((ObjectNode) Json.mapper().readTree(more));
      return app.rest("openim/batchsendmsg", body.toString());
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
