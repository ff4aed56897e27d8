package im.palisade.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.client.ImLogin;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The same chat with the real server, found as a person finds it: by its data directory. */
class ChatWithServerTest {
  private static final Path DATA =
      TestServer.shared().server().facts().connectionFile().toAbsolutePath().getParent();

  @Test
  void twoPeopleTalkAndTheConversationIsThereTheNextTime() throws Exception {
    try (TypedChat bob = chat("chat-bob", "chat-alice")) {
      bob.awaitScreen("talking to chat-alice");
      try (TypedChat alice = chat("chat-alice", "chat-bob")) {
        alice.type("hi bob");
        bob.awaitScreen("chat-alice: hi bob");
        bob.type("hi alice");
        alice.awaitScreen("chat-bob: hi alice");
        assertEquals(0, alice.leave());
      }
      assertEquals(0, bob.leave());
    }
    try (TypedChat again = chat("chat-alice", "chat-bob")) {
      again.awaitScreen("chat-bob: hi alice");
      assertEquals(0, again.leave());
      int first = again.screen().indexOf("chat-alice > chat-bob: hi bob");
      assertTrue(first >= 0 && first < again.screen().indexOf("hi alice"), again.screen());
    }
  }

  @Test
  void somebodyWithoutAnAccountCannotBeWrittenTo() throws Exception {
    try (TypedChat alice = chat("chat-carol", "chat-nobody")) {
      alice.type("hi");
      assertEquals(1, alice.leave());
      assertTrue(alice.screen().contains("chat-nobody has no account yet"), alice.screen());
    }
  }

  private static TypedChat chat(String user, String peer) throws IOException {
    return new TypedChat(user, Optional.of(peer), () -> entrance(user), Clock.systemUTC());
  }

  private static ChatLink.Entrance entrance(String user) {
    ConnectionFile server = ConnectionFile.read(DATA);
    String sig = server.sign(user, Duration.ofHours(1));
    return new ChatLink.Entrance(
        server.imUrl(), new ImLogin(server.sdkAppId(), user, sig, "linux", "test"));
  }
}
