package im.palisade.cli;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** One running chat: what is typed goes through a pipe, what is shown is kept. */
final class TypedChat implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final PipedOutputStream keyboard = new PipedOutputStream();
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final ChatSession session;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();

  TypedChat(String user, Optional<String> peer, Supplier<ChatLink.Entrance> entrance, Clock clock)
      throws IOException {
    BufferedReader typed =
        new BufferedReader(
            new InputStreamReader(new PipedInputStream(keyboard), StandardCharsets.UTF_8));
    PrintStream screen = new PrintStream(shown, true, StandardCharsets.UTF_8);
    session = new ChatSession(user, entrance, new PlainScreen(typed, screen), clock);
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

  /** Ends the input; the exit code. */
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
