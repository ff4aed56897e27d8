package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.cli.ConnectionFile;
import im.palisade.client.HistoryPage;
import im.palisade.client.HistoryRange;
import im.palisade.client.ImClient;
import im.palisade.client.ImMessage;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads whole conversations in every way there is and holds them to what was promised. */
final class History {
  private static final int PAGE = 100;

  private History() {}

  /** Checks every conversation of a load that has stopped; returns how many messages there are. */
  static int check(ConnectionFile server, Collection<Load.Sender> senders)
      throws IOException, InterruptedException {
    Map<Set<String>, List<Load.Sender>> conversations = new LinkedHashMap<>();
    for (Load.Sender sender : senders) {
      conversations
          .computeIfAbsent(
              new TreeSet<>(List.of(sender.from(), sender.to())), pair -> new ArrayList<>())
          .add(sender);
    }
    int messages = 0;
    for (List<Load.Sender> parties : conversations.values()) {
      String viewer = parties.getFirst().from();
      String peer = parties.getFirst().to();
      List<ImMessage> stored = read(server, viewer, peer);
      holdToPromises(stored, parties);
      assertEquals(byKey(stored), roaming(server, viewer, peer), "admin_getroammsg tells the same");
      messages += stored.size();
    }
    return messages;
  }

  /** A conversation by {@code message.history}, forwards, which must be the same as backwards. */
  static List<ImMessage> read(ConnectionFile server, String viewer, String peer)
      throws IOException, InterruptedException {
    ImClient client = ServerProcess.login(server, viewer, "android");
    try {
      List<ImMessage> forwards = new ArrayList<>();
      HistoryPage page;
      do {
        long last = forwards.isEmpty() ? 0 : forwards.getLast().seq();
        page = TestUser.await(client.history("C2C" + peer, new HistoryRange.After(last), PAGE));
        forwards.addAll(page.messages());
      } while (!page.complete());
      List<ImMessage> backwards = new ArrayList<>();
      HistoryRange range = new HistoryRange.Newest();
      do {
        page = TestUser.await(client.history("C2C" + peer, range, PAGE));
        backwards.addAll(0, page.messages());
        range = new HistoryRange.Before(backwards.isEmpty() ? 1 : backwards.getFirst().seq());
      } while (!page.complete());
      assertEquals(forwards, backwards, "history reads the same both ways");
      return forwards;
    } finally {
      client.close();
    }
  }

  private static void holdToPromises(List<ImMessage> stored, List<Load.Sender> parties) {
    Map<String, ImMessage> byText = new HashMap<>();
    for (int i = 0; i < stored.size(); i++) {
      ImMessage message = stored.get(i);
      assertEquals(i + 1, message.seq(), "sequences have no holes and no repeats");
      assertEquals(
          Optional.empty(),
          Optional.ofNullable(byText.put(message.text(), message)),
          "every message is there once");
    }
    Set<String> sent = new HashSet<>();
    for (Load.Sender party : parties) {
      long lastSeq = 0;
      for (Attempt attempt : party.attempts()) {
        sent.add(attempt.text());
        Optional<ImMessage> found = Optional.ofNullable(byText.get(attempt.text()));
        attempt
            .ack()
            .ifPresent(
                ack -> {
                  assertTrue(found.isPresent(), attempt + " was acknowledged and is lost");
                  assertEquals(ack.msgKey(), found.get().msgKey());
                  assertTrue(ack.seq() == 0 || ack.seq() == found.get().seq(), attempt::toString);
                });
        if (found.isPresent()) {
          assertEquals(party.from(), found.get().from());
          if (!attempt.wasRefused()) {
            assertTrue(found.get().seq() > lastSeq, attempt + " is before one sent earlier");
            lastSeq = found.get().seq();
          }
        }
      }
    }
    byText.keySet().removeAll(sent);
    assertEquals(Set.of(), byText.keySet(), "nothing is there that nobody sent");
  }

  private static Map<String, String> byKey(List<ImMessage> messages) {
    Map<String, String> texts = new HashMap<>();
    messages.forEach(m -> texts.put(m.from() + " " + m.msgKey(), m.text()));
    return texts;
  }

  /** The texts by sender and key; two messages with one key fail. */
  private static Map<String, String> roaming(ConnectionFile server, String viewer, String peer)
      throws IOException, InterruptedException {
    String sig = server.sign(server.administrator(), Duration.ofDays(1));
    Map<String, String> texts = new HashMap<>();
    String last = "";
    while (true) {
      ObjectNode body =
          Json.object()
              .put("Operator_Account", viewer)
              .put("Peer_Account", peer)
              .put("MaxCnt", PAGE)
              .put("MinTime", 0)
              .put("MaxTime", 0xFFFF_FFFFL)
              .put("LastMsgKey", last);
      JsonNode page = ServerProcess.rest(server, sig, "openim/admin_getroammsg", body);
      assertEquals(0, page.path("ErrorCode").asInt(-1), page::toString);
      for (JsonNode message : page.path("MsgList")) {
        String key = message.path("From_Account").asText() + " " + message.path("MsgKey").asText();
        String text = message.at("/MsgBody/0/MsgContent/Text").asText();
        assertEquals(Optional.empty(), Optional.ofNullable(texts.put(key, text)), key);
      }
      if (page.path("Complete").asInt() == 1) {
        return texts;
      }
      last = page.path("LastMsgKey").asText();
    }
  }
}
