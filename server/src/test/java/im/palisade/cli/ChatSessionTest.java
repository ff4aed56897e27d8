package im.palisade.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.client.Closed;
import im.palisade.client.ImLogin;
import im.palisade.client.InMemoryImServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Chats through standard input and output with a server in this JVM. */
class ChatSessionTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochSecond(1_790_000_100L), ZoneOffset.UTC);

  private volatile InMemoryImServer server = new InMemoryImServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aLinePipedInIsSentAndTheCommandEndsWell() throws Exception {
    try (TypedChat alice = chat("alice", Optional.of("bob"))) {
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
    try (TypedChat bob = chat("bob", Optional.of("alice"))) {
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
    try (TypedChat bob = chat("bob", Optional.empty())) {
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
    try (TypedChat alice = chat("alice", Optional.of("bob"))) {
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
    try (TypedChat bob = chat("bob", Optional.of("alice"))) {
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
    try (TypedChat bob = chat("bob", Optional.of("alice"))) {
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
    try (TypedChat alice = chat("alice", Optional.of("bob"))) {
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
    try (TypedChat alice = chat("alice", Optional.of("bbo"))) {
      alice.type("hi");
      assertEquals(1, alice.leave());
      assertTrue(alice.screen().contains("bbo has no account yet (20003"), alice.screen());
    }
  }

  @Test
  void anotherLoginEndsTheSessionAndWhatIsTypedThenIsReported() throws Exception {
    try (TypedChat alice = chat("alice", Optional.of("bob"))) {
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
    try (TypedChat bob = chat("bob", Optional.of("alice"))) {
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
            new PlainScreen(
                new BufferedReader(Reader.nullReader()),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)),
            CLOCK)) {
      var failure = assertThrows(CliException.class, () -> session.run(Optional.empty()));
      assertTrue(failure.getMessage().contains("./palisade run"), failure.getMessage());
    }
  }

  private TypedChat chat(String user, Optional<String> peer) throws IOException {
    return new TypedChat(user, peer, () -> entrance(server.url(), user), CLOCK);
  }

  private static ChatLink.Entrance entrance(URI url, String user) {
    return new ChatLink.Entrance(url, new ImLogin(1_400_000_001L, user, "good", "linux", "test"));
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }
}
