package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.app.Webhook;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestReceiver;
import im.palisade.server.testing.TestReceiver.Received;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * An app of the shared server whose webhooks go to a receiver of the test's own. Whatever a test is
 * about, each webhook it makes is held against the list of fields when it ends.
 */
record Hooked(TestApp app, TestReceiver receiver) implements AutoCloseable {

  static Hooked on(String... commands) {
    Hooked hooked = new Hooked(TestServer.shared().newApp(), TestReceiver.plain());
    hooked.configure(webhook -> webhook.to(hooked.receiver.url(), Set.of(commands)));
    hooked.app.withUsers("mia", "noah", "zoe");
    return hooked;
  }

  void configure(UnaryOperator<Webhook> change) {
    app.server().webhooks().configure(app.appId(), change, Cause.system(Instant.now()));
  }

  /** Changes other settings of the app; the webhook's stay. */
  void settings(String json) {
    AppSettings wanted = AppSettings.parse(json);
    app.server()
        .apps()
        .changeSettings(
            app.appId(),
            present -> wanted.withWebhook(present.webhook()),
            "app.update",
            Cause.system(Instant.now()));
  }

  CallbackService.Status status() {
    return app.server().webhooks().status(app.app());
  }

  /** Calls REST; apostrophes stand for quotes. */
  JsonNode rest(String path, String body) {
    return app.rest(path, body.replace('\'', '"'));
  }

  /** Calls REST and expects success. */
  JsonNode ok(String path, String body) {
    JsonNode reply = rest(path, body);
    assertEquals(0, reply.path("ErrorCode").asInt(), () -> path + " " + body + " -> " + reply);
    return reply;
  }

  /** The next webhook, which is that one. */
  Received next(CallbackCommand command) {
    Received told = receiver.next();
    assertEquals(command.wireName(), told.command());
    return told;
  }

  /** The next webhook of that command; others before it are passed over. */
  Received await(CallbackCommand command) {
    while (true) {
      Received told = receiver.next();
      if (told.command().equals(command.wireName())) {
        return told;
      }
    }
  }

  /** Sends a text over REST. */
  JsonNode send(String from, String to, long random, String text) {
    return send(from, to, random, text, "");
  }

  JsonNode send(String from, String to, long random, String text, String more) {
    return app.rest("openim/sendmsg", message(from, to, random, text, more));
  }

  static String message(String from, String to, long random, String text, String more) {
    return "{\"From_Account\":\"%s\",\"To_Account\":\"%s\",\"MsgRandom\":%d,%s\"MsgBody\":%s}"
        .formatted(from, to, random, more, body(text));
  }

  static String body(String text) {
    return "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"" + text + "\"}}]";
  }

  /** The texts of messages of one side of a conversation, newest first. */
  JsonNode history(String of, String with) {
    long now = Instant.now().getEpochSecond();
    JsonNode reply =
        app.rest(
            "openim/admin_getroammsg",
            "{\"Operator_Account\":\"%s\",\"Peer_Account\":\"%s\",\"MaxCnt\":100,\"MinTime\":%d,\"MaxTime\":%d}"
                .formatted(of, with, now - 600, now + 60));
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    return reply.path("MsgList");
  }

  static JsonNode json(String text) {
    try {
      return Json.mapper().readTree(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    configure(webhook -> Webhook.NONE);
    receiver.close();
    receiver.all().forEach(WebhookFields::check);
  }
}
