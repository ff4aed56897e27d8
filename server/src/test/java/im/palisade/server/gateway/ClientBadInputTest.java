package im.palisade.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every declared field of every command, given what it may not be. */
class ClientBadInputTest {
  private static final Set<String> ON_LOOP =
      Set.of(CommandTable.LOGIN, CommandTable.LOGOUT, CommandTable.PING, CommandTable.RENEW);
  private static final List<String> CONVERSATIONS = List.of("C2Cnobody", "GROUPnone");

  private record Wrongly(String what, JsonNode value, ParamType.Fault fault) {}

  @Test
  void everyFieldOfEveryCommandIsRefusedByItsCodeWhenItIsWrong() {
    List<String> surprises = new ArrayList<>();
    int asked = 0;
    TestApp app = TestServer.shared().newApp().withUsers("ann");
    for (Command command : TestServer.shared().server().commands().commands()) {
      if (!ON_LOOP.contains(command.name())) {
        // One connection may not send as many frames as all commands need.
        try (TestUser user = app.login("ann")) {
          asked += refusals(user, command, surprises);
          user.settle();
        }
      }
    }
    assertEquals(List.of(), surprises);
    assertTrue(asked > 100);
  }

  private static int refusals(TestUser user, Command command, List<String> surprises) {
    int asked = 0;
    for (String conversation : CONVERSATIONS) {
      for (Param<?> param : command.params()) {
        for (Wrongly wrong : wrongly(param)) {
          ObjectNode data = sample(command, conversation);
          if (wrong.value().isMissingNode()) {
            data.remove(param.name());
          } else {
            data.set(param.name(), wrong.value());
          }
          boolean grouped = data.path("conversation").asText().startsWith("GROUP");
          int expected = param.codes(wrong.fault(), command.wrong()).code(grouped).number();
          int code = TestUser.code(user.client().request(command.name(), data));
          asked++;
          if (code != expected) {
            surprises.add(
                String.join(
                    " ",
                    command.name(),
                    param.name(),
                    wrong.what(),
                    Integer.toString(code),
                    Integer.toString(expected)));
          }
        }
      }
    }
    return asked;
  }

  private static List<Wrongly> wrongly(Param<?> param) {
    List<Wrongly> wrong = new ArrayList<>();
    if (param.isRequired()) {
      wrong.add(new Wrongly("absent", Json.mapper().missingNode(), ParamType.Fault.ABSENT));
      wrong.add(new Wrongly("null", Json.mapper().nullNode(), ParamType.Fault.ABSENT));
    }
    of(param.type(), wrong);
    return wrong;
  }

  private static void of(ParamType<?> type, List<Wrongly> wrong) {
    ObjectNode box = Json.object();
    switch (type) {
      case ParamType.Text text -> {
        wrong.add(bad("a number", box.put("v", 7)));
        wrong.add(bad("an array", box.set("v", box.arrayNode())));
        if (text.maxBytes() < Param.ANY_LENGTH) {
          wrong.add(bad("too long", box.put("v", "x".repeat(text.maxBytes() + 1))));
          wrong.add(
              bad("too long in UTF-8", box.put("v", "\u20ac".repeat(text.maxBytes() / 3 + 1))));
        }
        if (text.minBytes() == 1) {
          wrong.add(new Wrongly("empty", box.put("v", "").get("v"), ParamType.Fault.ABSENT));
        }
      }
      case ParamType.Word _ -> {
        wrong.add(bad("another word", box.put("v", "'; DROP TABLE account; --")));
        wrong.add(bad("a number", box.put("v", 1)));
      }
      case ParamType.Whole whole -> {
        wrong.add(bad("a string", box.put("v", "1")));
        wrong.add(bad("a fraction", box.put("v", 1.5)));
        wrong.add(bad("a boolean", box.put("v", true)));
        if (whole.max() < Long.MAX_VALUE) {
          wrong.add(bad("too large", box.put("v", whole.max() + 1)));
          wrong.add(bad("too small", box.put("v", whole.min() - 1)));
        }
      }
      case ParamType.Limit _ -> wrong.add(bad("negative", box.put("v", -1)));
      case ParamType.Flag _ -> {
        wrong.add(bad("a number", box.put("v", 1)));
        wrong.add(bad("a string", box.put("v", "true")));
      }
      case ParamType.ListOf<?> list -> {
        wrong.add(bad("an object", box.set("v", Json.object())));
        ArrayNode many = box.arrayNode();
        if (list.max() <= 1000) {
          for (int i = 0; i <= list.max(); i++) {
            many.add(sample(list.element(), "C2Cnobody"));
          }
          wrong.add(new Wrongly("too many", many, ParamType.Fault.TOO_MANY));
        }
        if (list.min() == 1) {
          wrong.add(new Wrongly("empty", box.arrayNode(), ParamType.Fault.ABSENT));
        }
        wrong.add(bad("a null in it", box.set("v", box.arrayNode().addNull())));
      }
      case ParamType.MapOf<?> _ -> {
        wrong.add(bad("an array", box.set("v", box.arrayNode())));
        wrong.add(bad("a null in it", box.set("v", Json.object().putNull("k"))));
      }
      case ParamType.Nested _ -> wrong.add(bad("an array", box.set("v", box.arrayNode())));
      case ParamType.Raw _ -> {}
    }
  }

  private static Wrongly bad(String what, JsonNode box) {
    return new Wrongly(what, box.get("v").deepCopy(), ParamType.Fault.WRONG);
  }

  private static ObjectNode sample(Command command, String conversation) {
    ObjectNode data = Json.object();
    for (Param<?> param : command.params()) {
      if (param.name().equals("conversation")) {
        data.put("conversation", conversation);
      } else if (param.isRequired()) {
        data.set(param.name(), sample(param.type(), conversation));
      }
    }
    return data;
  }

  private static JsonNode sample(ParamType<?> type, String conversation) {
    var nodes = Json.mapper().getNodeFactory();
    return switch (type) {
      case ParamType.Text _ -> nodes.textNode("x");
      case ParamType.Word word -> nodes.textNode(word.words().getFirst());
      case ParamType.Whole whole -> nodes.numberNode(Math.max(whole.min(), 1));
      case ParamType.Limit _ -> nodes.numberNode(1);
      case ParamType.Flag _ -> nodes.booleanNode(true);
      case ParamType.ListOf<?> list -> {
        ArrayNode array = nodes.arrayNode();
        for (int i = 0; i < Math.max(1, list.min()); i++) {
          array.add(sample(list.element(), conversation));
        }
        yield array;
      }
      case ParamType.MapOf<?> _ -> nodes.objectNode();
      case ParamType.Nested nested -> {
        ObjectNode object = nodes.objectNode();
        nested.fields().stream()
            .filter(Param::isRequired)
            .forEach(each -> object.set(each.name(), sample(each.type(), conversation)));
        yield object;
      }
      case ParamType.Raw _ -> nodes.objectNode();
    };
  }
}
