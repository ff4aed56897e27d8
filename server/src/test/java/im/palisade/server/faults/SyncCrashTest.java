package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.cli.ConnectionFile;
import im.palisade.client.ImClient;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The server dies in the middle of what two users do. A device that comes back with what it had,
 * and one that comes with nothing, hold the same list, and nothing that was acknowledged is
 * missing.
 */
@ResourceLock(ServerProcess.MACHINE)
class SyncCrashTest {
  private static final int KILLS = 2;
  private static final int STEPS = 120;

  private final Path data = TestDatabase.newDirectory().resolve("data");
  private final Map<String, ObjectNode> kept = new TreeMap<>();
  private long random;

  @Test
  void devicesHoldTheSameAfterTheServerWasKilled() throws IOException, InterruptedException {
    Random dice = new Random(7);
    long acknowledged = 0;
    for (int kill = 0; kill <= KILLS; kill++) {
      try (ServerProcess server = ServerProcess.start(data).awaitReady()) {
        ConnectionFile facts = server.connection().orElseThrow();
        if (kill > 0) {
          acknowledged = compare(facts, acknowledged);
        } else {
          // Accounts come to be with their first login.
          ServerProcess.login(facts, "ann", "ios").close();
        }
        if (kill < KILLS) {
          acknowledged = Math.max(acknowledged, act(server, facts, dice));
        } else {
          server.stop();
        }
      }
    }
  }

  /** Everything is sent without waiting; the server dies while it is under way. */
  private long act(ServerProcess server, ConnectionFile facts, Random dice)
      throws IOException, InterruptedException {
    ImClient ann = ServerProcess.login(facts, "ann", "linux");
    ImClient bo = ServerProcess.login(facts, "bo", "linux");
    List<CompletableFuture<JsonNode>> sent = new ArrayList<>();
    List<CompletableFuture<JsonNode>> unheeded = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      switch (dice.nextInt(6)) {
        case 0 -> unheeded.add(ann.request("message.read", conversation("C2Cbo")));
        case 1 ->
            unheeded.add(
                ann.request(
                    "conversation.pin", conversation("C2Cbo").put("pinned", dice.nextBoolean())));
        case 2 -> {
          ObjectNode mark = Json.object().put("mark", 1 + dice.nextInt(3));
          mark.put("marked", dice.nextBoolean()).putArray("conversations").add("C2Cbo");
          unheeded.add(ann.request("conversation.mark", mark));
        }
        case 3 ->
            unheeded.add(
                bo.request(
                    "message.recall", conversation("C2Cann").put("seq", 1 + dice.nextInt(30))));
        default -> sent.add(bo.request("message.send", message()));
      }
      if (step == STEPS * 2 / 3) {
        sent.getLast().join();
        server.kill();
      }
    }
    long highest = 0;
    for (CompletableFuture<JsonNode> each : sent) {
      if (each.isDone() && !each.isCompletedExceptionally()) {
        highest = Math.max(highest, each.join().path("seq").asLong());
      }
    }
    assertTrue(highest > 0 && !unheeded.isEmpty());
    return highest;
  }

  private long compare(ConnectionFile facts, long acknowledged)
      throws IOException, InterruptedException {
    try (ImClient back = ServerProcess.login(facts, "ann", "linux");
        ImClient late = ServerProcess.login(facts, "ann", "web")) {
      ObjectNode known = Json.object();
      ObjectNode versions = known.putObject("conversations");
      kept.forEach((name, entry) -> versions.put(name, entry.path("version").asText()));
      JsonNode news = back.request("sync", known).join();
      news.path("gone").forEach(name -> kept.remove(name.asText()));
      news.path("conversations").forEach(each -> put(kept, each));
      Map<String, ObjectNode> all = new TreeMap<>();
      late.request("sync", Json.object())
          .join()
          .path("conversations")
          .forEach(each -> put(all, each));
      assertEquals(all, kept);
      ObjectNode entry = all.get("C2Cbo");
      long last = entry.path("lastSeq").asLong();
      assertTrue(last >= acknowledged, "an acknowledged message is missing");
      long counted = 0;
      long from = entry.path("readSeq").asLong();
      JsonNode page;
      do {
        page =
            late.request(
                    "message.history", conversation("C2Cbo").put("after", from).put("limit", 100))
                .join();
        for (JsonNode each : page.path("messages")) {
          from = each.path("seq").asLong();
          boolean unread =
              each.path("from").asText().equals("bo")
                  && !each.has("recalled")
                  && !each.has("noUnread");
          counted += unread ? 1 : 0;
        }
      } while (!page.path("complete").asBoolean());
      assertEquals(counted, entry.path("unread").asLong(), "unread is what is there to read");
      return last;
    }
  }

  private static void put(Map<String, ObjectNode> list, JsonNode entry) {
    ObjectNode copy = entry.deepCopy();
    copy.remove(Set.of("name", "faceUrl", "lastMessage"));
    list.put(entry.path("conversation").asText(), copy);
  }

  private ObjectNode message() {
    ObjectNode message = conversation("C2Cann").put("random", ++random);
    message
        .putArray("body")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", "hello");
    return message;
  }

  private static ObjectNode conversation(String name) {
    return Json.object().put("conversation", name);
  }
}
