package im.palisade.server.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The optional event {@code rest.ratelimited}: counts of calls that came too often. */
class LimitedCallsTest {
  private static final String TYPE = "rest.ratelimited";
  private static final int FLOOD = 100;
  private static final String CHECK = "im_open_login_svc/account_check";
  private static final String PUSH = "all_member_push/im_push";

  @Test
  void aFloodOfCallsIsAnEventOrTwoWithTheirNumber() {
    TestApp app = app("{\"callsPerSecond\":{\"" + CHECK + "\":1}}");
    int limited = call(app, CHECK, "{\"CheckItem\":[{\"UserID\":\"mia\"}]}", 60_007);
    assertTrue(limited > 0);
    assertEquals(Map.of(CHECK + " 60007", limited), counts(app));
    List<JsonNode> events = AuditLeaves.summaries(app, TYPE);
    assertTrue(events.size() <= 2, "one a minute: " + events.size());
    JsonNode event = events.getFirst();
    assertEquals("admin", event.path("actor").path("kind").asText());
    assertEquals("denied", event.path("outcome").path("result").asText());
    assertEquals("127.0.0.0/24", event.path("source").path("net").asText());
  }

  @Test
  void theLimitOfTheWholeAppAndThoseOfAFeatureAreToldApart() {
    TestApp app = app("{\"appCallsPerSecond\":1}");
    int limited = call(app, CHECK, "{\"CheckItem\":[{\"UserID\":\"mia\"}]}", 60_011);
    assertTrue(limited > 0);
    assertEquals(Map.of(CHECK + " 60011", limited), counts(app));
    TestApp pushing = app("{\"callsPerSecond\":{\"" + PUSH + "\":0}}");
    String push =
        "{\"From_Account\":\"mia\",\"MsgRandom\":$N,\"MsgBody\":"
            + "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"a\"}}]}";
    int tooSoon = call(pushing, PUSH, push, 90_024);
    assertTrue(tooSoon > 0);
    assertEquals(Map.of(PUSH + " 90024", tooSoon), counts(pushing));
  }

  @Test
  void aCallThatIsRefusedForAnythingElseIsNotLimited() {
    TestApp app = app("{}");
    app.rest(CHECK, "{}");
    app.call(app.query(app.administrator(), "bad"), CHECK, "{}");
    assertEquals(Map.of(), counts(app));
  }

  private static TestApp app(String settings) {
    return TestServer.shared().newApp(AppSettings.parse(settings)).withUsers("mia");
  }

  /** Calls many times, $N being which; how often the answer was that code. */
  private static int call(TestApp app, String path, String body, int code) {
    int answered = 0;
    for (int i = 1; i <= FLOOD; i++) {
      JsonNode reply = app.rest(path, body.replace("$N", Integer.toString(i)));
      answered += reply.path("ErrorCode").asInt(-1) == code ? 1 : 0;
    }
    return answered;
  }

  /** Command and code, with how many. */
  private static Map<String, Integer> counts(TestApp app) {
    return AuditLeaves.counts(
        app,
        TYPE,
        event ->
            event.path("target").get(0).path("id").asText()
                + " "
                + event.path("outcome").path("code").asInt());
  }
}
