package im.palisade.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One connection to the access gateway (client-protocol). Requests may be made from any thread and
 * go out in the order in which they were made. A future of this class fails with {@link
 * ImRefusedException} or {@link ImDisconnectedException}; what depends on it must not block. A
 * connection that ended stays ended: whoever wants to go on connects anew.
 */
public final class ImClient implements AutoCloseable {
  /** The WebSocket sub-protocol. */
  public static final String SUB_PROTOCOL = "palisade.v1.json";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

  private final ImListener listener;
  private final AtomicLong nextId = new AtomicLong(1);
  private final Map<Long, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
  private final CompletableFuture<Closed> closed = new CompletableFuture<>();
  private final CompletableFuture<WebSocket> socket = new CompletableFuture<>();

  /** The last frame handed over: the JDK's WebSocket takes the next one only after it. */
  private CompletableFuture<?> lastFrame = CompletableFuture.completedFuture(0);

  private ImClient(ImListener listener) {
    this.listener = listener;
  }

  /**
   * Opens a connection with the JVM's trusted certificates.
   *
   * @param url {@code ws://host:port/im} or {@code wss://…}
   * @throws IOException when there is no server, it is no gateway, or the time ran out
   */
  public static ImClient connect(URI url, ImListener listener, Duration timeout)
      throws IOException, InterruptedException {
    return connect(SharedHttp.CLIENT, url, listener, timeout);
  }

  /** Like {@link #connect(URI, ImListener, Duration)} with the caller's TLS settings. */
  public static ImClient connect(HttpClient http, URI url, ImListener listener, Duration timeout)
      throws IOException, InterruptedException {
    ImClient client = new ImClient(listener);
    var opening =
        http.newWebSocketBuilder()
            .subprotocols(SUB_PROTOCOL)
            .connectTimeout(timeout)
            .buildAsync(url, client.new Wire());
    try {
      client.socket.complete(opening.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
      return client;
    } catch (TimeoutException e) {
      var _ = opening.thenAccept(WebSocket::abort);
      throw new IOException("no answer from " + url + " within " + timeout.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw new IOException("cannot connect to " + url + reason(e.getCause()), e);
    }
  }

  /** Logs in; on refusal the server also closes the connection. */
  public CompletableFuture<ImSession> login(ImLogin login) {
    ObjectNode data =
        object()
            .put("sdkAppId", login.sdkAppId())
            .put("userId", login.userId())
            .put("userSig", login.userSig())
            .put("platform", login.platform())
            .put("deviceId", login.deviceId())
            .put("client", "palisade-java/0.1.0");
    return request("session.login", data)
        .thenApply(
            d ->
                new ImSession(
                    d.path("sessionId").asText(),
                    d.path("serverTime").asLong(),
                    Duration.ofSeconds(d.path("heartbeat").asLong(30)),
                    d.path("maxMessageBytes").asInt()));
  }

  /**
   * Sends one text; done when the message is durable.
   *
   * @param random the sender's idempotency key: repeated after a lost connection it yields the
   *     first reply and no second message
   */
  public CompletableFuture<Sent> sendText(String conversation, long random, String text) {
    ArrayNode body = JSON.createArrayNode();
    body.addObject().put("MsgType", "TIMTextElem").putObject("MsgContent").put("Text", text);
    return send(conversation, random, body, object());
  }

  /** Sends message elements with the optional fields of {@code message.send}. */
  public CompletableFuture<Sent> send(
      String conversation, long random, ArrayNode body, ObjectNode options) {
    ObjectNode data = object().put("conversation", conversation).put("random", random);
    data.set("body", body);
    data.setAll(options);
    return request("message.send", data)
        .thenApply(
            d ->
                new Sent(
                    d.path("seq").asLong(), d.path("time").asLong(), d.path("msgKey").asText()));
  }

  /** Reads part of a conversation. */
  public CompletableFuture<HistoryPage> history(
      String conversation, HistoryRange range, int limit) {
    ObjectNode data = object().put("conversation", conversation).put("limit", limit);
    switch (range) {
      case HistoryRange.Newest() -> {}
      case HistoryRange.Before(long seq) -> data.put("before", seq);
      case HistoryRange.After(long seq) -> data.put("after", seq);
    }
    return request("message.history", data)
        .thenApply(
            d -> {
              List<ImMessage> messages = new ArrayList<>();
              d.path("messages").forEach(m -> messages.add(ImMessage.of(m)));
              return new HistoryPage(List.copyOf(messages), d.path("complete").asBoolean());
            });
  }

  /** Asks whether the server is there. */
  public CompletableFuture<JsonNode> ping() {
    return request("ping", object());
  }

  /** Sends any command; the future holds the reply's data, an empty object when it has none. */
  public CompletableFuture<JsonNode> request(String command, ObjectNode data) {
    long id = nextId.getAndIncrement();
    CompletableFuture<JsonNode> reply = new CompletableFuture<>();
    waiting.put(id, reply);
    ObjectNode frame = object().put("id", id).put("cmd", command);
    frame.set("data", data);
    sendFrame(frame.toString());
    if (closed.isDone()) {
      // The connection may have ended after its waiting requests were failed.
      failWaiting(closed.join());
    }
    return reply;
  }

  /** Sends a text frame as it stands, for tests and protocol experiments. */
  public void sendFrame(String text) {
    synchronized (this) {
      lastFrame =
          lastFrame
              .handle((sent, failed) -> socket.join())
              .thenCompose(s -> s.sendText(text, true))
              .whenComplete((s, failed) -> onSendResult(failed));
    }
  }

  /** Completes when the connection has ended, never exceptionally. */
  public CompletableFuture<Closed> closed() {
    return closed.copy();
  }

  /** An empty JSON object to fill. */
  public static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** Ends the connection after what was handed over has gone out; waits at most two seconds. */
  @Override
  public void close() {
    WebSocket open = socket.join();
    synchronized (this) {
      lastFrame =
          lastFrame
              .handle((sent, failed) -> open)
              .thenCompose(s -> s.sendClose(WebSocket.NORMAL_CLOSURE, ""))
              .exceptionally(alreadyClosed -> open);
    }
    Closed normal = new Closed(WebSocket.NORMAL_CLOSURE, "");
    closed.copy().completeOnTimeout(normal, CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS).join();
    open.abort();
    end(normal);
  }

  /** Drops the connection without a word, as a broken network would. */
  public void abort() {
    socket.join().abort();
    end(new Closed(Closed.LOST, "aborted"));
  }

  /** Some of the JDK's exceptions for a refused connection have no text. */
  private static String reason(Throwable cause) {
    return cause.getMessage() == null ? "" : ": " + cause.getMessage();
  }

  private void onSendResult(Throwable failed) {
    if (failed != null) {
      end(new Closed(Closed.LOST, String.valueOf(failed.getMessage())));
    }
  }

  private void end(Closed how) {
    if (closed.complete(how)) {
      failWaiting(how);
      listener.onClosed(how);
    }
  }

  private void failWaiting(Closed how) {
    waiting
        .keySet()
        .forEach(
            id -> {
              var reply = waiting.remove(id);
              if (reply != null) {
                reply.completeExceptionally(new ImDisconnectedException(how));
              }
            });
  }

  private void onFrame(String text) {
    JsonNode frame;
    try {
      frame = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      end(new Closed(Closed.LOST, "the server sent a frame that is no JSON"));
      socket.join().abort();
      return;
    }
    if (frame.has("evt")) {
      onEvent(frame.path("evt").asText(), frame.path("data"));
      return;
    }
    CompletableFuture<JsonNode> reply = waiting.remove(frame.path("id").asLong());
    if (reply == null) {
      return;
    }
    int code = frame.path("code").asInt();
    if (code == 0) {
      reply.complete(frame.has("data") ? frame.get("data") : object());
    } else {
      reply.completeExceptionally(new ImRefusedException(code, frame.path("info").asText()));
    }
  }

  private void onEvent(String name, JsonNode data) {
    if (name.equals("message.new")) {
      listener.onMessages(data);
      data.path("messages").forEach(m -> listener.onMessage(ImMessage.of(m)));
    } else {
      listener.onEvent(name, data);
    }
  }

  /** Puts frames together and passes them on in order. */
  private final class Wire implements WebSocket.Listener {
    private final StringBuilder partial = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket ws, CharSequence part, boolean last) {
      partial.append(part);
      if (last) {
        String frame = partial.toString();
        partial.setLength(0);
        onFrame(frame);
      }
      ws.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket ws, int code, String reason) {
      end(new Closed(code, reason));
      return null;
    }

    @Override
    public void onError(WebSocket ws, Throwable error) {
      end(new Closed(Closed.LOST, String.valueOf(error.getMessage())));
    }
  }

  /** Made at first use, since its threads cost something. */
  private static final class SharedHttp {
    static final HttpClient CLIENT = HttpClient.newHttpClient();
  }
}
