package im.palisade.compliance.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The last counter of each node, and the events that came lately, by id. */
final class NodeCounters {
  /** How many of the newest events are known by id: an event offered twice is taken once. */
  static final int KNOWN_IDS = 16_384;

  private static final JsonFactory JSON = new JsonFactory();

  /** Where an event stands in the log and which counter it has. */
  record Place(long index, long counter) {}

  /** What the counters need to know of an entry. */
  record Stamp(String id, String node, long counter) {
    static Stamp of(byte[] entry) {
      String id = "";
      String node = "";
      long n = 0;
      try (JsonParser json = JSON.createParser(entry)) {
        json.nextToken();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = json.currentName();
          JsonToken value = json.nextToken();
          if (name.equals("id")) {
            id = json.getText();
          } else if (name.equals("node")) {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
              boolean counter = json.currentName().equals("n");
              json.nextToken();
              if (counter) {
                n = json.getLongValue();
              } else {
                node = json.getText();
              }
            }
          } else if (value.isStructStart()) {
            json.skipChildren();
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("an entry is not an event", e);
      }
      return new Stamp(id, node, n);
    }
  }

  private final Map<String, Long> last = new HashMap<>();
  private final Map<String, Place> known =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Place> eldest) {
          return size() > KNOWN_IDS;
        }
      };

  Optional<Place> placeOf(String id) {
    return Optional.ofNullable(known.get(id));
  }

  OptionalLong last(String node) {
    Long n = last.get(node);
    return n == null ? OptionalLong.empty() : OptionalLong.of(n);
  }

  void took(String id, String node, Place place) {
    last.put(node, place.counter());
    known.put(id, place);
  }

  void knows(String id, Place place) {
    known.put(id, place);
  }

  byte[] state(long size) {
    ObjectNode out = new ObjectMapper().createObjectNode().put("size", size);
    ObjectNode nodes = out.putObject("nodes");
    last.forEach(nodes::put);
    return out.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  /** Takes a saved state over; returns the size it was saved at, 0 when it is of no use. */
  long restore(Optional<byte[]> state, long size) {
    try {
      var json = new ObjectMapper().readTree(state.orElse(new byte[0]));
      long saved = json.path("size").asLong(0);
      if (saved <= 0 || saved > size) {
        return 0;
      }
      json.path("nodes")
          .properties()
          .forEach(node -> last.put(node.getKey(), node.getValue().longValue()));
      return saved;
    } catch (IOException e) {
      return 0;
    }
  }
}
