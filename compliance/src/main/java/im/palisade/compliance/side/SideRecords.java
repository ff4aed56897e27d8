package im.palisade.compliance.side;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.event.CanonicalJson;
import im.palisade.compliance.event.DraftEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keeps personal values out of the tree: the entry holds a keyed commitment, the value stands in a
 * record encrypted under its person's key.
 */
public final class SideRecords {
  /** A personal value of an event: whose it is, what it is (e.g. {@code source.ip}), and itself. */
  public record Value(String subject, String slot, String value) {}

  /**
   * A value an event is committed to.
   *
   * @param k key of the commitment, base64
   */
  public record Committed(String subject, String slot, String k, String value) {}

  /** What an event is committed to, to be encrypted. */
  public record Aside(String event, int year, List<Committed> values) {
    public Aside {
      values = List.copyOf(values);
    }
  }

  /** A value read back, with the key of its commitment. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Opened(String slot, String value, byte[] k) {
    /** Whether the commitment of an entry is this value's. */
    public boolean opens(String commitment) {
      return MessageDigest.isEqual(
          commit(k, value).getBytes(StandardCharsets.US_ASCII),
          commitment.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static final int HEADER = 8 + 26 + SubjectKeys.ID + 12;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final SubjectKeys keys;

  public SideRecords(SubjectKeys keys) {
    this.keys = keys;
  }

  /**
   * The event with commitments to these values, and their records.
   *
   * @throws IOException when a person's key could not be made durable
   */
  public DraftEntry draft(ObjectNode event, List<Value> values) throws IOException {
    ObjectNode committed = event.deepCopy();
    Aside aside = commit(committed, values);
    return DraftEntry.of(committed, records(List.of(aside)).getFirst());
  }

  /** Adds commitments to these values to an event; what is returned makes its side records. */
  public static Aside commit(ObjectNode event, List<Value> values) {
    List<Committed> kept = new ArrayList<>(values.size());
    for (Value value : values) {
      byte[] k = new byte[32];
      RANDOM.nextBytes(k);
      event
          .withArray("commit")
          .addObject()
          .put("slot", value.slot())
          .put("alg", "hmac-sha256")
          .put("value", commit(k, value.value()));
      kept.add(
          new Committed(
              value.subject(), value.slot(), Base64.getEncoder().encodeToString(k), value.value()));
    }
    int year = Integer.parseInt(event.path("time").asText().substring(0, 4));
    return new Aside(event.path("id").asText(), year, kept);
  }

  /**
   * The encrypted records of each of these events; keys that are missing are made durable together.
   *
   * @throws IOException when they could not be
   */
  public List<List<byte[]>> records(List<Aside> asides) throws IOException {
    keys.make(
        asides.stream()
            .flatMap(
                aside ->
                    aside.values().stream()
                        .map(value -> new SubjectKeys.Name(value.subject(), aside.year())))
            .collect(Collectors.toCollection(LinkedHashSet::new)));
    List<List<byte[]>> all = new ArrayList<>(asides.size());
    for (Aside aside : asides) {
      List<byte[]> records = new ArrayList<>();
      Map<String, ArrayNode> bySubject = new LinkedHashMap<>();
      for (Committed value : aside.values()) {
        bySubject
            .computeIfAbsent(value.subject(), subject -> JsonNodeFactory.instance.arrayNode())
            .addObject()
            .put("slot", value.slot())
            .put("k", value.k())
            .put("value", value.value());
      }
      for (Map.Entry<String, ArrayNode> subject : bySubject.entrySet()) {
        records.add(
            record(
                aside.event(),
                subject.getKey(),
                aside.year(),
                CanonicalJson.bytes(subject.getValue())));
      }
      all.add(records);
    }
    return all;
  }

  /**
   * The values of an event in a side file whose persons' keys still are there.
   *
   * @throws IllegalStateException when a record was changed
   */
  public List<Opened> open(byte[] file, String eventId) throws IOException {
    List<Opened> opened = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(file);
    for (int at = 0; at + HEADER <= file.length; ) {
      int length = in.getInt(at);
      if (length < HEADER - 8 || length > file.length - at - 8) {
        break; // A torn tail: its entry was never acknowledged.
      }
      byte[] rest = Arrays.copyOfRange(file, at + 8, at + 8 + length);
      if (in.getInt(at + 4) != crc(rest)) {
        throw new IllegalStateException("a side record was changed at byte " + at);
      }
      at += 8 + length;
      byte[] bound = Arrays.copyOf(rest, 26 + SubjectKeys.ID);
      if (!new String(rest, 0, 26, StandardCharsets.US_ASCII).equals(eventId)) {
        continue;
      }
      Optional<javax.crypto.SecretKey> key = keys.find(Arrays.copyOfRange(bound, 26, 42));
      if (key.isPresent()) {
        byte[] nonce = Arrays.copyOfRange(rest, 42, 54);
        byte[] sealed = Arrays.copyOfRange(rest, 54, rest.length);
        byte[] text = SubjectKeys.crypt(Cipher.DECRYPT_MODE, key.get(), nonce, bound, sealed);
        for (JsonNode value : MAPPER.readTree(text)) {
          opened.add(
              new Opened(
                  value.path("slot").asText(),
                  value.path("value").asText(),
                  Base64.getDecoder().decode(value.path("k").asText())));
        }
      }
    }
    return opened;
  }

  /** Where a side file is broken, and where it ends within a record, as after a power failure. */
  public record Damage(OptionalLong broken, OptionalLong torn) {}

  /** Looks for damage without any key. */
  public static Damage damage(byte[] file) {
    int at = 0;
    for (int end = wholeRecord(file, at); end > 0; end = wholeRecord(file, at)) {
      at = end;
    }
    for (int later = at + 1; later + HEADER <= file.length; later++) {
      if (wholeRecord(file, later) > 0) {
        return new Damage(OptionalLong.of(at), OptionalLong.empty());
      }
    }
    return new Damage(
        OptionalLong.empty(), at < file.length ? OptionalLong.of(at) : OptionalLong.empty());
  }

  /** The end of the record at a place, 0 when none stands there. */
  private static int wholeRecord(byte[] file, int at) {
    if (at + HEADER > file.length) {
      return 0;
    }
    ByteBuffer in = ByteBuffer.wrap(file);
    int length = in.getInt(at);
    if (length < HEADER - 8 || length > file.length - at - 8) {
      return 0;
    }
    byte[] rest = Arrays.copyOfRange(file, at + 8, at + 8 + length);
    return in.getInt(at + 4) == crc(rest) ? at + 8 + length : 0;
  }

  private byte[] record(String id, String subject, int year, byte[] text) throws IOException {
    byte[] nonce = new byte[12];
    RANDOM.nextBytes(nonce);
    byte[] bound =
        ByteBuffer.allocate(26 + SubjectKeys.ID)
            .put(id.getBytes(StandardCharsets.US_ASCII))
            .put(SubjectKeys.id(subject, year))
            .array();
    byte[] sealed =
        SubjectKeys.crypt(Cipher.ENCRYPT_MODE, keys.obtain(subject, year), nonce, bound, text);
    byte[] rest =
        ByteBuffer.allocate(bound.length + nonce.length + sealed.length)
            .put(bound)
            .put(nonce)
            .put(sealed)
            .array();
    return ByteBuffer.allocate(8 + rest.length)
        .putInt(rest.length)
        .putInt(crc(rest))
        .put(rest)
        .array();
  }

  private static String commit(byte[] k, String value) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(k, "HmacSHA256"));
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(value.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
