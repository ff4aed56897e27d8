package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.testing.TestReceiver.Received;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Holds what a receiver gets against the list of fields in {@code webhook-fields.txt}: query,
 * header, names, types and presence of every member.
 */
final class WebhookFields {
  private static final long NEAR_MILLIS = 600_000;
  private static final Set<String> PLATFORMS =
      Set.of(
          "RESTAPI", "Web", "Android", "iOS", "IOS", "Windows", "Mac", "iPad", "Linux", "Unknown");
  private static final Set<String> TYPES =
      Set.of("Private", "Public", "ChatRoom", "AVChatRoom", "Community");
  private static final Map<String, Node> COMMANDS = read();

  private WebhookFields() {}

  /** What a value must be. */
  private sealed interface Node {
    record Value(String type) implements Node {}

    record Words(Set<String> words) implements Node {}

    record List(Node each) implements Node {}

    record Members(Map<String, Node> required, Map<String, Node> optional) implements Node {}
  }

  /** The commands of the list. */
  static Set<String> commands() {
    return COMMANDS.keySet();
  }

  /** Fails unless the request is what callbacks §1.1 and §4 say. */
  static void check(Received received) {
    String command = received.command();
    Node fields = COMMANDS.get(command);
    assertTrue(fields != null, () -> "not in the list: " + command);
    query(received);
    assertEquals("application/json", received.headers().get("Content-type"), command);
    JsonNode body = received.body();
    boolean named = !command.startsWith("Push.") && !command.startsWith("ContentCallback.");
    if (named) {
      var first = body.properties().iterator().next();
      assertEquals("CallbackCommand", first.getKey(), body::toString);
      assertEquals(command, first.getValue().asText());
    }
    Node.Members members = (Node.Members) fields;
    Map<String, Node> required = new LinkedHashMap<>(members.required());
    if (named) {
      required.put("CallbackCommand", new Node.Words(Set.of(command)));
    }
    compare(command, new Node.Members(required, members.optional()), body);
  }

  private static void query(Received received) {
    String command = received.command();
    Map<String, String> query = received.query();
    Set<String> names = new TreeSet<>(query.keySet());
    Set<String> expected = new TreeSet<>(Set.of("SdkAppid", "CallbackCommand", "contenttype"));
    if (!command.startsWith("Push.")) {
      expected.add("OptPlatform");
      if (!command.startsWith("Alert.")) {
        expected.add("ClientIP");
      }
    }
    if (names.contains("Sign")) {
      expected.addAll(Set.of("Sign", "RequestTime"));
      assertTrue(query.get("Sign").matches("[0-9a-f]{64}"), query::toString);
    }
    assertEquals(expected, names, command);
    assertTrue(query.get("SdkAppid").matches("[0-9]+"), query::toString);
    assertEquals("json", query.get("contenttype"));
    if (expected.contains("ClientIP")) {
      assertTrue(query.get("ClientIP").matches("[0-9a-f.:]+"), query::toString);
    }
    if (expected.contains("OptPlatform")) {
      String platform = query.get("OptPlatform");
      assertTrue(PLATFORMS.contains(platform), query::toString);
      // IOS stands in changes of state, and nowhere else.
      assertNotEquals(command.equals("State.StateChange") ? "iOS" : "IOS", platform, command);
    }
  }

  private static void compare(String path, Node expected, JsonNode actual) {
    switch (expected) {
      case Node.Value(String type) ->
          assertTrue(
              Arrays.stream(type.split("\\|", -1)).anyMatch(each -> is(each, actual)),
              () -> path + " is no " + type + ": " + actual);
      case Node.Words(Set<String> words) ->
          assertTrue(
              actual.isTextual() && words.contains(actual.asText()),
              () -> path + " is " + actual + ", not one of " + words);
      case Node.List(Node each) -> {
        assertTrue(actual.isArray(), () -> path + " is no array: " + actual);
        actual.forEach(one -> compare(path + "[]", each, one));
      }
      case Node.Members members -> members(path, members, actual);
    }
  }

  private static void members(String path, Node.Members expected, JsonNode actual) {
    assertTrue(actual.isObject(), () -> path + " is no object: " + actual);
    Set<String> missing = new TreeSet<>(expected.required().keySet());
    actual.fieldNames().forEachRemaining(missing::remove);
    assertEquals(Set.of(), missing, () -> path + " lacks some: " + actual);
    for (Map.Entry<String, JsonNode> each : actual.properties()) {
      Node node =
          Optional.ofNullable(expected.required().get(each.getKey()))
              .orElseGet(() -> expected.optional().get(each.getKey()));
      assertTrue(node != null, () -> path + " should not have " + each.getKey() + ": " + actual);
      compare(path + "." + each.getKey(), node, each.getValue());
    }
  }

  private static boolean is(String type, JsonNode node) {
    return switch (type) {
      case "s" -> node.isTextual();
      case "s+" -> node.isTextual() && !node.asText().isEmpty();
      case "i" -> node.isIntegralNumber();
      case "u32" -> node.isIntegralNumber() && node.asLong() >> 32 == 0;
      case "flag" -> node.isInt() && (node.asInt() == 0 || node.asInt() == 1);
      case "ms" -> node.isIntegralNumber() && isNear(node.asLong());
      case "sec" -> node.isIntegralNumber() && isNear(node.asLong() * 1000);
      case "key" -> node.isTextual() && node.asText().matches("[0-9]+_[0-9]+_[0-9]+");
      case "type" -> node.isTextual() && TYPES.contains(node.asText());
      case "counts" ->
          node.isObject()
              && node.properties().stream()
                  .allMatch(
                      each -> TYPES.contains(each.getKey()) && each.getValue().isIntegralNumber());
      case "elements" ->
          node.isArray()
              && !node.isEmpty()
              && node.findValues("MsgType").stream().allMatch(JsonNode::isTextual);
      default -> throw new AssertionError("no such type in the list: " + type);
    };
  }

  private static boolean isNear(long millis) {
    return Math.abs(millis - System.currentTimeMillis()) < NEAR_MILLIS;
  }

  private static Map<String, Node> read() {
    try (InputStream in = WebhookFields.class.getResourceAsStream("/callback/webhook-fields.txt")) {
      Map<String, Node> commands = new LinkedHashMap<>();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(
              line -> {
                int at = line.indexOf(": ");
                String spaced =
                    line.substring(at + 2).replaceAll("([{}\\[\\]])", " $1 ").strip() + " }";
                ArrayDeque<String> tokens = new ArrayDeque<>(List.of(spaced.split("\\s+")));
                commands.put(line.substring(0, at), members(tokens));
              });
      return commands;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Up to the brace that closes. */
  private static Node.Members members(ArrayDeque<String> tokens) {
    Map<String, Node> required = new LinkedHashMap<>();
    Map<String, Node> optional = new LinkedHashMap<>();
    for (String token = tokens.remove(); !token.equals("}"); token = tokens.remove()) {
      int at = token.indexOf(':');
      String type = token.substring(at + 1);
      Node node = type.isEmpty() ? node(tokens.remove(), tokens) : node(type, tokens);
      boolean maybe = token.charAt(at - 1) == '?';
      (maybe ? optional : required).put(token.substring(0, maybe ? at - 1 : at), node);
    }
    return new Node.Members(required, optional);
  }

  private static Node node(String token, ArrayDeque<String> tokens) {
    if (token.equals("{")) {
      return members(tokens);
    }
    if (token.equals("[")) {
      Node each = node(tokens.remove(), tokens);
      assertEquals("]", tokens.remove());
      return new Node.List(each);
    }
    return token.startsWith("=")
        ? new Node.Words(Set.of(token.substring(1).split("\\|", -1)))
        : new Node.Value(token);
  }
}
