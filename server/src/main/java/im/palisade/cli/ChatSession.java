package im.palisade.cli;

import im.palisade.client.Closed;
import im.palisade.client.ImMessage;
import im.palisade.client.Sent;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** One person chatting: typed lines go out, arriving messages are shown. */
final class ChatSession implements ChatLink.Observer, Outbox.Observer, AutoCloseable {
  private static final int HISTORY = 20;
  private static final Duration LAST_WORDS = Duration.ofSeconds(20);
  private static final String HELP =
      """
      * /to USER       talk to USER (GROUP<id> for a group)
      * /history [N]   show the last N messages again
      * /quit          leave (also Ctrl-D)
      * //text         send a text that begins with a slash\
      """;

  private final String me;
  private final Screen screen;
  private final ChatLink link;
  private final Transcript transcript;

  /** Everything shown passes here, in order, so that history may be waited for. */
  private final ExecutorService display =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("chat-display").factory());

  private volatile Optional<String> conversation = Optional.empty();

  ChatSession(String me, Supplier<ChatLink.Entrance> entrance, Screen screen, Clock clock) {
    this.me = me;
    this.screen = screen;
    this.link = new ChatLink(entrance, this);
    this.transcript = new Transcript(me, link, screen, clock);
  }

  /**
   * Chats until the input ends.
   *
   * @return 0 when every message typed became durable, else 1
   * @throws CliException when there is no server or it refuses the login
   */
  int run(Optional<String> peer) throws InterruptedException {
    link.open();
    screen.show("* logged in as " + SafeText.line(me) + " (/help for commands)");
    Outbox outbox = new Outbox(link, this);
    if (peer.isPresent()) {
      talkTo(peer.get());
    }
    while (true) {
      String prompt = conversation.map(c -> Conversations.peer(c) + "> ").orElse("> ");
      Optional<String> line = screen.read(prompt);
      if (line.isEmpty() || line.get().strip().equals("/quit")) {
        break;
      }
      obey(line.get(), outbox);
    }
    boolean all = outbox.drain(LAST_WORDS);
    if (!all) {
      later(() -> screen.show("* not every message was sent"));
    }
    display.shutdown();
    boolean _ = display.awaitTermination(10, TimeUnit.SECONDS);
    return all ? 0 : 1;
  }

  @Override
  public void close() {
    link.close();
    display.shutdownNow();
    screen.close();
  }

  private void obey(String line, Outbox outbox) {
    String text = line.strip();
    if (text.isEmpty()) {
      return;
    }
    if (!text.startsWith("/") || text.startsWith("//")) {
      String toSend = text.startsWith("//") ? text.substring(1) : text;
      conversation.ifPresentOrElse(
          c -> outbox.add(c, toSend), () -> screen.show("* to whom? /to USER"));
      return;
    }
    String[] words = text.split("\\s+", 2);
    String argument = words.length > 1 ? words[1] : "";
    switch (words[0]) {
      case "/to" -> {
        if (argument.isEmpty()) {
          screen.show("* /to USER");
        } else {
          talkTo(argument);
        }
      }
      case "/history" -> showHistory(argument);
      case "/help" -> screen.show(HELP);
      default -> screen.show("* no such command; /help shows them");
    }
  }

  private void talkTo(String peer) {
    String chosen = Conversations.of(peer);
    conversation = Optional.of(chosen);
    later(
        () -> {
          screen.show("* talking to " + Conversations.peer(chosen));
          transcript.showNewest(chosen, HISTORY);
        });
  }

  private void showHistory(String argument) {
    int limit;
    try {
      limit = argument.isEmpty() ? HISTORY : Integer.parseInt(argument);
    } catch (NumberFormatException e) {
      screen.show("* /history [N]");
      return;
    }
    conversation.ifPresentOrElse(
        c -> later(() -> transcript.showNewest(c, Math.clamp(limit, 1, 100))),
        () -> screen.show("* of whom? /to USER"));
  }

  @Override
  public void onMessage(ImMessage message) {
    later(
        () -> {
          transcript.arrived(message);
          if (conversation.isEmpty()) {
            conversation = Optional.of(message.conversation());
            screen.show(
                "* you are answering "
                    + Conversations.peer(message.conversation())
                    + "; /to USER changes it");
          }
        });
  }

  @Override
  public void onSent(Outbox.Outgoing message, Sent sent) {
    later(() -> transcript.sent(message.conversation(), sent, message.text()));
  }

  @Override
  public void onFailed(Outbox.Outgoing message, String why) {
    later(() -> screen.show("* not sent: " + SafeText.line(message.text()) + " - " + why));
  }

  @Override
  public void onLost(Closed how) {
    String why = how.code() == Closed.RESTARTING ? "the server is restarting" : "connection lost";
    later(() -> screen.show("* " + why + ", connecting again ..."));
  }

  @Override
  public void onRestored() {
    later(
        () -> {
          screen.show("* connected again");
          transcript.catchUp();
        });
  }

  @Override
  public void onEnded(String why) {
    later(() -> screen.show("* the session has ended: " + why));
  }

  private interface Showing {
    void run() throws InterruptedException;
  }

  private void later(Showing showing) {
    try {
      display.execute(
          () -> {
            try {
              showing.run();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    } catch (RejectedExecutionException e) {
      // The person has left; nobody is there to see it.
    }
  }
}
