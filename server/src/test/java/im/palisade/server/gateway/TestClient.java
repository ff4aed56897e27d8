package im.palisade.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An ordinary client on the JDK's WebSocket. */
final class TestClient implements AutoCloseable, WebSocket.Listener {
  private static final int PATIENCE_SECONDS = 20;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final BlockingQueue<ObjectNode> received = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final StringBuilder partial = new StringBuilder();
  private final WebSocket socket;
  private long lastId;

  private TestClient(HttpClient http, String scheme, int port) {
    socket =
        await(
            http.newWebSocketBuilder()
                .subprotocols("palisade.v1.json")
                .buildAsync(URI.create(scheme + "://127.0.0.1:" + port + "/im"), this));
  }

  static TestClient connect(GatewayUnderTest server) {
    return new TestClient(HTTP, "ws", server.port);
  }

  static TestClient connectTls(GatewayUnderTest server, HttpClient http) {
    return new TestClient(http, "wss", server.port);
  }

  /** Connected and logged in. */
  static TestClient loggedIn(GatewayUnderTest server, String user, String platform, String device) {
    TestClient client = connect(server);
    assertEquals(
        0, client.login(user, GatewayUnderTest.GOOD, platform, device).path("code").asInt(-1));
    return client;
  }

  static TestClient loggedIn(GatewayUnderTest server, String user) {
    return loggedIn(server, user, "web", "d-" + user);
  }

  String subprotocol() {
    return socket.getSubprotocol();
  }

  ObjectNode login(String user, String sig, String platform, String device) {
    return call("session.login", loginData(user, sig, platform, device));
  }

  static ObjectNode loginData(String user, String sig, String platform, String device) {
    return Json.object()
        .put("sdkAppId", GatewayUnderTest.APP)
        .put("userId", user)
        .put("userSig", sig)
        .put("platform", platform)
        .put("deviceId", device)
        .put("client", "test/1.0");
  }

  /** Sends a request and returns the next frame that comes. */
  ObjectNode call(String command, JsonNode data) {
    long id = send(command, data);
    ObjectNode reply = next();
    assertEquals(id, reply.path("id").asLong(), reply::toString);
    return reply;
  }

  long send(String command, JsonNode data) {
    long id = ++lastId;
    ObjectNode frame = Json.object().put("id", id).put("cmd", command);
    frame.set("data", data);
    sendText(new String(Json.bytes(frame), StandardCharsets.UTF_8));
    return id;
  }

  void sendText(String text) {
    await(socket.sendText(text, true));
  }

  void sendFragment(String text, boolean last) {
    await(socket.sendText(text, last));
  }

  void sendBinary(byte[] bytes) {
    await(socket.sendBinary(ByteBuffer.wrap(bytes), true));
  }

  void sendClose(int code) {
    await(socket.sendClose(code, "bye"));
  }

  ObjectNode next() {
    try {
      ObjectNode frame = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertNotNull(frame, "nothing came");
      return frame;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean hasReceivedNothing() {
    return received.isEmpty();
  }

  /** The code the server closed with. */
  int closeCode() {
    return await(closed);
  }

  boolean isOpen() {
    return !closed.isDone();
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
    partial.append(text);
    if (last) {
      received.add(
          Json.parseObject(partial.toString().getBytes(StandardCharsets.UTF_8)).orElseThrow());
      partial.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.completeExceptionally(error);
  }

  @Override
  public void close() {
    socket.abort();
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
