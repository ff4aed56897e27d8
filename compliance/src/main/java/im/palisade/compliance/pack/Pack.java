package im.palisade.compliance.pack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.NoteSigner;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.event.CanonicalJson;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.pack.PackManifest.Request;
import im.palisade.compliance.pack.PackManifest.Selection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Writes packs: a ZIP that can be checked offline, see docs/audit-log-format.md. */
public final class Pack {
  /** More content, such as the reports of an evidence pack. */
  @FunctionalInterface
  public interface Content {
    /** Writes it; the stream is closed by the caller. */
    void write(OutputStream out) throws IOException;
  }

  /**
   * Signs manifests.
   *
   * @param recordedAt index of the entry ({@code key.create}, {@code change.after.key}) that names
   *     it; empty when the log's own key signs
   */
  public record ExportKey(NoteSigner signer, OptionalLong recordedAt) {}

  /** What was written: the event {@code evidence.pack} or {@code audit.export} names it. */
  public record Sealed(String manifestSha256, long events) {}

  private final ZipFolder zip;
  private final LogReader log;

  private Pack(ZipFolder zip, LogReader log) {
    this.zip = zip;
    this.log = log;
  }

  /**
   * Writes a pack of what the reader sees.
   *
   * @param kind {@code audit} or {@code evidence}
   * @param previous the checkpoint of the pack before, of the same epoch
   * @param more further files by path
   * @throws IOException when an entry was pruned, or the stream's own
   */
  public static Sealed write(
      OutputStream out,
      LogReader log,
      String kind,
      Instant created,
      Request request,
      Selection selection,
      ExportKey key,
      Optional<SignedNote> previous,
      Map<String, Content> more)
      throws IOException {
    ZipFolder zip = new ZipFolder(out);
    Pack pack = new Pack(zip, log);
    zip.file("README.txt", to -> to.write(readme()));
    zip.file("checkpoint", to -> to.write(utf8(log.checkpoint().toString())));
    zip.file("keys.txt", to -> to.write(utf8(pack.keys())));
    long events =
        switch (selection) {
          case Selection.Range range -> pack.range(range);
          case Selection.Filtered filtered -> pack.filtered(filtered);
        };
    if (previous.isPresent()) {
      pack.consistency(previous.get());
    }
    pack.anchors();
    if (key.recordedAt().isPresent()) {
      pack.proved("export-key", key.recordedAt().getAsLong());
    }
    for (Map.Entry<String, Content> file : new TreeMap<>(more).entrySet()) {
      zip.file(file.getKey(), file.getValue());
    }
    PackManifest manifest =
        new PackManifest(
            kind,
            created,
            log.head(),
            request,
            selection,
            events,
            key.signer().verifierKey(),
            zip.files());
    String text = manifest.text();
    SignedNote signed = SignedNote.sign(text, java.util.List.of(key.signer()));
    zip.file("manifest.json", to -> to.write(utf8(text)));
    zip.file("manifest.json.sig", to -> to.write(utf8(signed.signatureLines())));
    zip.finish();
    return new Sealed(HexFormat.of().formatHex(MerkleHash.sha256(utf8(text))), events);
  }

  private long range(Selection.Range range) throws IOException {
    zip.file(
        "events.jsonl",
        to -> log.entries(range.from(), range.to(), (index, entry) -> line(to, entry)));
    zip.file(
        "events.idx",
        to -> {
          for (long index = range.from(); index < range.to(); index++) {
            line(to, utf8(Long.toString(index)));
          }
        });
    RangeProof proof = RangeProof.make(range.from(), range.to(), log.size(), log.trees());
    zip.file("proof/range.json", to -> to.write(utf8(proof.text())));
    return range.to() - range.from();
  }

  private long filtered(Selection.Filtered filtered) throws IOException {
    zip.file(
        "events.jsonl",
        to -> {
          for (long index : filtered.indexes()) {
            line(to, entry(index));
          }
        });
    zip.file(
        "events.idx",
        to -> {
          for (long index : filtered.indexes()) {
            line(to, utf8(Long.toString(index)));
          }
        });
    for (long index : filtered.indexes()) {
      zip.file("proof/" + index + ".tlog-proof", to -> to.write(utf8(log.prove(index).toString())));
    }
    return filtered.indexes().size();
  }

  private void proved(String name, long index) throws IOException {
    byte[] entry = entry(index);
    zip.file(name + ".json", to -> to.write(entry));
    zip.file(name + ".tlog-proof", to -> to.write(utf8(log.prove(index).toString())));
  }

  private byte[] entry(long index) throws IOException {
    return log.entry(index)
        .orElseThrow(() -> new IOException("entry " + index + " is no longer there"));
  }

  private void consistency(SignedNote previous) throws IOException {
    Checkpoint from = Checkpoint.parse(previous.text());
    if (!from.origin().equals(log.head().origin())) {
      throw new IllegalArgumentException("the pack before is of " + from.origin());
    }
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("from", previous.toString());
    ArrayNode hashes = out.putArray("hashes");
    log.consistency(from.size())
        .forEach(hash -> hashes.add(Base64.getEncoder().encodeToString(hash)));
    zip.file("consistency.json", to -> to.write(utf8(CanonicalJson.text(out) + "\n")));
  }

  private String keys() throws IOException {
    StringBuilder out = new StringBuilder();
    EpochFiles files = log.files();
    for (String name : files.list("keys")) {
      out.append(out.isEmpty() ? "" : "\n").append(files.text("keys/" + name).orElse(""));
    }
    return out.toString();
  }

  /** The receipts of the newest anchored size that the checkpoint covers. */
  private void anchors() throws IOException {
    EpochFiles files = log.files();
    for (String size : files.list("anchors")) {
      if (size.matches("[1-9][0-9]{0,17}") && Long.parseLong(size) <= log.size()) {
        for (String kind : files.list("anchors/" + size)) {
          String path = "anchors/" + size + "/" + kind;
          Optional<byte[]> receipt = files.read(path);
          if (receipt.isPresent() && Long.parseLong(size) == log.size()) {
            zip.file(path, to -> to.write(receipt.get()));
          }
        }
      }
    }
  }

  private static void line(OutputStream to, byte[] bytes) throws IOException {
    to.write(bytes);
    to.write('\n');
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] readme() throws IOException {
    try (InputStream in = Pack.class.getResourceAsStream("pack-readme.txt")) {
      if (in == null) {
        throw new IOException("pack-readme.txt is missing from this build");
      }
      return in.readAllBytes();
    }
  }
}
