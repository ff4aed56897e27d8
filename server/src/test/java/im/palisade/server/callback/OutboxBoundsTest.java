package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.PalisadeServer;
import im.palisade.server.app.Webhook;
import im.palisade.server.audit.Cause;
import im.palisade.server.callback.CallbackOutboxStore.Due;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.Region;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestReceiver;
import im.palisade.server.testing.TestReceiver.Received;
import im.palisade.server.testing.TestReceiver.Reply;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What waits is bounded, in order, unreadable to others, and one node's at a time (§1.3). */
class OutboxBoundsTest {
  private static final String AFTER = "C2C.CallbackAfterSendMsg";
  private static final String PROFILE = "Profile.CallbackPortraitSet";
  private static final long HOUR = TimeUnit.HOURS.toMillis(1);

  @Test
  void whatWaitsTooLongIsGivenUpAndWhatDoesNotStays() {
    try (Hooked hooked = Hooked.on(PROFILE)) {
      bounds(hooked, 1, 1_000);
      keep(hooked, 3, 2 * HOUR);
      keep(hooked, 2, HOUR / 2);
      retain(hooked);
      assertEquals(2, hooked.status().waiting());
    }
  }

  @Test
  void whatIsTooMuchIsGivenUpTheOldestFirst() {
    try (Hooked hooked = Hooked.on(PROFILE)) {
      bounds(hooked, 24, 5);
      keep(hooked, 7, HOUR);
      keep(hooked, 4, HOUR / 2);
      Instant old = Instant.now().minusMillis(HOUR / 2 + 60_000);
      retain(hooked);
      assertEquals(5, hooked.status().waiting());
      assertTrue(hooked.status().oldest().orElseThrow().isBefore(old), "one of the seven is left");
      bounds(hooked, 24, 4);
      retain(hooked);
      assertFalse(hooked.status().oldest().orElseThrow().isBefore(old));
    }
  }

  @Test
  void messagesOfOneConversationAreSentOneAtATimeAndARetryIsOvertaken() {
    try (Hooked hooked = Hooked.on(AFTER);
        TestUser mia = hooked.app().login("mia")) {
      AtomicInteger underWay = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      AtomicInteger failures = new AtomicInteger();
      hooked
          .receiver()
          .answering(
              told -> {
                most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                boolean fails =
                    told.body().path("MsgRandom").asInt() == 1 && failures.incrementAndGet() == 1;
                underWay.decrementAndGet();
                return fails ? new Reply(500, "") : new Reply(200, "{\"ErrorCode\":0}");
              });
      for (int i = 1; i <= 10; i++) {
        mia.send("noah", i, "m" + i);
      }
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < 11; i++) {
        order.add(hooked.receiver().next().body().path("MsgRandom").asInt());
      }
      assertEquals(1, most.get(), "at once");
      assertEquals(1, order.removeFirst());
      assertTrue(order.remove(Integer.valueOf(1)), order::toString);
      assertEquals(List.of(2, 3, 4, 5, 6, 7, 8, 9, 10), order);
    }
  }

  @Test
  void whatWaitsIsSealed() {
    try (Hooked hooked = Hooked.on(PROFILE)) {
      hooked.receiver().close();
      hooked.ok(
          "profile/portrait_set",
          "{'From_Account':'mia','ProfileItem':[{'Tag':'Tag_Profile_IM_Nick',"
              + "'Value':'hush hush'}]}");
      Awaitility.await().until(() -> hooked.status().waiting() == 1);
      byte[] stored =
          region(hooked)
              .read(
                  connection -> {
                    try (PreparedStatement select =
                        connection.prepareStatement(
                            "SELECT body FROM callback_outbox WHERE app_id = ?")) {
                      select.setLong(1, hooked.app().appId());
                      try (ResultSet rows = select.executeQuery()) {
                        rows.next();
                        return rows.getBytes(1);
                      }
                    }
                  });
      assertFalse(new String(stored, StandardCharsets.ISO_8859_1).contains("hush"));
      try (TestReceiver back = TestReceiver.plain()) {
        hooked.configure(now -> now.to(back.url(), Set.of(PROFILE)));
        Received told = back.next(40);
        assertEquals("hush hush", told.body().path("ProfileItem").get(0).path("Value").asText());
      }
    }
  }

  @Test
  void anotherNodeThatDiesIsFollowedWhenItsLeaseHasEnded() {
    try (TestReceiver receiver = TestReceiver.plain();
        PalisadeServer server =
            TestServer.start(TestDatabase.newDirectory().resolve("data"), Map.of())) {
      TestApp app =
          TestApp.of(server, server.facts().app().appId(), server.facts().administrator());
      app.withUsers("mia", "noah");
      Region region = server.regions().of(app.app());
      long ends = System.currentTimeMillis() + 11_000;
      region.inUnitOfWork(
          unit -> {
            try (PreparedStatement take =
                unit.connection()
                    .prepareStatement(
                        "UPDATE callback_lease SET owner = 'another', ends_at = " + ends)) {
              assertEquals(1, take.executeUpdate());
            }
            return null;
          });
      server
          .webhooks()
          .configure(
              app.appId(),
              now -> now.to(receiver.url(), Set.of(AFTER)),
              Cause.system(Instant.now()));
      // This node goes on until it has to renew what it no longer has.
      Awaitility.await()
          .atMost(Duration.ofSeconds(9))
          .until(
              () -> {
                app.rest("openim/sendmsg", Hooked.message("mia", "noah", 1, "x", ""));
                boolean still = receiver.waiting() > 0;
                while (receiver.waiting() > 0) {
                  receiver.next();
                }
                return !still && System.currentTimeMillis() > ends - 4_500;
              });
      app.rest("openim/sendmsg", Hooked.message("mia", "noah", 2, "kept", ""));
      Received told = receiver.next(30);
      while (told.body().path("MsgRandom").asInt() != 2) {
        told = receiver.next(30);
      }
      assertTrue(System.currentTimeMillis() >= ends, "before the other's lease had ended");
    }
  }

  private static void bounds(Hooked hooked, int hours, int backlog) {
    hooked.configure(
        now ->
            new Webhook(
                now.url(),
                now.signed(),
                now.events(),
                now.c2cFailure(),
                now.groupFailure(),
                now.retried(),
                hours,
                backlog,
                now.moderation(),
                now.moderationFailure()));
  }

  /** Puts webhooks that are not due yet into the outbox, as if they had come some time ago. */
  private static void keep(Hooked hooked, int count, long age) {
    long now = System.currentTimeMillis();
    List<Due> kept = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Callback callback = new Callback(PROFILE, Origin.SERVER, "{}");
      kept.add(
          new Due(
              new Kept(0, hooked.app().appId(), i + 1L, now - age + i, 0, callback), now + HOUR));
    }
    region(hooked)
        .inUnitOfWork(
            unit -> {
              hooked.app().server().webhooks().outbox().insert(unit.connection(), kept);
              return null;
            });
  }

  private static void retain(Hooked hooked) {
    hooked.app().server().jobs().jobs().stream()
        .filter(job -> job.name().equals("webhook-retention"))
        .findFirst()
        .orElseThrow()
        .work()
        .run();
  }

  private static Region region(Hooked hooked) {
    return hooked.app().server().regions().of(hooked.app().app());
  }
}
