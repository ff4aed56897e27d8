package im.palisade.compliance.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The canonical form of RFC 8785 for the JSON that audit entries use: objects, arrays, texts,
 * booleans, null and integers within ±(2^53 - 1). Fractions are refused, see
 * docs/audit-log-format.md.
 */
public final class CanonicalJson {
  private static final long MAX_SAFE = (1L << 53) - 1;
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private CanonicalJson() {}

  /**
   * The canonical bytes.
   *
   * @throws IllegalArgumentException for a fraction, a number out of range or a lone surrogate
   */
  public static byte[] bytes(JsonNode node) {
    return text(node).getBytes(StandardCharsets.UTF_8);
  }

  /** The canonical text; see {@link #bytes}. */
  public static String text(JsonNode node) {
    StringBuilder out = new StringBuilder(512);
    write(node, out);
    return out.toString();
  }

  private static void write(JsonNode node, StringBuilder out) {
    switch (node.getNodeType()) {
      case OBJECT -> object(node, out);
      case ARRAY -> {
        out.append('[');
        for (int i = 0; i < node.size(); i++) {
          if (i > 0) {
            out.append(',');
          }
          write(node.get(i), out);
        }
        out.append(']');
      }
      case STRING -> string(node.textValue(), out);
      case BOOLEAN -> out.append(node.booleanValue());
      case NULL -> out.append("null");
      case NUMBER -> out.append(number(node));
      case BINARY, MISSING, POJO ->
          throw new IllegalArgumentException("not JSON: " + node.getNodeType());
    }
  }

  private static long number(JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw new IllegalArgumentException("not an integer in range: " + node);
    }
    long value = node.longValue();
    if (value > MAX_SAFE || value < -MAX_SAFE) {
      throw new IllegalArgumentException("integer beyond 2^53 - 1: " + node);
    }
    return value;
  }

  private static void object(JsonNode node, StringBuilder out) {
    // RFC 8785 section 3.2.3 sorts by UTF-16 code units, which is what String compares by.
    TreeMap<String, JsonNode> fields = new TreeMap<>();
    node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
    out.append('{');
    boolean first = true;
    for (Map.Entry<String, JsonNode> field : fields.entrySet()) {
      if (!first) {
        out.append(',');
      }
      first = false;
      string(field.getKey(), out);
      out.append(':');
      write(field.getValue(), out);
    }
    out.append('}');
  }

  private static void string(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
          } else if (Character.isSurrogate(c)) {
            if (!Character.isHighSurrogate(c)
                || i + 1 == text.length()
                || !Character.isLowSurrogate(text.charAt(i + 1))) {
              throw new IllegalArgumentException("lone surrogate in text");
            }
            out.append(c).append(text.charAt(++i));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
