package im.palisade.cli;

import im.palisade.client.Closed;
import im.palisade.client.ImClient;
import im.palisade.client.ImDisconnectedException;
import im.palisade.client.ImListener;
import im.palisade.client.ImLogin;
import im.palisade.client.ImMessage;
import im.palisade.client.ImRefusedException;
import im.palisade.client.ImSession;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * One user's session that outlives its connections: a lost one is made again after a random pause
 * that grows to half a minute, so that a restarted server is not met by everybody at once.
 */
final class ChatLink implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** Hears how the session fares; called from the link's own threads, never concurrently. */
  interface Observer {
    void onMessage(ImMessage message);

    /** The connection was lost and is being made again. */
    void onLost(Closed how);

    /** Logged in again after a loss. */
    void onRestored();

    /** There will be no further connection. */
    void onEnded(String why);
  }

  /** Nothing more can be sent or read: the session is over. */
  static final class EndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EndedException(String why) {
      super(why);
    }
  }

  private final Supplier<Entrance> entrance;
  private final Observer observer;
  private CompletableFuture<ImClient> current = new CompletableFuture<>();
  private boolean closing;

  /** Where to connect and how to log in there. */
  record Entrance(URI url, ImLogin login) {}

  private record Connection(ImClient client, ImSession session) {}

  /**
   * @param entrance asked before every connection, since a restarted server may listen elsewhere
   *     and each login needs a fresh UserSig; throws {@link CliException} while there is no server
   */
  ChatLink(Supplier<Entrance> entrance, Observer observer) {
    this.entrance = entrance;
    this.observer = observer;
  }

  /**
   * Makes the first connection.
   *
   * @throws CliException when there is no server or it refuses the login
   */
  void open() throws InterruptedException {
    try {
      Connection first = connect();
      publish(first.client());
      Thread.ofVirtual().name("chat-link").start(() -> stayConnected(first));
    } catch (IOException e) {
      throw new CliException(
          "No server answers (" + e.getMessage() + "): is it running? (./palisade run)", e);
    } catch (ImRefusedException e) {
      throw new CliException(
          "The server refused the login: %d %s".formatted(e.code(), SafeText.line(e.info())), e);
    }
  }

  /**
   * A logged-in connection, waiting for one while there is none.
   *
   * @throws EndedException when there will be none
   */
  ImClient client() throws InterruptedException {
    CompletableFuture<ImClient> wanted;
    synchronized (this) {
      wanted = current;
    }
    try {
      return wanted.get();
    } catch (ExecutionException e) {
      throw new EndedException(e.getCause().getMessage());
    }
  }

  @Override
  public void close() {
    CompletableFuture<ImClient> last;
    synchronized (this) {
      closing = true;
      last = current;
    }
    last.completeExceptionally(new EndedException("closed"));
    last.whenComplete(
            (client, none) -> {
              if (client != null) {
                client.close();
              }
            })
        .exceptionally(none -> null)
        .join();
  }

  private void stayConnected(Connection first) {
    Connection connection = first;
    try {
      while (true) {
        Closed how = untilLost(connection);
        synchronized (this) {
          if (closing) {
            return;
          }
          current = new CompletableFuture<>();
        }
        if (how.code() == Closed.KICKED_BY_LOGIN) {
          end("another login of this user on the same platform took over");
          return;
        }
        if (how.code() == Closed.KICKED_BY_ADMINISTRATOR) {
          end("an administrator ended the session");
          return;
        }
        observer.onLost(how);
        connection = reconnect();
        publish(connection.client());
        observer.onRestored();
      }
    } catch (ImRefusedException e) {
      end("the server refused the login: %d %s".formatted(e.code(), SafeText.line(e.info())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end(String why) {
    synchronized (this) {
      current.completeExceptionally(new EndedException(why));
    }
    observer.onEnded(why);
  }

  private void publish(ImClient client) {
    synchronized (this) {
      if (!current.complete(client)) {
        client.close();
      }
    }
  }

  private Connection reconnect() throws InterruptedException {
    Duration longest = FIRST_PAUSE;
    while (true) {
      Thread.sleep(ThreadLocalRandom.current().nextLong(longest.toMillis()) + 1);
      try {
        return connect();
      } catch (ImRefusedException e) {
        if (!Retry.mayHelp(e.code())) {
          throw e;
        }
      } catch (IOException | CliException e) {
        // Still away: try again after the next pause.
      }
      longest = longest.multipliedBy(2);
      longest = longest.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longest;
    }
  }

  private Connection connect() throws IOException, InterruptedException {
    ImListener listener =
        new ImListener() {
          @Override
          public void onMessage(ImMessage message) {
            observer.onMessage(message);
          }
        };
    Entrance here = entrance.get();
    ImClient client = ImClient.connect(here.url(), listener, TIMEOUT);
    boolean loggedIn = false;
    try {
      ImSession session =
          client.login(here.login()).orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
      loggedIn = true;
      return new Connection(client, session);
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case ImRefusedException refused -> throw refused;
        case ImDisconnectedException lost -> throw new IOException(lost);
        default -> throw new IOException("no answer to the login", e);
      }
    } finally {
      if (!loggedIn) {
        client.abort();
      }
    }
  }

  /** Waits for the end, asking after every silent heartbeat whether the server is still there. */
  private static Closed untilLost(Connection connection) throws InterruptedException {
    ImClient client = connection.client();
    while (true) {
      try {
        return client
            .closed()
            .get(connection.session().heartbeat().toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        client
            .ping()
            .orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (pong, failed) -> {
                  if (failed != null) {
                    client.abort();
                  }
                })
            .exceptionally(failed -> ImClient.object());
      } catch (ExecutionException e) {
        throw new IllegalStateException("closed() never fails", e);
      }
    }
  }
}
