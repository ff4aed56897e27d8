package im.palisade.server.testing;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.client.Closed;
import im.palisade.client.HistoryPage;
import im.palisade.client.HistoryRange;
import im.palisade.client.ImClient;
import im.palisade.client.ImListener;
import im.palisade.client.ImLogin;
import im.palisade.client.ImMessage;
import im.palisade.client.ImRefusedException;
import im.palisade.client.ImSession;
import im.palisade.client.Sent;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A user at a device; every wait is bounded. */
public final class TestUser implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final BlockingQueue<ImMessage> messages = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final ImClient client;

  private TestUser(String url) {
    try {
      client =
          ImClient.connect(
              URI.create(url),
              new ImListener() {
                @Override
                public void onMessage(ImMessage message) {
                  messages.add(message);
                }

                @Override
                public void onEvent(String name, JsonNode data) {
                  events.add(name + data);
                }
              },
              PATIENCE);
    } catch (IOException e) {
      throw new AssertionError("connect", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("connect", e);
    }
  }

  /** A connection on which nobody has logged in yet. */
  public static TestUser connect(String url) {
    return new TestUser(url);
  }

  ImSession login(TestApp app, String userId, String platform, String deviceId) {
    return await(
        client.login(new ImLogin(app.appId(), userId, app.sig(userId), platform, deviceId)));
  }

  /** The code a login is answered with; 0 when it succeeds. */
  public static int loginCode(TestApp app, String userId) {
    try (TestUser user = connect(app.server().facts().imUrl())) {
      return code(user.client.login(new ImLogin(app.appId(), userId, app.sig(userId), "web", "d")));
    }
  }

  /** The connection itself. */
  public ImClient client() {
    return client;
  }

  /** Sends a text to another user. */
  public Sent send(String to, long random, String text) {
    return await(client.sendText("C2C" + to, random, text));
  }

  /** The code a request is refused with; 0 when it succeeds. */
  public static int code(CompletableFuture<?> request) {
    try {
      request.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return 0;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ImRefusedException refusal) {
        return refusal.code();
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** The next message that arrives. */
  public ImMessage nextMessage() {
    return poll(messages, "no message arrived");
  }

  /** The next event other than a message, as name and data. */
  public String nextEvent() {
    return poll(events, "no event arrived");
  }

  /** Whether messages that arrived are still unread; not a wait. */
  public boolean hasMessage() {
    return !messages.isEmpty();
  }

  /** Whether events other than messages that arrived are still unread; not a wait. */
  public boolean hasEvent() {
    return !events.isEmpty();
  }

  /** Everything already on its way to this client has arrived once this returns. */
  public TestUser settle() {
    await(client.ping());
    return this;
  }

  /** The newest messages of a conversation with another user. */
  public HistoryPage history(String with, HistoryRange range, int limit) {
    return await(client.history("C2C" + with, range, limit));
  }

  /** How the connection ended. */
  public Closed closed() {
    return await(client.closed());
  }

  /** A request's outcome, in bounded time. */
  public static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private static <T> T poll(BlockingQueue<T> queue, String missing) {
    try {
      T next = queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError(missing);
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(missing, e);
    }
  }
}
