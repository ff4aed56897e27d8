package im.palisade.compliance.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The last counter of each node at a size, kept so that a writer need not read the whole log when
 * it starts: a line of JSON and a line with its CRC-32C, without which a changed digit would become
 * a gap.
 */
public record WriterState(long size, Map<String, Long> counters) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  public WriterState {
    counters = Map.copyOf(counters);
  }

  byte[] bytes() {
    ObjectNode out = MAPPER.createObjectNode().put("size", size);
    ObjectNode nodes = out.putObject("nodes");
    new TreeMap<>(counters).forEach(nodes::put);
    String line = out + "\n";
    return (line + crc(line) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  static Optional<WriterState> parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf('\n') + 1;
    if (end == 0 || !text.substring(end).equals(crc(text.substring(0, end)) + "\n")) {
      return Optional.empty();
    }
    try {
      JsonNode json = MAPPER.readTree(text.substring(0, end));
      Map<String, Long> counters = new TreeMap<>();
      json.path("nodes")
          .properties()
          .forEach(node -> counters.put(node.getKey(), node.getValue().longValue()));
      return Optional.of(new WriterState(json.path("size").asLong(), counters));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Whether a file is as a writer wrote it. */
  public static boolean isSound(byte[] bytes) {
    return parse(bytes).isPresent();
  }

  private static String crc(String line) {
    CRC32C crc = new CRC32C();
    crc.update(line.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
