package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.PalisadeServer;
import im.palisade.server.app.Webhook;
import im.palisade.server.audit.Cause;
import im.palisade.server.security.CallbackSignature;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestReceiver;
import im.palisade.server.testing.TestReceiver.Received;
import im.palisade.server.testing.TestReceiver.Reply;
import im.palisade.server.testing.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What was stored is told until it arrives (callbacks §1.3). */
class AtLeastOnceTest {
  private static final String AFTER = "C2C.CallbackAfterSendMsg";
  private static final String PROFILE = "Profile.CallbackPortraitSet";

  @Test
  void aFailureIsFollowedByAnotherAttemptWithTheSameBody() {
    try (Hooked hooked = Hooked.on(AFTER, PROFILE)) {
      AtomicInteger calls = new AtomicInteger();
      hooked
          .receiver()
          .answering(
              request ->
                  calls.incrementAndGet() <= 2
                      ? new Reply(500, "")
                      : new Reply(200, "{\"ErrorCode\":1}"));
      hooked.send("mia", "noah", 1, "one");
      Received first = hooked.receiver().next();
      setLevel(hooked, 3);
      Received second = hooked.receiver().next();
      assertEquals(PROFILE, second.command());
      Set<String> again = new HashSet<>();
      again.add(hooked.receiver().next().command());
      again.add(hooked.receiver().next().command());
      assertEquals(Set.of(AFTER, PROFILE), again);
      Awaitility.await().until(() -> hooked.status().waiting() == 0);
      assertEquals("one", text(first));
      assertEquals("HTTP status not 200", hooked.status().failures().getFirst().diagnosis());
    }
  }

  @Test
  void anAppThatWantsItGetsEachOnceOnly() {
    try (Hooked hooked = Hooked.on(AFTER)) {
      hooked.configure(
          now ->
              new Webhook(
                  now.url(),
                  now.signed(),
                  now.events(),
                  now.c2cFailure(),
                  now.groupFailure(),
                  false,
                  now.keptHours(),
                  now.backlog(),
                  now.moderation(),
                  now.moderationFailure()));
      hooked.receiver().answering(request -> new Reply(500, ""));
      hooked.send("mia", "noah", 1, "one");
      hooked.receiver().next();
      LockSupport.parkNanos(1_500_000_000L);
      assertEquals(0, hooked.receiver().waiting());
      Awaitility.await().until(() -> hooked.status().waiting() == 0);
    }
  }

  @Test
  void whatADeadReceiverMissedComesWhenItIsBack() {
    try (Hooked hooked = Hooked.on(AFTER);
        TestReceiver back = TestReceiver.plain()) {
      hooked.receiver().close();
      for (int i = 1; i <= 30; i++) {
        hooked.send("mia", "noah", i, "m" + i);
      }
      Awaitility.await().until(() -> hooked.status().waiting() == 30);
      assertTrue(hooked.status().oldest().isPresent());
      hooked.configure(now -> now.to(back.url(), Set.of(AFTER)));
      Set<Integer> arrived = new HashSet<>();
      while (arrived.size() < 30) {
        arrived.add(back.next(40).body().path("MsgRandom").asInt());
      }
      Awaitility.await().until(() -> hooked.status().waiting() == 0);
      assertFalse(hooked.status().suspended());
    }
  }

  @Test
  void oneAppsDeadReceiverDelaysNoOther() {
    try (Hooked slow = Hooked.on(AFTER);
        Hooked quick = Hooked.on(AFTER)) {
      slow.receiver()
          .answering(
              request -> {
                LockSupport.parkNanos(3_000_000_000L);
                return new Reply(200, "{\"ErrorCode\":0}");
              });
      for (int i = 1; i <= 20; i++) {
        slow.send("mia", "noah", i, "m" + i);
      }
      long begin = System.nanoTime();
      quick.send("mia", "noah", 1, "now");
      quick.receiver().next(5);
      assertTrue(Duration.ofNanos(System.nanoTime() - begin).toMillis() < 1_500);
    }
  }

  @Test
  void aPastTimeIsSentAgainWhenAskedFor() {
    try (Hooked hooked = Hooked.on(AFTER, PROFILE)) {
      Instant begin = Instant.now().minusSeconds(1);
      hooked.send("mia", "noah", 1, "one");
      setLevel(hooked, 5);
      hooked.receiver().next();
      hooked.receiver().next();
      Awaitility.await().until(() -> hooked.status().waiting() == 0);
      int again =
          hooked
              .app()
              .server()
              .webhooks()
              .replay(
                  hooked.app().app(),
                  begin,
                  Instant.now().plusSeconds(1),
                  Cause.system(Instant.now()));
      assertEquals(2, again);
      Set<String> commands = new HashSet<>();
      commands.add(hooked.receiver().next().command());
      commands.add(hooked.receiver().next().command());
      assertEquals(Set.of(AFTER, PROFILE), commands);
    }
  }

  @Test
  void whatWaitsIsSentByTheServerThatComesNext() {
    Path folder = TestDatabase.newDirectory().resolve("data");
    try (TestReceiver receiver = TestReceiver.plain()) {
      receiver.answering(request -> new Reply(503, ""));
      long appId;
      try (PalisadeServer server = TestServer.start(folder, Map.of())) {
        TestApp app =
            TestApp.of(server, server.facts().app().appId(), server.facts().administrator());
        appId = app.appId();
        server
            .webhooks()
            .configure(
                appId,
                now -> now.to(receiver.url(), Set.of(AFTER, PROFILE)),
                Cause.system(Instant.now()));
        app.withUsers("mia", "noah");
        app.rest("openim/sendmsg", Hooked.message("mia", "noah", 1, "kept", ""));
        app.rest(
            "profile/portrait_set",
            "{\"From_Account\":\"mia\",\"ProfileItem\":"
                + "[{\"Tag\":\"Tag_Profile_IM_Level\",\"Value\":9}]}");
        receiver.next();
      }
      receiver.answering("{\"ErrorCode\":0}");
      while (receiver.waiting() > 0) {
        receiver.next();
      }
      try (PalisadeServer server = TestServer.start(folder, Map.of())) {
        Set<String> arrived = new HashSet<>();
        while (arrived.size() < 2) {
          arrived.add(receiver.next(40).command());
        }
        var app = server.apps().find(appId).orElseThrow();
        Awaitility.await().until(() -> server.webhooks().status(app).waiting() == 0);
      }
    }
  }

  @Test
  void theLastThingsASettingAllowsAreRefusedByName() {
    try (Hooked hooked = Hooked.on()) {
      IllegalArgumentException unknown =
          assertThrows(
              IllegalArgumentException.class,
              () -> hooked.configure(now -> now.to("http://localhost/", Set.of("C2C.Nonsense"))));
      assertTrue(unknown.getMessage().contains("C2C.Nonsense"));
      for (String url :
          new String[] {
            "ftp://a/",
            "http://",
            "http://a--b/",
            "http://-a/",
            "http://a b/",
            "http://a!/",
            "http://user@a/",
            "http://" + "a".repeat(64) + "/",
            "nonsense"
          }) {
        assertThrows(
            IllegalArgumentException.class,
            () -> hooked.configure(now -> now.to(url, Set.of())),
            url);
      }
      hooked.configure(now -> now.to("https://" + "a".repeat(63) + ":8443/x?y=z", Set.of()));
    }
  }

  @Test
  void signedRequestsUseTheAppsOwnToken() {
    try (Hooked hooked = Hooked.on(AFTER)) {
      hooked.configure(
          now ->
              new Webhook(
                  now.url(),
                  true,
                  now.events(),
                  now.c2cFailure(),
                  now.groupFailure(),
                  now.retried(),
                  now.keptHours(),
                  now.backlog(),
                  now.moderation(),
                  now.moderationFailure()));
      hooked
          .app()
          .server()
          .webhooks()
          .setSecrets(
              hooked.app().app(),
              new CallbackSecrets(Optional.of("s3cret"), Optional.empty(), Optional.empty()),
              Cause.system(Instant.now()));
      hooked.send("mia", "noah", 1, "one");
      Received told = hooked.receiver().next();
      long time = Long.parseLong(told.query().get("RequestTime"));
      assertEquals(CallbackSignature.of("s3cret", time), told.query().get("Sign"));
      CallbackService.Ping ping = hooked.app().server().webhooks().ping(hooked.app().app());
      assertTrue(ping.answered());
      assertEquals("Palisade.Ping", hooked.receiver().next().command());
    }
  }

  private static void setLevel(Hooked hooked, int level) {
    hooked
        .app()
        .rest(
            "profile/portrait_set",
            "{\"From_Account\":\"mia\",\"ProfileItem\":[{\"Tag\":\"Tag_Profile_IM_Level\","
                + "\"Value\":"
                + level
                + "}]}");
  }

  private static String text(Received told) {
    return told.body().path("MsgBody").get(0).path("MsgContent").path("Text").asText();
  }
}
