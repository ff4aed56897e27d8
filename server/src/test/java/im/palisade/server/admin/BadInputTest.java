package im.palisade.server.admin;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.Lines;
import im.palisade.server.admin.door.Within;
import im.palisade.server.admin.door.Word;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestConsole.Answer;
import im.palisade.server.testing.TestServer;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every field of every call with every kind of fault, as it is declared: named, nothing done. */
class BadInputTest {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final TestApp app = TestServer.shared().newApp();
  private final TestConsole console = TestConsole.superAdministrator();

  @Test
  void everyFieldOfEveryCallIsRefusedByNameWhenItIsWrong() {
    List<String> taken = new ArrayList<>();
    int tried = 0;
    for (AdminEndpoint<?, ?> endpoint : TestServer.shared().server().adminTable().all()) {
      boolean get = endpoint.method() == AdminEndpoint.Method.GET;
      ObjectNode good = sample(endpoint.in());
      for (RecordComponent member : endpoint.in().getRecordComponents()) {
        for (JsonNode bad : faults(member, get)) {
          ObjectNode in = good.deepCopy();
          in.set(member.getName(), bad);
          check(endpoint, in, member.getName(), taken);
          tried++;
        }
        if (isRequired(member)) {
          ObjectNode in = good.deepCopy();
          in.remove(member.getName());
          check(endpoint, in, member.getName(), taken);
        }
      }
      ObjectNode in = good.deepCopy().put("surprise", "x");
      check(endpoint, in, "surprise", taken);
    }
    assertTrue(taken.isEmpty(), () -> String.join("\n", taken));
    assertTrue(tried > 300, "only " + tried);
  }

  @Test
  void bodiesThatAreNoObjectsAndPathsThatAreNoneAreRefused() {
    String path = "/apps/" + app.appId() + "/rename";
    for (String body : new String[] {"", "[]", "null", "{", "{} {}", "\"x\"", "\u0000"}) {
      Answer answer = console.post(path, body);
      assertTrue(
          answer.error().equals("malformed") || answer.error().equals("invalid"),
          () -> body + answer.body());
    }
    console
        .send(
            console
                .request(path)
                .header("Content-Type", "application/json")
                .header("X-Csrf-Token", console.csrf())
                .POST(BodyPublishers.ofByteArray(new byte[] {'{', '"', (byte) 0xFF, '"', '}'})))
        .refused("malformed");
    console.post(path, "{\"name\":\"" + "x".repeat(1 << 20) + "\"}").refused("too-large");
    for (String none :
        new String[] {
          "/apps/x",
          "/apps/-1",
          "/apps/" + "9".repeat(30),
          "/nothing",
          "/apps/1/",
          "/",
          "//apps",
          "/apps/%31",
          "/apps/1;a=b"
        }) {
      assertTrue(console.get(none).status() == 404, none);
    }
    console.get(path).refused("method-not-allowed");
  }

  private void check(
      AdminEndpoint<?, ?> endpoint, ObjectNode in, String field, List<String> taken) {
    String path =
        endpoint.path().replace("{app}", Long.toString(app.appId())).replace("{id}", "999999999");
    Answer answer =
        endpoint.method() == AdminEndpoint.Method.GET
            ? console.get(path + "?" + query(in))
            : console.post(path, in.toString());
    boolean named =
        answer.status() == 400
            && answer
                .body()
                .path("fields")
                .valueStream()
                .anyMatch(each -> each.path("field").asText().startsWith(field));
    if (!named) {
      String body = in.toString();
      taken.add(
          endpoint.path()
              + " "
              + field
              + ": "
              + body.substring(0, Math.min(200, body.length()))
              + " -> "
              + answer.status()
              + answer.body());
    }
  }

  private static String query(ObjectNode in) {
    StringBuilder query = new StringBuilder();
    in.properties()
        .forEach(
            entry ->
                query
                    .append(query.isEmpty() ? "" : "&")
                    .append(entry.getKey())
                    .append('=')
                    .append(URLEncoder.encode(entry.getValue().asText(), StandardCharsets.UTF_8)));
    return query.toString();
  }

  private static List<JsonNode> faults(RecordComponent member, boolean get) {
    Type type = held(member.getGenericType());
    Class<?> raw = raw(type);
    Within within = member.getAnnotation(Within.class);
    List<JsonNode> faults = new ArrayList<>();
    if (!get) {
      faults.add(raw.isRecord() || raw == Map.class ? NODES.numberNode(5) : Json.object());
    }
    if (raw == String.class) {
      faults.add(NODES.textNode("x".repeat((int) within.max() + 1)));
      if (!member.isAnnotationPresent(Lines.class)) {
        faults.add(NODES.textNode("x\ny".repeat((int) Math.max(1, (within.min() + 2) / 3))));
      }
      if (within.min() > 0) {
        faults.add(NODES.textNode(""));
      }
      if (!get) {
        faults.add(NODES.numberNode(5));
        faults.add(NODES.arrayNode());
      }
    } else if (raw == int.class || raw == Integer.class || raw == long.class || raw == Long.class) {
      faults.add(NODES.textNode("many"));
      faults.add(NODES.numberNode(1.5));
      faults.add(NODES.numberNode(within.min() - 1));
      if (within.max() < Long.MAX_VALUE) {
        faults.add(NODES.numberNode(within.max() + 1));
      }
    } else if (raw == boolean.class || raw == Boolean.class) {
      faults.add(NODES.textNode("perhaps"));
    } else if (raw == Instant.class) {
      faults.add(NODES.textNode("yesterday"));
    } else if (raw.isEnum()) {
      faults.add(NODES.textNode("no-such-word"));
    } else if (raw == List.class) {
      var tooMany = NODES.arrayNode();
      for (long i = 0; i <= within.max(); i++) {
        tooMany.add(sample(((ParameterizedType) type).getActualTypeArguments()[0], within.each()));
      }
      faults.add(tooMany);
      faults.add(NODES.arrayNode().add(NODES.booleanNode(true)));
      if (within.min() > 0) {
        faults.add(NODES.arrayNode());
      }
    }
    return faults;
  }

  private static ObjectNode sample(Class<?> type) {
    ObjectNode sample = Json.object();
    for (RecordComponent member : type.getRecordComponents()) {
      if (member.getType() != Optional.class) {
        Within within = member.getAnnotation(Within.class);
        long least = within == null ? 0 : within.min();
        JsonNode value = sample(member.getGenericType(), (int) Math.max(1, Math.min(least, 500)));
        sample.set(
            member.getName(),
            value.isIntegralNumber() ? NODES.numberNode(Math.max(1, least)) : value);
      }
    }
    return sample;
  }

  private static JsonNode sample(Type type, int length) {
    Class<?> raw = raw(held(type));
    if (raw == String.class) {
      return NODES.textNode("a".repeat(Math.min(length, 12)));
    }
    if (raw == boolean.class || raw == Boolean.class) {
      return NODES.booleanNode(true);
    }
    if (raw == Instant.class) {
      return NODES.textNode("2026-01-01T00:00:00Z");
    }
    if (raw.isEnum()) {
      return NODES.textNode(Word.of((Enum<?>) raw.getEnumConstants()[0]));
    }
    if (raw == List.class) {
      return NODES
          .arrayNode()
          .add(sample(((ParameterizedType) held(type)).getActualTypeArguments()[0], 1));
    }
    if (raw == Map.class) {
      return Json.object().put("key", "value");
    }
    return raw.isRecord() ? sample(raw) : NODES.numberNode(1);
  }

  private static boolean isRequired(RecordComponent member) {
    Within within = member.getAnnotation(Within.class);
    boolean mayBeAbsent =
        member.getType() == Optional.class
            || (member.getType() == List.class && (within == null || within.min() == 0));
    return !mayBeAbsent;
  }

  private static Type held(Type type) {
    return type instanceof ParameterizedType generic && generic.getRawType() == Optional.class
        ? generic.getActualTypeArguments()[0]
        : type;
  }

  private static Class<?> raw(Type type) {
    return type instanceof ParameterizedType generic
        ? (Class<?>) generic.getRawType()
        : (Class<?>) type;
  }
}
