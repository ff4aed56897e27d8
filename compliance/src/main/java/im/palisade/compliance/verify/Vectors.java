package im.palisade.compliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import im.palisade.compliance.anchor.TimestampToken;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.TlogProof;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.merkle.Frontier;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.merkle.MerkleProof;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The test vectors that this implementation and the one in Python both run: those of RFC 6962's
 * reference tests, RFC 9162, RFC 8032 and signed-note, and our own.
 */
public final class Vectors {
  /** The files, beside this class in the jar, that both implementations run. */
  public static final List<String> FILES = List.of("merkle.json", "signatures.json");

  /** Time stamps need more than Python's standard library. */
  private static final List<String> OURS = List.of("timestamps.json");

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Vectors() {}

  /** What came of them. */
  public record Outcome(int total, List<String> wrong) {
    public Outcome {
      wrong = List.copyOf(wrong);
    }
  }

  /** Runs all that this build carries. */
  public static Outcome run() throws IOException {
    int total = 0;
    List<String> wrong = new ArrayList<>();
    for (String file : Stream.concat(FILES.stream(), OURS.stream()).toList()) {
      try (InputStream in = Vectors.class.getResourceAsStream("vectors/" + file)) {
        for (JsonNode vector : MAPPER.readTree(in)) {
          total++;
          if (holds(vector) != vector.required("valid").asBoolean()) {
            wrong.add(vector.required("name").asText());
          }
        }
      }
    }
    return new Outcome(total, wrong);
  }

  private static boolean holds(JsonNode v) {
    try {
      return switch (v.required("kind").asText()) {
        case "root" -> {
          Frontier tree = new Frontier();
          v.required("leaves").forEach(leaf -> tree.add(MerkleHash.leaf(hex(leaf))));
          yield MessageDigest.isEqual(tree.root(), hex(v.required("root")));
        }
        case "node" ->
            MessageDigest.isEqual(
                MerkleHash.node(hex(v.required("left")), hex(v.required("right"))),
                hex(v.required("hash")));
        case "inclusion" ->
            MerkleProof.includes(
                hex(v.required("leaf")),
                v.required("index").asLong(),
                v.required("size").asLong(),
                hexes(v.required("proof")),
                hex(v.required("root")));
        case "consistency" ->
            MerkleProof.continues(
                v.required("first").asLong(),
                hex(v.required("firstRoot")),
                v.required("second").asLong(),
                hex(v.required("secondRoot")),
                hexes(v.required("proof")));
        case "ed25519" ->
            VerifierKey.of("v", VerifierKey.ED25519, hex(v.required("public")))
                .ed25519(hex(v.required("message")), hex(v.required("signature")));
        case "note" ->
            SignedNote.parse(v.required("note").asText())
                .isSignedBy(VerifierKey.parse(v.required("key").asText()));
        case "checkpoint" -> !Checkpoint.parse(v.required("text").asText()).origin().isEmpty();
        case "tlog-proof" ->
            TlogProof.parse(v.required("proof").asText())
                .proves(
                    MerkleHash.leaf(v.required("entry").asText().getBytes(StandardCharsets.UTF_8)),
                    VerifierKey.parse(v.required("key").asText()));
        case "timestamp" ->
            TimestampToken.check(
                    base64(v.required("token")),
                    base64(v.required("stamped")),
                    List.of(certificate(v.required("authority"))))
                .time()
                .equals(Instant.parse("2026-11-23T01:02:03Z"));
        default -> throw new IllegalStateException(v.required("kind").asText());
      };
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      return false;
    }
  }

  private static byte[] base64(JsonNode text) {
    return Base64.getDecoder().decode(text.asText());
  }

  private static X509Certificate certificate(JsonNode text) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(base64(text)));
  }

  private static byte[] hex(JsonNode text) {
    return HexFormat.of().parseHex(text.asText());
  }

  private static List<byte[]> hexes(JsonNode list) {
    List<byte[]> hashes = new ArrayList<>();
    list.forEach(hash -> hashes.add(hex(hash)));
    return hashes;
  }
}
