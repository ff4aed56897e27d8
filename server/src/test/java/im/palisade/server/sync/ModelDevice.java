package im.palisade.server.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImClient;
import im.palisade.client.ImListener;
import im.palisade.client.ImLogin;
import im.palisade.client.ImMessage;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A device that keeps its conversation list by the rules of docs/client-protocol.md and nothing
 * else: by what {@code sync} gives it when it comes back, and by events while it stays.
 */
final class ModelDevice implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final TestApp app;
  private final String userId;
  private final String deviceId;
  private final Map<String, ObjectNode> entries = new TreeMap<>();
  private final Set<String> doubtful = new TreeSet<>();
  private String cursor = "";
  private ImClient client;

  ModelDevice(TestApp app, String userId, String deviceId) {
    this.app = app;
    this.userId = userId;
    this.deviceId = deviceId;
  }

  /** Connects and takes what has happened meanwhile. */
  synchronized void comeBack() {
    connect();
    sync();
  }

  private void connect() {
    try {
      client =
          ImClient.connect(
              URI.create(app.server().facts().imUrl()),
              new ImListener() {
                @Override
                public void onMessage(ImMessage message) {}

                @Override
                public void onEvent(String name, JsonNode data) {
                  event(name, data);
                }

                @Override
                public void onMessages(JsonNode messages) {
                  event("message.new", messages);
                }
              },
              PATIENCE);
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    TestUser.await(
        client.login(new ImLogin(app.appId(), userId, app.sig(userId), "web", deviceId)));
  }

  private void sync() {
    ObjectNode known = Json.object().put("cursor", cursor);
    ObjectNode versions = known.putObject("conversations");
    entries.forEach((name, entry) -> versions.put(name, entry.path("version").asText()));
    JsonNode reply = ask("sync", known);
    reply.path("gone").forEach(name -> entries.remove(name.asText()));
    reply.path("conversations").forEach(this::take);
    cursor = reply.path("cursor").asText();
  }

  /** Vanishes without a word. */
  synchronized void drop() {
    client.close();
    doubtful.clear();
  }

  /** Asks for what the rules say must be asked for, until nothing is left. */
  synchronized void settle() {
    TestUser.await(client.ping());
    while (!doubtful.isEmpty()) {
      ObjectNode data = Json.object();
      doubtful.forEach(data.withArray("conversations")::add);
      doubtful.clear();
      JsonNode reply = ask("conversation.get", data);
      reply.path("gone").forEach(name -> entries.remove(name.asText()));
      reply.path("conversations").forEach(this::take);
      TestUser.await(client.ping());
    }
  }

  JsonNode ask(String command, ObjectNode data) {
    return TestUser.await(client.request(command, data));
  }

  ImClient client() {
    return client;
  }

  /** The list without what the rules let differ. */
  synchronized Map<String, String> state() {
    Map<String, String> state = new TreeMap<>();
    entries.forEach(
        (name, entry) -> {
          ObjectNode copy = entry.deepCopy();
          copy.remove(Set.of("version", "name", "faceUrl", "lastMessage"));
          Map<String, JsonNode> sorted = new TreeMap<>();
          copy.properties().forEach(each -> sorted.put(each.getKey(), each.getValue()));
          state.put(name, sorted.toString());
        });
    return state;
  }

  /** What the device itself has sent: it gets no event of it. */
  synchronized void sent(String conversation, JsonNode reply) {
    ObjectNode message =
        Json.object()
            .put("conversation", conversation)
            .put("seq", reply.path("seq").asLong())
            .put("time", reply.path("time").asLong())
            .put("from", userId);
    arrived(message);
  }

  private synchronized void event(String name, JsonNode data) {
    String conversation = data.path("conversation").asText();
    ObjectNode entry = entries.get(conversation);
    switch (name) {
      case "message.new" -> data.path("messages").forEach(this::arrived);
      case "conversation.changed" -> {
        data.path("gone").forEach(gone -> entries.remove(gone.asText()));
        data.path("conversations")
            .forEach(
                each -> {
                  ObjectNode mine = entries.get(each.path("conversation").asText());
                  if (mine != null
                      && mine.path("lastSeq").asLong() > each.path("lastSeq").asLong()) {
                    doubtful.add(each.path("conversation").asText());
                  } else {
                    take(each);
                  }
                });
      }
      case "conversation.read" -> {
        if (entry != null) {
          entry.set("readSeq", data.path("readSeq"));
          entry.set("unread", data.path("unread"));
        }
        doubtful.add(conversation);
      }
      case "message.read" -> {
        if (entry != null) {
          entry.set("peerReadSeq", data.path("readSeq"));
        }
      }
      case "message.recalled",
          "message.modified",
          "message.deleted",
          "message.extension",
          "message.receipt",
          "group.cleared" ->
          doubtful.add(conversation);
      case "group.self", "group.notice" -> doubtful.add("GROUP" + data.path("groupId").asText());
      default -> {}
    }
  }

  private void arrived(JsonNode message) {
    String conversation = message.path("conversation").asText();
    long seq = message.path("seq").asLong();
    ObjectNode entry = entries.get(conversation);
    if (seq == 0) {
      return;
    }
    if (entry == null || message.has("mentions")) {
      doubtful.add(conversation);
      return;
    }
    if (seq <= entry.path("lastSeq").asLong()) {
      return;
    }
    entry.put("lastSeq", seq);
    if (!message.path("noLastMessage").asBoolean()) {
      entry.put("lastMessageSeq", seq).put("time", message.path("time").asLong());
    }
    boolean own = message.path("from").asText().equals(userId);
    if (!own
        && !message.path("noUnread").asBoolean()
        && !entry.path("msgFlag").asText().equals("Discard")) {
      entry.put("unread", entry.path("unread").asLong() + 1);
    }
  }

  private void take(JsonNode entry) {
    entries.put(entry.path("conversation").asText(), entry.deepCopy());
  }

  static ObjectNode parse(String json) {
    return Json.parseObject(json.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  @Override
  public synchronized void close() {
    client.close();
  }
}
