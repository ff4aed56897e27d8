package im.palisade.bench;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.client.InMemoryImServer;
import im.palisade.client.InMemoryImServer.Delivery;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The load generator sees what it should: first that all is well, then each thing that is not. */
class PairsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final List<String> USERS = List.of("a", "b", "c", "d", "e", "f");

  @Test
  void aSaturatedRelayDeliversEveryMessageOnceAndInOrder() throws Exception {
    try (ControlServer relay = new ControlServer();
        Generator generator = new Generator();
        Pairs pairs = Pairs.connect(generator, subject(relay), USERS, 100)) {
      pairs.start(new Pairs.Load.Closed(8));
      await().atMost(PATIENCE).until(() -> pairs.tally().acked() > 5_000);
      pairs.stop(PATIENCE);
      assertEquals(List.of(), pairs.faults().first());
      Pairs.Tally tally = pairs.tally();
      assertEquals(tally.acked(), tally.delivered());
      assertTrue(tally.ack().maxMillis() > 0);
    }
  }

  @Test
  void aSteadyLoadSendsAtItsRateAndNotMore() throws Exception {
    try (ControlServer relay = new ControlServer();
        Generator generator = new Generator();
        Pairs pairs = Pairs.connect(generator, subject(relay), USERS, 100)) {
      pairs.mark();
      pairs.start(new Pairs.Load.Open(500));
      await().atMost(PATIENCE).until(() -> pairs.tally().acked() >= 250);
      Pairs.Tally tally = pairs.tally();
      assertTrue(tally.acked() / tally.seconds() <= 550, "rate " + tally.perSecond());
      pairs.stop(PATIENCE);
      assertEquals(List.of(), pairs.faults().first());
    }
  }

  @Test
  void aTextHasTheLengthThatWasAskedFor() throws Exception {
    try (InMemoryImServer server = new InMemoryImServer();
        Generator generator = new Generator();
        Pairs pairs = Pairs.connect(generator, subject(server), List.of("a", "b"), 100)) {
      pairs.start(new Pairs.Load.Closed(1));
      await().atMost(PATIENCE).until(() -> pairs.tally().acked() > 2);
      pairs.stop(PATIENCE);
      assertEquals(100, server.texts("a", "b").getFirst().length());
      assertEquals(List.of(), pairs.faults().first());
    }
  }

  @Test
  void aMessageDeliveredTwiceIsAFault() throws Exception {
    assertFault(Delivery.TWICE, "again or late");
  }

  @Test
  void aMessageThatIsNeverDeliveredIsAFault() throws Exception {
    assertFault(Delivery.NEVER, "acknowledged, 0 delivered");
  }

  @Test
  void messagesInTheWrongOrderAreAFault() throws Exception {
    assertFault(Delivery.SWAPPED, "where 0 was due");
  }

  @Test
  void aRefusedMessageIsAFault() throws Exception {
    try (InMemoryImServer server = new InMemoryImServer();
        Generator generator = new Generator();
        Pairs pairs = Pairs.connect(generator, subject(server), List.of("a", "b"), 100)) {
      server.forget("b");
      pairs.start(new Pairs.Load.Open(100));
      await().atMost(PATIENCE).until(() -> pairs.tally().acked() > 2);
      pairs.stop(PATIENCE);
      assertTrue(pairs.faults().first().getFirst().contains("refused with 20003"));
    }
  }

  @Test
  void aLostConnectionIsAFault() throws Exception {
    try (InMemoryImServer server = new InMemoryImServer();
        Generator generator = new Generator();
        Pairs pairs = Pairs.connect(generator, subject(server), List.of("a", "b"), 100)) {
      server.disconnect("a", 4008);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  generator
                      .call(() -> pairs.faults().first())
                      .contains("a: connection closed with 4008"));
    }
  }

  private static void assertFault(Delivery how, String words) throws Exception {
    try (InMemoryImServer server = new InMemoryImServer();
        Generator generator = new Generator();
        Pairs pairs = Pairs.connect(generator, subject(server), List.of("a", "b"), 100)) {
      server.deliver(how);
      pairs.start(new Pairs.Load.Closed(2));
      await().atMost(PATIENCE).until(() -> pairs.tally().acked() >= 4);
      pairs.stop(Duration.ofMillis(500));
      assertTrue(
          pairs.faults().first().stream().anyMatch(fault -> fault.contains(words)),
          pairs.faults().first().toString());
    }
  }

  private static Subject subject(ControlServer relay) {
    return new LoopbackSubject(URI.create("ws://127.0.0.1:" + relay.port() + "/im"));
  }

  private static Subject subject(InMemoryImServer server) {
    return new LoopbackSubject(server.url());
  }
}
