package im.palisade.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.client.Closed;
import im.palisade.client.ImLogin;
import im.palisade.client.InMemoryImServer;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Chats through standard input and output with a server in this JVM. */
class ChatSessionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochSecond(1_790_000_100L), ZoneOffset.UTC);

  private volatile InMemoryImServer server = new InMemoryImServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aLinePipedInIsSentAndTheCommandEndsWell() throws Exception {
    try (Chat alice = new Chat("alice", Optional.of("bob"))) {
      alice.type("hi");
      assertEquals(0, alice.leave());
      assertEquals(List.of("hi"), server.texts("alice", "bob"));
      assertTrue(alice.screen().contains("14:13:21 alice > bob: hi"), alice.screen());
    }
  }

  @Test
  void theLastTwentyMessagesAreShownFirstAndThenWhatArrives() throws Exception {
    for (int i = 1; i <= 25; i++) {
      server.say("alice", "bob", "old-" + i + ".");
    }
    try (Chat bob = new Chat("bob", Optional.of("alice"))) {
      bob.awaitScreen("old-25.");
      assertFalse(bob.screen().contains("old-5."), bob.screen());
      assertTrue(bob.screen().contains("old-6."), bob.screen());
      server.say("alice", "bob", "new");
      bob.awaitScreen("alice: new");
      assertEquals(0, bob.leave());
    }
  }

  @Test
  void whoeverWritesFirstIsAnswered() throws Exception {
    try (Chat bob = new Chat("bob", Optional.empty())) {
      bob.awaitScreen("logged in as bob");
      bob.type("nobody hears this");
      bob.awaitScreen("to whom?");
      server.say("alice", "bob", "hello");
      bob.awaitScreen("you are answering alice");
      bob.type("hello yourself");
      assertEquals(0, bob.leave());
      assertEquals(List.of("hello", "hello yourself"), server.texts("alice", "bob"));
    }
  }

  @Test
  void aMessageWhoseReplyWasLostIsSentAgainAndStoredOnce() throws Exception {
    try (Chat alice = new Chat("alice", Optional.of("bob"))) {
      alice.awaitScreen("talking to bob");
      server.loseNextReplies(2);
      alice.type("once");
      alice.type("after it");
      assertEquals(0, alice.leave());
      assertEquals(List.of("once", "after it"), server.texts("alice", "bob"));
      assertTrue(alice.screen().contains("restarting"), alice.screen());
    }
  }

  @Test
  void whatArrivedDuringAnOutageIsShownOnceAfterIt() throws Exception {
    try (Chat bob = new Chat("bob", Optional.of("alice"))) {
      server.say("alice", "bob", "before.");
      bob.awaitScreen("before.");
      server.disconnect("bob", Closed.RESTARTING);
      bob.awaitScreen("connecting again");
      server.say("alice", "bob", "meanwhile.");
      bob.awaitScreen("meanwhile.");
      server.say("alice", "bob", "after.");
      bob.awaitScreen("after.");
      assertEquals(0, bob.leave());
      assertEquals(1, count(bob.screen(), "meanwhile."));
      assertEquals(1, count(bob.screen(), "before."));
    }
  }

  @Test
  void aMessageDeliveredTwiceIsShownOnce() throws Exception {
    try (Chat bob = new Chat("bob", Optional.of("alice"))) {
      bob.awaitScreen("talking to alice");
      server.deliver(InMemoryImServer.Delivery.TWICE);
      server.say("alice", "bob", "once.");
      server.say("alice", "bob", "then.");
      bob.awaitScreen("then.");
      assertEquals(0, bob.leave());
      assertEquals(1, count(bob.screen(), "once."));
    }
  }

  @Test
  void aServerThatComesBackAtAnotherAddressIsFound() throws Exception {
    try (Chat alice = new Chat("alice", Optional.of("bob"))) {
      alice.awaitScreen("talking to bob");
      server.close();
      alice.awaitScreen("connecting again");
      alice.type("are you back?");
      server = new InMemoryImServer();
      alice.awaitScreen("alice > bob: are you back?");
      assertEquals(0, alice.leave());
    }
  }

  @Test
  void anUnknownReceiverIsExplainedAndTheCommandFails() throws Exception {
    server.forget("bbo");
    try (Chat alice = new Chat("alice", Optional.of("bbo"))) {
      alice.type("hi");
      assertEquals(1, alice.leave());
      assertTrue(alice.screen().contains("bbo has no account yet (20003"), alice.screen());
    }
  }

  @Test
  void anotherLoginEndsTheSessionAndWhatIsTypedThenIsReported() throws Exception {
    try (Chat alice = new Chat("alice", Optional.of("bob"))) {
      alice.awaitScreen("talking to bob");
      server.disconnect("alice", Closed.KICKED_BY_LOGIN);
      alice.awaitScreen("the session has ended");
      alice.type("hi");
      assertEquals(1, alice.leave());
      assertTrue(alice.screen().contains("not sent: hi"), alice.screen());
    }
  }

  @Test
  void aHostileMessageCannotReachTheTerminal() throws Exception {
    try (Chat bob = new Chat("bob", Optional.of("alice"))) {
      bob.awaitScreen("talking to alice");
      server.say("alice", "bob", "\u001b]0;owned\u0007\r\nadmin: pay");
      bob.awaitScreen("admin: pay");
      assertEquals(0, bob.leave());
      assertEquals(-1, bob.screen().indexOf('\u001b'));
      assertTrue(bob.screen().contains("\n    | admin: pay"), bob.screen());
    }
  }

  @Test
  void withoutAServerThePersonIsToldHowToStartOne() {
    URI nobody = URI.create("ws://127.0.0.1:1/im");
    try (ChatSession session =
        new ChatSession(
            "alice",
            () -> entrance(nobody, "alice"),
            output(new BufferedReader(Reader.nullReader()), new ByteArrayOutputStream()),
            CLOCK)) {
      var failure = assertThrows(CliException.class, () -> session.run(Optional.empty()));
      assertTrue(failure.getMessage().contains("./palisade run"), failure.getMessage());
    }
  }

  private static ChatLink.Entrance entrance(URI url, String user) {
    return new ChatLink.Entrance(url, new ImLogin(1_400_000_001L, user, "good", "linux", "test"));
  }

  private static Screen output(BufferedReader typed, ByteArrayOutputStream shown) {
    return new PlainScreen(typed, new PrintStream(shown, true, StandardCharsets.UTF_8));
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  /** One running chat: what is typed goes through a pipe, what is shown is kept. */
  private final class Chat implements AutoCloseable {
    private final PipedOutputStream keyboard = new PipedOutputStream();
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final ChatSession session;
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    Chat(String user, Optional<String> peer) throws IOException {
      BufferedReader typed =
          new BufferedReader(
              new InputStreamReader(new PipedInputStream(keyboard), StandardCharsets.UTF_8));
      session =
          new ChatSession(user, () -> entrance(server.url(), user), output(typed, shown), CLOCK);
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try {
                  exit.complete(session.run(peer));
                } catch (InterruptedException | RuntimeException e) {
                  exit.completeExceptionally(e);
                }
              });
    }

    void type(String line) throws IOException {
      keyboard.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
    }

    int leave() throws Exception {
      keyboard.close();
      return exit.get(30, TimeUnit.SECONDS);
    }

    String screen() {
      return shown.toString(StandardCharsets.UTF_8);
    }

    void awaitScreen(String part) {
      await().atMost(PATIENCE).until(this::screen, s -> s.contains(part));
    }

    @Override
    public void close() throws IOException {
      keyboard.close();
      session.close();
    }
  }
}
