package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.PalisadeServer;
import im.palisade.server.app.Webhook;
import im.palisade.server.config.SettingException;
import im.palisade.server.security.CallbackSignature;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestReceiver;
import im.palisade.server.testing.TestReceiver.Received;
import im.palisade.server.testing.TestServer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The first app's webhook can be tried without the console. */
class TrialWebhookTest {
  private static final String AFTER = "C2C.CallbackAfterSendMsg";

  @Test
  void itIsSetAtEveryStart() {
    Path folder = TestDatabase.newDirectory().resolve("data");
    try (TestReceiver receiver = TestReceiver.plain()) {
      Map<String, String> settings =
          Map.of(
              "trial.webhook.url",
              receiver.url(),
              "trial.webhook.events",
              AFTER + ", State.StateChange",
              "trial.webhook.token",
              "s3cret");
      try (PalisadeServer server = TestServer.start(folder, settings)) {
        TestApp app =
            TestApp.of(server, server.facts().app().appId(), server.facts().administrator());
        Webhook webhook = app.app().settings().webhook();
        assertEquals(Set.of(AFTER, "State.StateChange"), webhook.events());
        assertTrue(server.webhooks().secrets(app.app()).token());
        app.withUsers("mia", "noah");
        app.rest("openim/sendmsg", Hooked.message("mia", "noah", 1, "tried", ""));
        Received told = receiver.next();
        assertEquals(AFTER, told.command());
        long time = Long.parseLong(told.query().get("RequestTime"));
        assertEquals(CallbackSignature.of("s3cret", time), told.query().get("Sign"));
      }
      try (PalisadeServer server =
          TestServer.start(folder, Map.of("trial.webhook.url", receiver.url()))) {
        Webhook webhook =
            server.apps().find(server.facts().app().appId()).orElseThrow().settings().webhook();
        assertEquals(CallbackCommand.switches(), webhook.events(), "all when none is named");
        assertEquals(false, webhook.signed());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "trial.webhook.url,ftp://a/",
    "trial.webhook.url,http://a b/",
    "trial.webhook.url,nonsense",
    "trial.webhook.events,C2C.Nonsense",
    "webhook.allowed-networks,nowhere"
  })
  void aWrongValueIsRefusedByName(String key, String value) {
    Path folder = TestDatabase.newDirectory().resolve("data");
    SettingException refused =
        assertThrows(
            SettingException.class, () -> TestServer.start(folder, Map.of(key, value)).close());
    assertTrue(refused.getMessage().contains(key), refused::getMessage);
  }
}
