package im.palisade.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Texts;
import im.palisade.server.protocol.UserIds;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a body field may hold, and how it is read from JSON. Reading throws {@link Misfit}; which
 * code that becomes is the field's business.
 */
public sealed interface Shape<T> {

  /** Reads a value that is present and not null. */
  T read(JsonNode node, Family family);

  /**
   * A text of so many UTF-8 bytes, both bounds inclusive. One whose length is bounded is kept as it
   * is, so it must be valid Unicode; what is longer the feature looks at itself.
   */
  record Text(int minBytes, int maxBytes) implements Shape<String> {
    /** From here on a text is not bounded but by the request's size. */
    static final int UNBOUNDED = 1 << 20;

    @Override
    public String read(JsonNode node, Family family) {
      if (!node.isTextual()) {
        throw new Misfit(Fault.TYPE);
      }
      String text = node.textValue();
      if (maxBytes < UNBOUNDED && !Texts.isWellFormed(text)) {
        throw new Misfit(Fault.TYPE);
      }
      // A UTF-16 unit is at most three bytes, so most texts need no counting.
      boolean fits = text.length() >= minBytes && (long) text.length() * 3 <= maxBytes;
      if (!fits) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < minBytes || bytes > maxBytes) {
          throw new Misfit(Fault.RANGE);
        }
      }
      return text;
    }
  }

  /** One of these words. */
  record Word(List<String> words) implements Shape<String> {
    public Word {
      words = List.copyOf(words);
    }

    @Override
    public String read(JsonNode node, Family family) {
      if (!node.isTextual()) {
        throw new Misfit(Fault.TYPE);
      }
      if (!words.contains(node.textValue())) {
        throw new Misfit(Fault.RANGE);
      }
      return node.textValue();
    }
  }

  /** A well-formed UserID (rest-conventions §5.2); whether it exists is not asked. */
  record UserId() implements Shape<String> {
    @Override
    public String read(JsonNode node, Family family) {
      if (!node.isTextual()) {
        throw new Misfit(Fault.ACCOUNT);
      }
      if (!UserIds.isWellFormed(node.textValue())) {
        throw new Misfit(Fault.RANGE);
      }
      return node.textValue();
    }
  }

  /**
   * A text that names an account, well-formed or not: what cannot exist is the item's failure, not
   * the call's.
   */
  record Named() implements Shape<String> {
    @Override
    public String read(JsonNode node, Family family) {
      if (!node.isTextual()) {
        throw new Misfit(Fault.ACCOUNT);
      }
      return node.textValue();
    }
  }

  /**
   * A whole number within bounds, both inclusive.
   *
   * @param strict refuse a string that holds a decimal number
   */
  record Whole(long min, long max, boolean strict) implements Shape<Long> {
    @Override
    public Long read(JsonNode node, Family family) {
      return whole(node, min, max, strict);
    }
  }

  /** A {@link Whole} that fits 31 bits. */
  record Int(int min, int max, boolean strict) implements Shape<Integer> {
    @Override
    public Integer read(JsonNode node, Family family) {
      return (int) whole(node, min, max, strict);
    }
  }

  /** 0 or 1; true and false are understood as well. */
  record Flag(boolean strict) implements Shape<Boolean> {
    @Override
    public Boolean read(JsonNode node, Family family) {
      if (node.isBoolean() && !strict) {
        return node.booleanValue();
      }
      return whole(node, 0, 1, strict) == 1;
    }
  }

  /**
   * An array of so many elements, both bounds inclusive; null is no element.
   *
   * @param orOne a value that is not an array stands for an array of one
   */
  record ListOf<E>(Shape<E> element, int min, int max, boolean orOne) implements Shape<List<E>> {
    @Override
    public List<E> read(JsonNode node, Family family) {
      if (!node.isArray()) {
        if (!orOne) {
          throw new Misfit(Fault.TYPE);
        }
        return List.of(element.read(node, family));
      }
      if (node.size() < min || node.size() > max) {
        throw new Misfit(Fault.COUNT);
      }
      List<E> read = new ArrayList<>(node.size());
      for (JsonNode each : node) {
        read.add(element.read(each, family));
      }
      return List.copyOf(read);
    }
  }

  /** An object with declared fields. */
  record Nested(List<Field<?>> fields) implements Shape<Fields> {
    public Nested {
      fields = List.copyOf(fields);
    }

    @Override
    public Fields read(JsonNode node, Family family) {
      if (!(node instanceof ObjectNode object)) {
        throw new Misfit(Fault.TYPE);
      }
      return new Fields(object, fields, family);
    }
  }

  /** Anything; the feature looks itself. */
  record Raw() implements Shape<JsonNode> {
    @Override
    public JsonNode read(JsonNode node, Family family) {
      return node;
    }
  }

  private static long whole(JsonNode node, long min, long max, boolean strict) {
    long value;
    if (node.isIntegralNumber()) {
      if (!node.canConvertToLong()) {
        throw new Misfit(Fault.RANGE);
      }
      value = node.longValue();
    } else if (!strict && node.isTextual()) {
      value = decimal(node.textValue());
    } else {
      throw new Misfit(Fault.TYPE);
    }
    if (value < min || value > max) {
      throw new Misfit(Fault.RANGE);
    }
    return value;
  }

  private static long decimal(String text) {
    int digits = text.startsWith("-") ? 1 : 0;
    if (text.length() == digits || text.length() > 64) {
      throw new Misfit(Fault.TYPE);
    }
    for (int i = digits; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        throw new Misfit(Fault.TYPE);
      }
    }
    if (text.length() <= 18) {
      return Long.parseLong(text);
    }
    BigInteger value = new BigInteger(text);
    if (value.bitLength() > 63) {
      throw new Misfit(Fault.RANGE);
    }
    return value.longValue();
  }

  /** What can be wrong with a value. */
  enum Fault {
    /** Not of the declared type. */
    TYPE("has the wrong type"),
    /** An account that is not a string. */
    ACCOUNT("must be a string"),
    /** Of the right type, but too long, too large, or none of the allowed values. */
    RANGE("is out of range"),
    /** An array with too few or too many elements. */
    COUNT("has too few or too many elements");

    private final String text;

    Fault(String text) {
      this.text = text;
    }
  }

  /** Thrown by {@link #read}; carries no stack trace, since the field makes an answer of it. */
  final class Misfit extends RuntimeException {
    private final Fault fault;

    Misfit(Fault fault) {
      super(fault.text, null, false, false);
      this.fault = fault;
    }

    Fault fault() {
      return fault;
    }
  }
}
