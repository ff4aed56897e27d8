package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.app.Webhook.OnFailure;
import im.palisade.server.audit.Cause;
import im.palisade.server.moderation.Review;
import im.palisade.server.moderation.Review.State;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestReceiver;
import im.palisade.server.testing.TestReceiver.Received;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A moderation service of the app's own, and the queue of what somebody should look at. */
class ExternalModerationTest {
  private final AtomicLong random = new AtomicLong();

  @Test
  void itsSuggestionDecides() {
    try (TestReceiver service = TestReceiver.plain()) {
      TestApp app = app(service.url(), OnFailure.PASS);
      try (TestUser mia = app.login("mia")) {
        service.answering("{\"ErrorCode\":0,\"Suggestion\":\"Pass\"}");
        assertEquals(0, send(mia, "hello"));
        Received asked = service.next();
        assertEquals("Palisade.JudgeText", asked.command());
        assertEquals("C2C", asked.body().path("Scene").asText());
        assertEquals("hello", asked.body().path("Text").asText());
        service.answering("{\"ErrorCode\":0,\"Suggestion\":\"Block\",\"Label\":\"Ad\"}");
        assertEquals(80_001, send(mia, "buy"));
        service.answering("{\"ErrorCode\":0,\"Suggestion\":\"Review\",\"Keywords\":[\"hm\",5]}");
        assertEquals(0, send(mia, "hm"));
        JsonNode judged =
            app.rest(
                "im_msg_audit/content_moderation",
                "{\"AuditName\":\"C2C\",\"ContentType\":\"Text\",\"Content\":\"hm\"}");
        assertEquals("Review", judged.path("Result").asText(), judged::toString);
        assertEquals("hm", judged.path("Keywords").get(0).asText());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "{\"ErrorCode\":0}",
        "{\"ErrorCode\":0,\"Suggestion\":\"Maybe\"}",
        "{\"ErrorCode\":1,\"Suggestion\":\"Pass\"}",
        "{\"Suggestion\":\"Pass\"}"
      })
  void noJudgementIsMetAsTheAppWishes(String answer) {
    try (TestReceiver service = TestReceiver.plain()) {
      service.answering(answer);
      TestApp passing = app(service.url(), OnFailure.PASS);
      TestApp refusing = app(service.url(), OnFailure.REFUSE);
      try (TestUser mia = passing.login("mia");
          TestUser other = refusing.login("mia")) {
        assertEquals(0, send(mia, "hello"));
        assertEquals(80_005, send(other, "hello"));
      }
    }
  }

  @Test
  void whatIsMarkedWaitsForSomebodyToDecide() {
    try (TestReceiver service = TestReceiver.plain()) {
      service.answering("{\"ErrorCode\":0,\"Suggestion\":\"Review\"}");
      TestApp app = app(service.url(), OnFailure.PASS);
      try (TestUser mia = app.login("mia")) {
        send(mia, "one");
        service.answering("{\"ErrorCode\":0,\"Suggestion\":\"Pass\"}");
        send(mia, "two");
        service.answering("{\"ErrorCode\":0,\"Suggestion\":\"Review\"}");
        send(mia, "three");
      }
      var reviews = app.server().reviews();
      List<Review> open = reviews.page(app.app(), State.OPEN, 0, 10);
      assertEquals(List.of(1L, 3L), open.stream().map(Review::seq).toList());
      assertEquals(
          List.of(3L),
          reviews.page(app.app(), State.OPEN, open.getFirst().id(), 10).stream()
              .map(Review::seq)
              .toList());
      Cause cause = Cause.system(Instant.now());
      assertTrue(reviews.decide(app.app(), open.getFirst().id(), State.ACCEPTED, cause));
      assertFalse(reviews.decide(app.app(), open.getFirst().id(), State.REJECTED, cause));
      TestApp other = TestServer.shared().newApp();
      assertFalse(reviews.decide(other.app(), open.getLast().id(), State.REJECTED, cause));
      assertEquals(1, reviews.page(app.app(), State.OPEN, 0, 10).size());
      assertEquals(1, reviews.page(app.app(), State.ACCEPTED, 0, 10).size());
      assertTrue(reviews.page(other.app(), State.OPEN, 0, 10).isEmpty());
    }
  }

  private int send(TestUser user, String text) {
    return TestUser.code(user.client().sendText("C2Cnoah", random.incrementAndGet(), text));
  }

  private static TestApp app(String url, OnFailure policy) {
    AppSettings settings =
        AppSettings.parse(
            "{\"moderation\":{\"provider\":\"WEBHOOK\",\"cloudMessages\":true},"
                + "\"webhook\":{\"moderation\":\""
                + url
                + "\",\"moderationFailure\":\""
                + policy
                + "\"}}");
    return TestServer.shared().newApp(settings).withUsers("mia", "noah");
  }
}
