package im.palisade.server.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * JSON as it stands on our wires. What comes in is bounded in depth; numbers keep their value (a
 * double its full precision), since message bodies are stored and returned as they came.
 */
public final class Json {
  /** Deeper input is refused as malformed. */
  public static final int MAX_DEPTH = 64;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(64)
                          .maxStringLength(4 << 20)
                          .build())
                  // Per-thread buffers would be new ones for each virtual thread.
                  .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
                  .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                  .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);

  private Json() {}

  /** The one mapper; it must not be reconfigured. */
  public static ObjectMapper mapper() {
    return MAPPER;
  }

  /** A new empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** The object in those bytes, or empty when they are anything else or no UTF-8. */
  public static Optional<ObjectNode> parseObject(byte[] utf8) {
    return isUtf8(utf8) ? parseObject(utf8, 0, utf8.length) : Optional.empty();
  }

  /**
   * The object in that part of the bytes, or empty when it is anything else. The caller has made
   * sure of UTF-8: Jackson lets overlong forms and code points beyond the last pass.
   */
  public static Optional<ObjectNode> parseObject(byte[] utf8, int offset, int length) {
    if (isWide(utf8, offset, length)) {
      return Optional.empty();
    }
    try {
      JsonNode node = MAPPER.readTree(utf8, offset, length);
      return node instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Jackson would take UTF-16 and UTF-32 too; their first character has a zero byte. */
  private static boolean isWide(byte[] text, int offset, int length) {
    for (int i = offset; i < offset + Math.min(length, 4); i++) {
      if (text[i] == 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean isUtf8(byte[] text) {
    for (byte each : text) {
      if (each < 0) {
        return isDecodable(text);
      }
    }
    return true;
  }

  private static boolean isDecodable(byte[] text) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** Compact UTF-8. */
  public static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }
}
