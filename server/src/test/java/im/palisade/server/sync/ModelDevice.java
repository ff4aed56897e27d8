package im.palisade.server.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImClient;
import im.palisade.client.ImListener;
import im.palisade.client.ImMessage;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A device that keeps its conversation list by the rules of docs/client-protocol.md and nothing
 * else: by what {@code sync} gives it when it comes back, and by events while it stays.
 */
final class ModelDevice implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Set<String> NUMBERS =
      Set.of(
          "lastSeq", "lastMessageSeq", "changeSeq", "readSeq", "peerReadSeq", "clearSeq", "time");

  /** Tells of a group itself and never counts. */
  private static final String SYSTEM = "@TIM#SYSTEM";

  private final Door door;
  private final String userId;
  private final String deviceId;
  private final Map<String, ObjectNode> entries = new TreeMap<>();
  private final Set<String> doubtful = new TreeSet<>();
  private String cursor = "";
  private ImClient client;

  ModelDevice(Door door, String userId, String deviceId) {
    this.door = door;
    this.userId = userId;
    this.deviceId = deviceId;
  }

  /** Connects and takes what has happened meanwhile. */
  void comeBack() {
    connect();
    sync();
  }

  private void connect() {
    try {
      client =
          ImClient.connect(
              door.address(),
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
    TestUser.await(client.login(door.login(userId, "web", deviceId)));
  }

  private void sync() {
    ObjectNode known = Json.object();
    synchronized (this) {
      known.put("cursor", cursor);
      ObjectNode versions = known.putObject("conversations");
      entries.forEach((name, entry) -> versions.put(name, entry.path("version").asText()));
    }
    TestUser.await(
        inOrder(
            "sync",
            known,
            reply -> {
              reply.path("gone").forEach(name -> entries.remove(name.asText()));
              reply.path("conversations").forEach(this::take);
              cursor = reply.path("cursor").asText();
            }));
  }

  /**
   * A request whose reply is taken at its place among the events: the lock is held until the taker
   * is in place, and no event passes it.
   */
  private synchronized CompletableFuture<?> inOrder(
      String command, ObjectNode data, Consumer<JsonNode> taker) {
    return client
        .request(command, data)
        .thenAccept(
            reply -> {
              synchronized (this) {
                taker.accept(reply);
              }
            });
  }

  /** Vanishes without a word. */
  void drop() {
    client.close();
    synchronized (this) {
      doubtful.clear();
    }
  }

  /** Asks for what the rules say must be asked for, until nothing is left. */
  void settle() {
    for (; ; ) {
      TestUser.await(client.ping());
      ObjectNode data = Json.object();
      synchronized (this) {
        if (doubtful.isEmpty()) {
          return;
        }
        doubtful.forEach(data.withArray("conversations")::add);
        doubtful.clear();
      }
      TestUser.await(
          inOrder(
              "conversation.get",
              data,
              reply -> {
                reply.path("gone").forEach(name -> entries.remove(name.asText()));
                reply.path("conversations").forEach(this::take);
              }));
    }
  }

  /** Asks for something; whether it is allowed is not the question. */
  void ask(String command, ObjectNode data) {
    Schedule.quietly(client, command, data);
    if (data.has("groupId")) {
      touched(data.path("groupId").asText());
    }
  }

  boolean isConnected() {
    return !client.closed().isDone();
  }

  /** The list without what the rules let differ. */
  synchronized Map<String, String> state() {
    Map<String, String> state = new TreeMap<>();
    entries.forEach(
        (name, entry) -> {
          ObjectNode copy = entry.deepCopy();
          copy.remove(Set.of("version", "name", "faceUrl", "lastMessage"));
          if (copy.path("msgFlag").asText().equals("Discard")) {
            copy.remove(NUMBERS);
          }
          Map<String, JsonNode> sorted = new TreeMap<>();
          copy.properties().forEach(each -> sorted.put(each.getKey(), each.getValue()));
          state.put(name, sorted.toString());
        });
    return state;
  }

  /** Sends, if it may; what the device itself has sent it gets no event of. */
  void send(String conversation, ObjectNode message) {
    Schedule.answered(
        inOrder(
            "message.send",
            message,
            reply ->
                arrived(
                    Json.object()
                        .put("conversation", conversation)
                        .put("seq", reply.path("seq").asLong())
                        .put("time", reply.path("time").asLong())
                        .put("from", userId))));
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
      case "group.self", "group.notice", "group.topic" -> touched(data.path("groupId").asText());
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
    String from = message.path("from").asText();
    if (!from.equals(userId) && !from.equals(SYSTEM) && !message.path("noUnread").asBoolean()) {
      entry.put("unread", entry.path("unread").asLong() + 1);
    }
  }

  /** What touches a community touches the topics of it that are here. */
  private synchronized void touched(String groupId) {
    String group = "GROUP" + groupId;
    doubtful.add(group);
    entries.keySet().stream()
        .filter(name -> name.startsWith(group + "@TOPIC#_"))
        .forEach(doubtful::add);
  }

  private void take(JsonNode entry) {
    entries.put(entry.path("conversation").asText(), entry.deepCopy());
  }

  @Override
  public void close() {
    client.close();
  }
}
