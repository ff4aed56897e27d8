package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a field of a command may hold, and how it is read from JSON. */
public sealed interface ParamType<T> {

  /**
   * Reads a value that is present and not null.
   *
   * @throws Misfit when it is wrong
   */
  T read(JsonNode node, Wrong wrong, boolean grouped);

  /** A text of so many UTF-8 bytes, both bounds inclusive. */
  record Text(int minBytes, int maxBytes) implements ParamType<String> {
    @Override
    public String read(JsonNode node, Wrong wrong, boolean grouped) {
      if (!node.isTextual()) {
        throw new Misfit(Fault.WRONG, "is not a string");
      }
      String text = node.textValue();
      if (text.length() < minBytes) {
        throw new Misfit(minBytes == 1 ? Fault.ABSENT : Fault.WRONG, "is too short");
      }
      // A UTF-16 unit is at most three bytes, so most texts need no counting.
      if ((long) text.length() * 3 > maxBytes
          && text.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
        throw new Misfit(Fault.WRONG, "is above " + maxBytes + " bytes");
      }
      return text;
    }
  }

  /** One of these words. */
  record Word(List<String> words) implements ParamType<String> {
    public Word {
      words = List.copyOf(words);
    }

    @Override
    public String read(JsonNode node, Wrong wrong, boolean grouped) {
      if (!node.isTextual() || !words.contains(node.textValue())) {
        throw new Misfit(Fault.WRONG, "is none of " + words);
      }
      return node.textValue();
    }
  }

  /** An integer within bounds, both inclusive. */
  record Whole(long min, long max) implements ParamType<Long> {
    @Override
    public Long read(JsonNode node, Wrong wrong, boolean grouped) {
      if (!node.isIntegralNumber() || !node.canConvertToLong()) {
        throw new Misfit(Fault.WRONG, "is not an integer of 64 bits");
      }
      long value = node.longValue();
      if (value < min || value > max) {
        throw new Misfit(Fault.WRONG, "is not within " + min + " to " + max);
      }
      return value;
    }
  }

  /** From 1 on; more than the most counts as the most. */
  record Limit(int most) implements ParamType<Integer> {
    @Override
    public Integer read(JsonNode node, Wrong wrong, boolean grouped) {
      return Math.clamp(new Whole(0, Param.U32_MAX).read(node, wrong, grouped), 1, most);
    }
  }

  /** True or false. */
  record Flag() implements ParamType<Boolean> {
    @Override
    public Boolean read(JsonNode node, Wrong wrong, boolean grouped) {
      if (!node.isBoolean()) {
        throw new Misfit(Fault.WRONG, "is not a boolean");
      }
      return node.booleanValue();
    }
  }

  /** An array of so many elements, both bounds inclusive; null is no element. */
  record ListOf<E>(ParamType<E> element, int min, int max) implements ParamType<List<E>> {
    @Override
    public List<E> read(JsonNode node, Wrong wrong, boolean grouped) {
      if (!node.isArray()) {
        throw new Misfit(Fault.WRONG, "is not an array");
      }
      if (node.size() > max) {
        throw new Misfit(Fault.TOO_MANY, "has more than " + max + " elements");
      }
      if (node.size() < min) {
        throw new Misfit(node.isEmpty() ? Fault.ABSENT : Fault.WRONG, "has too few elements");
      }
      List<E> read = new ArrayList<>(node.size());
      for (JsonNode each : node) {
        try {
          read.add(element.read(each, wrong, grouped));
        } catch (Misfit misfit) {
          throw new Misfit(Fault.WRONG, "holds something that " + misfit.getMessage());
        }
      }
      return List.copyOf(read);
    }
  }

  /** An object whose keys are the caller's. */
  record MapOf<E>(ParamType<E> value) implements ParamType<Map<String, E>> {
    @Override
    public Map<String, E> read(JsonNode node, Wrong wrong, boolean grouped) {
      if (!node.isObject()) {
        throw new Misfit(Fault.WRONG, "is not an object");
      }
      Map<String, E> read = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> each : node.properties()) {
        try {
          read.put(each.getKey(), value.read(each.getValue(), wrong, grouped));
        } catch (Misfit misfit) {
          throw new Misfit(Fault.WRONG, "holds something that " + misfit.getMessage());
        }
      }
      return read;
    }
  }

  /** An object with declared fields. */
  record Nested(List<Param<?>> fields) implements ParamType<Params> {
    public Nested {
      fields = List.copyOf(fields);
    }

    @Override
    public Params read(JsonNode node, Wrong wrong, boolean grouped) {
      if (!(node instanceof ObjectNode object)) {
        throw new Misfit(Fault.WRONG, "is not an object");
      }
      return Params.read(object, fields, wrong, grouped);
    }
  }

  /** Anything; the command looks itself. */
  record Raw(String shape) implements ParamType<JsonNode> {
    @Override
    public JsonNode read(JsonNode node, Wrong wrong, boolean grouped) {
      return node;
    }
  }

  /** What can be wrong with a field. */
  enum Fault {
    /** It is not there, or as good as not. */
    ABSENT,
    /** Not of the declared type, or out of its bounds. */
    WRONG,
    /** An array with too many elements. */
    TOO_MANY
  }

  /** Thrown by {@link #read}; carries no stack trace, since the field makes an answer of it. */
  final class Misfit extends RuntimeException {
    private final Fault fault;

    Misfit(Fault fault, String text) {
      super(text, null, false, false);
      this.fault = fault;
    }

    Fault fault() {
      return fault;
    }
  }
}
