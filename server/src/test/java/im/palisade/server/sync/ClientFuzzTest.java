package im.palisade.server.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.Param;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random frames and random data for every command: an answer or a close, never a fault. */
class ClientFuzzTest {
  private static final int PER_COMMAND = 25;
  private static final int FRAMES = 300;
  private static final Set<String> ENDING = Set.of("session.logout");
  private static final List<String> TEXTS =
      List.of(
          "",
          "C2Cbo",
          "GROUP@TGS#1",
          "GROUPx@TOPIC#_y",
          "C2C@TOA#_a",
          "' OR 1=1; --",
          "\u0000",
          "\ud83d\ude00\u202e\u0301",
          "\uffff",
          "%s%n${jndi:x}",
          "x".repeat(300),
          "-1",
          "9999999999999999999999");

  private final TestApp app = TestServer.shared().newApp().withUsers("ann", "bo");

  @Test
  void everyCommandAnswersWhateverItIsGiven() {
    Random random = new Random(20_261_128);
    List<String> faults = new ArrayList<>();
    for (Command command : TestServer.shared().server().commands().commands()) {
      if (ENDING.contains(command.name())) {
        continue;
      }
      try (TestUser user = app.login("ann")) {
        for (int i = 0; i < PER_COMMAND; i++) {
          ObjectNode data = data(command, random);
          int code = TestUser.code(user.client().request(command.name(), data));
          if (code == ErrorCode.BACKEND_TIMEOUT.number()) {
            faults.add(command.name() + data);
          }
        }
        user.settle();
      }
    }
    assertEquals(List.of(), faults);
  }

  @Test
  void anyFrameIsAnsweredOrEndsItsOwnConnectionAlone() {
    Random random = new Random(11_281_126);
    try (TestUser bystander = app.login("bo")) {
      TestUser user = app.login("ann");
      int closed = 0;
      for (int i = 0; i < FRAMES; i++) {
        if (user.client().closed().isDone() || i % 60 == 59) {
          closed++;
          user.close();
          user = app.login("ann");
        }
        user.client().sendFrame(frame(random));
      }
      user.close();
      assertTrue(closed > 0);
      bystander.settle();
    }
  }

  private static String frame(Random random) {
    String valid =
        "{\"id\":"
            + (1_000_000 + random.nextInt(1000))
            + ",\"cmd\":\"message.history\",\"data\":{\"conversation\":\"C2Cbo\",\"limit\":5}}";
    StringBuilder text = new StringBuilder(valid);
    int changes = random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, (char) (32 + random.nextInt(95)));
        case 2 -> text.setCharAt(at, "{}[]\",:0".charAt(random.nextInt(8)));
        default -> text.insert(at, TEXTS.get(random.nextInt(TEXTS.size())));
      }
    }
    return text.toString().replaceAll("[\\x{D800}-\\x{DFFF}]", "");
  }

  private static ObjectNode data(Command command, Random random) {
    ObjectNode data = Json.object();
    for (Param<?> param : command.params()) {
      if (random.nextInt(5) > 0) {
        data.set(param.name(), value(random, 0));
      }
    }
    data.set("unknown", value(random, 0));
    return data;
  }

  private static JsonNode value(Random random, int depth) {
    var nodes = Json.mapper().getNodeFactory();
    return switch (random.nextInt(depth > 3 ? 6 : 9)) {
      case 0 -> nodes.nullNode();
      case 1 -> nodes.booleanNode(random.nextBoolean());
      case 2 -> nodes.numberNode(random.nextInt(3));
      case 3 -> nodes.numberNode(random.nextLong());
      case 4 -> nodes.numberNode(random.nextDouble() * 1e300);
      case 5 -> nodes.textNode(TEXTS.get(random.nextInt(TEXTS.size())));
      case 6 -> nodes.textNode(List.of("C2Cbo", "bo", "set", "x").get(random.nextInt(4)));
      case 7 -> {
        ArrayNode array = nodes.arrayNode();
        for (int i = random.nextInt(4); i > 0; i--) {
          array.add(value(random, depth + 1));
        }
        yield array;
      }
      default -> {
        ObjectNode object = nodes.objectNode();
        for (int i = random.nextInt(4); i > 0; i--) {
          object.set(
              List.of("MsgType", "key", "userId", "\u0000").get(random.nextInt(4)),
              value(random, depth + 1));
        }
        yield object;
      }
    };
  }
}
