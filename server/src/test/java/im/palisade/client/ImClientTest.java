package im.palisade.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImClientTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private final InMemoryImServer server = new InMemoryImServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aLoginTellsTheServerWhoIsThereAndReturnsTheSession() throws Exception {
    try (ImClient client = connect(new Heard())) {
      ImSession session = get(client.login(login("alice", "good")));
      assertEquals(Duration.ofSeconds(30), session.heartbeat());
      JsonNode seen = server.logins().getFirst();
      assertEquals("alice", seen.get("userId").asText());
      assertEquals("linux", seen.get("platform").asText());
    }
  }

  @Test
  void aRefusedLoginFailsWithTheServersCodeAndTheConnectionEnds() throws Exception {
    try (ImClient client = connect(new Heard())) {
      var login = client.login(login("alice", "bad"));
      assertEquals(70009, refusal(login).code());
      assertEquals(Closed.LOGIN_REFUSED, get(client.closed()).code());
    }
  }

  @Test
  void pipelinedMessagesArriveOnceAndInOrder() throws Exception {
    Heard heard = new Heard();
    try (ImClient alice = loggedIn("alice", new Heard());
        ImClient bob = loggedIn("bob", heard)) {
      List<CompletableFuture<Sent>> sent = new ArrayList<>();
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        texts.add("message " + i);
        sent.add(alice.sendText("C2Cbob", i, "message " + i));
      }
      for (int i = 0; i < 200; i++) {
        assertEquals(i + 1, get(sent.get(i)).seq());
      }
      await().atMost(PATIENCE).until(() -> heard.texts.size() >= 200);
      assertEquals(texts, heard.texts);
      assertTrue(bob.ping().get(10, TimeUnit.SECONDS).isObject());
    }
  }

  @Test
  void historyPagesBothWays() throws Exception {
    for (int i = 1; i <= 50; i++) {
      server.say("bob", "alice", "m" + i);
    }
    try (ImClient alice = loggedIn("alice", new Heard())) {
      HistoryPage newest = get(alice.history("C2Cbob", new HistoryRange.Newest(), 20));
      assertEquals("m31", newest.messages().getFirst().text());
      HistoryPage older = get(alice.history("C2Cbob", new HistoryRange.Before(31), 30));
      assertEquals("m1", older.messages().getFirst().text());
      assertTrue(older.complete());
      HistoryPage newer = get(alice.history("C2Cbob", new HistoryRange.After(48), 20));
      assertEquals(List.of("m49", "m50"), newer.messages().stream().map(ImMessage::text).toList());
    }
  }

  @Test
  void anUnknownCommandIsRefused() throws Exception {
    try (ImClient alice = loggedIn("alice", new Heard())) {
      assertEquals(60009, refusal(alice.request("no.such", ImClient.object())).code());
    }
  }

  @Test
  void requestsWithoutAReplyFailWhenTheConnectionEnds() throws Exception {
    Heard heard = new Heard();
    try (ImClient alice = loggedIn("alice", heard)) {
      server.loseNextReplies(1);
      var sent = alice.sendText("C2Cbob", 7, "did this arrive?");
      var failure =
          assertThrows(
              CompletionException.class, () -> sent.orTimeout(10, TimeUnit.SECONDS).join());
      var gone = assertInstanceOf(ImDisconnectedException.class, failure.getCause());
      assertEquals(Closed.RESTARTING, gone.closed().code());
      await().atMost(PATIENCE).until(() -> heard.closed.size() == 1);
      var late = alice.ping();
      assertThrows(CompletionException.class, () -> late.orTimeout(10, TimeUnit.SECONDS).join());
    }
  }

  @Test
  void aFrameThatIsNoObjectIsAnsweredByClosing() throws Exception {
    try (ImClient client = connect(new Heard())) {
      client.sendFrame("[]");
      assertEquals(4000, get(client.closed()).code());
    }
  }

  @Test
  void connectingToNothingFailsAtOnce() {
    URI nobody = URI.create("ws://127.0.0.1:1/im");
    assertThrows(IOException.class, () -> ImClient.connect(nobody, new Heard(), PATIENCE));
  }

  private ImClient connect(ImListener listener) throws Exception {
    return ImClient.connect(server.url(), listener, PATIENCE);
  }

  private ImClient loggedIn(String user, ImListener listener) throws Exception {
    ImClient client = connect(listener);
    get(client.login(login(user, "good")));
    return client;
  }

  private static ImLogin login(String user, String sig) {
    return new ImLogin(1_400_000_001L, user, sig, "linux", "test");
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(10, TimeUnit.SECONDS);
  }

  private static ImRefusedException refusal(CompletableFuture<?> future) {
    var failure =
        assertThrows(
            CompletionException.class, () -> future.orTimeout(10, TimeUnit.SECONDS).join());
    return assertInstanceOf(ImRefusedException.class, failure.getCause());
  }

  /** Remembers what was heard. */
  private static final class Heard implements ImListener {
    final List<String> texts = new CopyOnWriteArrayList<>();
    final List<Closed> closed = new CopyOnWriteArrayList<>();

    @Override
    public void onMessage(ImMessage message) {
      texts.add(message.text());
    }

    @Override
    public void onClosed(Closed how) {
      closed.add(how);
    }
  }
}
