package im.palisade.compliance.log;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.log.Periods.Last;
import im.palisade.compliance.log.Periods.Period;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.merkle.MerkleTree;
import im.palisade.compliance.tile.TilePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes period digests: what an hour added to the log, signed, each naming the one before. */
final class Digests {
  private final LogFiles files;
  private final LogWriter writer;

  Digests(LogFiles files, LogWriter writer) {
    this.files = files;
    this.writer = writer;
  }

  /**
   * Writes the digest of an hour that is over.
   *
   * @param objects larger details that the facts name by SHA-256; they are kept first
   */
  void write(Period period, ObjectNode facts, Map<String, byte[]> objects) throws IOException {
    writer.task(writer::publish).join();
    int epoch = writer.epoch();
    MerkleTree tree = writer.head().tree();
    List<PeriodDigest.Bundle> bundles = new ArrayList<>();
    for (long n = period.from() / TilePath.WIDTH; n < period.to() / TilePath.WIDTH; n++) {
      byte[] bundle =
          files
              .read(epoch + "/" + TilePath.entries(n, TilePath.WIDTH))
              .orElseThrow(() -> new IOException("an entry bundle is not written yet"));
      bundles.add(new PeriodDigest.Bundle(n, sha256(bundle)));
    }
    Optional<Last> last = Periods.last(files, epoch);
    Optional<PeriodDigest.Previous> previous = Optional.empty();
    if (last.isPresent()) {
      byte[] before = files.read(last.get().path()).orElseThrow();
      previous =
          Optional.of(
              new PeriodDigest.Previous(PeriodDigest.hour(last.get().hour()), sha256(before)));
    }
    PeriodDigest digest =
        new PeriodDigest(
            writer.origin(),
            PeriodDigest.hour(period.hour()),
            period.from(),
            period.to(),
            base64(tree.root(period.from())),
            base64(tree.root(period.to())),
            bundles,
            previous,
            facts);
    for (Map.Entry<String, byte[]> object : objects.entrySet()) {
      files.replace(epoch + "/objects/" + object.getKey(), object.getValue());
    }
    SignedNote note = SignedNote.sign(digest.text(), writer.signers());
    String json = epoch + "/" + PeriodDigest.path(digest.hour());
    // The text comes last: a digest that is there has its signature.
    files.replace(
        json.replace(".json", ".sig"), note.signatureLines().getBytes(StandardCharsets.UTF_8));
    files.replace(json, note.text().getBytes(StandardCharsets.UTF_8));
    writer.periods().done(period);
  }

  /** When the hour of the newest digest began. */
  Optional<Instant> last() throws IOException {
    return Periods.last(files, writer.epoch()).map(Last::hour);
  }

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(MerkleHash.sha256(bytes));
  }

  private static String base64(byte[] hash) {
    return Base64.getEncoder().encodeToString(hash);
  }
}
