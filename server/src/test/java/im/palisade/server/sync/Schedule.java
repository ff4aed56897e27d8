package im.palisade.server.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImClient;
import im.palisade.client.ImDisconnectedException;
import im.palisade.client.ImRefusedException;
import im.palisade.server.protocol.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What three users do at random: ann, whose devices are compared, with bo and cy, in a group and in
 * the topics of a community that bo owns and ann is taken into and out of.
 */
final class Schedule {
  static final List<String> PEERS = List.of("bo", "cy");
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final List<String> FLAGS =
      List.of("AcceptAndNotify", "AcceptNotNotify", "Discard");
  private static final List<String> TOPICS = List.of("a", "b", "c");

  private final String group;
  private final String club;
  private final AtomicLong randoms = new AtomicLong(1);
  private final ConcurrentHashMap<String, List<Long>> sentTo = new ConcurrentHashMap<>();

  private Schedule(String group, String club) {
    this.group = group;
    this.club = club;
  }

  /** A schedule in groups of its own. */
  static Schedule at(Door door) {
    try (ImClient ann = login(door, "ann");
        ImClient cy = login(door, "cy");
        ImClient bo = login(door, "bo")) {
      // Accounts come to be with their first login.
      ask(ann, "ping", Json.object());
      ask(cy, "ping", Json.object());
      ObjectNode group = Json.object().put("type", "Public").put("name", "g");
      group.put("joinOption", "FreeAccess").put("inviteOption", "FreeAccess");
      ObjectNode club = Json.object().put("type", "Community").put("name", "c");
      club.put("supportTopic", true);
      for (ObjectNode each : List.of(group, club)) {
        each.withArray("members").addObject().put("userId", "ann");
        each.withArray("members").addObject().put("userId", "cy");
      }
      Schedule made = new Schedule(made(bo, group), made(bo, club));
      TOPICS.forEach(topic -> ask(bo, "group.topics", made.topic("create", topic)));
      return made;
    }
  }

  /** A device of a peer, for as many steps as it takes. */
  static ImClient login(Door door, String userId) {
    try {
      ImClient client = ImClient.connect(door.address(), Door.DEAF, PATIENCE);
      client.login(door.login(userId, "web", "d-" + userId)).get(20, TimeUnit.SECONDS);
      return client;
    } catch (IOException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** A peer does something; returns what. */
  String peer(ImClient user, String self, Random random) {
    String to =
        switch (random.nextInt(6)) {
          case 0, 1 -> "GROUP" + group;
          case 2 -> "GROUP" + topicId(random);
          default -> "C2Cann";
        };
    List<Long> mine = sentTo.computeIfAbsent(self + to, each -> new ArrayList<>());
    int choice = mine.isEmpty() ? 9 : random.nextInt(12);
    switch (choice) {
      case 0 ->
          quietly(
              user, "message.recall", SyncTest.at(to, mine.remove(random.nextInt(mine.size()))));
      case 1 -> {
        ObjectNode edit = SyncTest.at(to, mine.getLast());
        edit.set("body", SyncTest.message("x", randoms.get()).path("body"));
        quietly(user, "message.modify", edit);
      }
      case 2 -> quietly(user, "message.read", SyncTest.conversation(to));
      case 3 -> members(user, self, random);
      case 4 -> {
        boolean there = random.nextBoolean();
        quietly(user, "group.topics", topic(there ? "create" : "delete", TOPICS.getLast()));
      }
      default -> {
        ObjectNode message = SyncTest.message(to, randoms.incrementAndGet());
        message.put("noUnread", random.nextInt(6) == 0);
        message.put("noLastMessage", random.nextInt(6) == 0);
        if (to.startsWith("GROUP") && random.nextInt(5) == 0) {
          message.putArray("mentions").add("ann");
        }
        quietly(user, "message.send", message)
            .map(reply -> reply.path("seq").asLong())
            .ifPresent(mine::add);
      }
    }
    return self + " does " + choice + " with " + to;
  }

  /** Whoever may takes ann in or puts it out; others do what they may. */
  private void members(ImClient user, String self, Random random) {
    ObjectNode which = Json.object().put("groupId", random.nextBoolean() ? group : club);
    if (self.equals("bo")) {
      which.putArray("userIds").add("ann");
      quietly(user, random.nextInt(3) == 0 ? "group.kick" : "group.invite", which);
    } else {
      quietly(user, random.nextInt(3) == 0 ? "group.quit" : "group.join", which);
    }
  }

  /** Ann does something at a device that is connected; returns what. */
  String own(ModelDevice device, Random random) {
    String to =
        switch (random.nextInt(6)) {
          case 0, 1 -> "GROUP" + group;
          case 2 -> "GROUP" + topicId(random);
          default -> "C2C" + PEERS.get(random.nextInt(PEERS.size()));
        };
    ObjectNode named = Json.object();
    named.putArray("conversations").add(to);
    int choice = random.nextInt(12);
    switch (choice) {
      case 0 ->
          device.ask(
              "conversation.pin", SyncTest.conversation(to).put("pinned", random.nextBoolean()));
      case 1 ->
          device.ask(
              "conversation.mark",
              named.put("mark", 1 + random.nextInt(4)).put("marked", random.nextBoolean()));
      case 2 ->
          device.ask("conversation.customData", named.put("customData", "c" + random.nextInt(3)));
      case 3 -> device.ask("conversation.delete", named.put("clear", random.nextBoolean()));
      case 4 -> device.ask("conversation.clear", SyncTest.conversation(to));
      case 5 ->
          device.ask(
              "conversation.option", named.put("msgFlag", FLAGS.get(random.nextInt(FLAGS.size()))));
      case 6 -> device.ask("message.read", SyncTest.conversation(to));
      case 7 -> device.ask("message.delete", SyncTest.seqs(to, 1 + random.nextInt(20)));
      case 8 -> {
        ObjectNode which = Json.object().put("groupId", random.nextBoolean() ? group : club);
        device.ask(random.nextInt(3) == 0 ? "group.quit" : "group.join", which);
      }
      default -> device.send(to, SyncTest.message(to, randoms.incrementAndGet()));
    }
    return "ann does " + choice + " with " + to;
  }

  private String topicId(Random random) {
    return club + "@TOPIC#_" + TOPICS.get(random.nextInt(TOPICS.size()));
  }

  private ObjectNode topic(String op, String name) {
    ObjectNode data = Json.object().put("groupId", club).put("op", op);
    if (op.equals("delete")) {
      data.putArray("topicIds").add(club + "@TOPIC#_" + name);
    } else {
      data.put("topicId", club + "@TOPIC#_" + name).put("name", name);
    }
    return data;
  }

  private static String made(ImClient user, ObjectNode group) {
    return ask(user, "group.create", group).path("groupId").asText();
  }

  private static JsonNode ask(ImClient user, String command, ObjectNode data) {
    return quietly(user, command, data)
        .orElseThrow(() -> new AssertionError(command + " was refused: " + data));
  }

  /** The reply; empty when it was refused, which is not the question here, or never came. */
  static Optional<JsonNode> quietly(ImClient user, String command, ObjectNode data) {
    return answered(user.request(command, data));
  }

  static <T> Optional<T> answered(CompletableFuture<T> reply) {
    try {
      return Optional.ofNullable(reply.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ImRefusedException
          || e.getCause() instanceof ImDisconnectedException) {
        return Optional.empty();
      }
      throw new AssertionError(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
