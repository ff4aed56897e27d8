package im.palisade.compliance.anchor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.event.CanonicalJson;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.compliance.merkle.MerkleHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;

/**
 * What we write down of an anchor that gives no proof of its own: where the copy is and its hash.
 * Canonical JSON; {@code sum} is the SHA-256 of the rest, so that a changed byte shows.
 */
public record Receipt(String kind, String place, String sha256, String time) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static Receipt of(String kind, String place, byte[] anchored, Instant now) {
    return new Receipt(kind, place, hex(anchored), EventEncoder.time(now));
  }

  byte[] bytes() {
    ObjectNode out = json();
    out.put("sum", hex(CanonicalJson.bytes(json())));
    return (CanonicalJson.text(out) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("kind", kind)
        .put("place", place)
        .put("sha256", sha256)
        .put("time", time);
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException when it is not as it was written
   */
  public static Receipt parse(byte[] bytes) {
    try {
      JsonNode json = MAPPER.readTree(bytes);
      Receipt receipt =
          new Receipt(
              json.path("kind").asText(),
              json.path("place").asText(),
              json.path("sha256").asText(),
              json.path("time").asText());
      if (!java.util.Arrays.equals(receipt.bytes(), bytes)) {
        throw new IllegalArgumentException("not the receipt that was written");
      }
      return receipt;
    } catch (IOException e) {
      throw new IllegalArgumentException("not a receipt", e);
    }
  }

  /** Whether it is about these bytes. */
  public boolean isOf(byte[] anchored) {
    return sha256.equals(hex(anchored));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(MerkleHash.sha256(bytes));
  }
}
