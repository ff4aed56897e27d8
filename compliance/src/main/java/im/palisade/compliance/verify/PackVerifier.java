package im.palisade.compliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.TlogProof;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.event.EntryStamp;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.merkle.MerkleProof;
import im.palisade.compliance.pack.PackManifest;
import im.palisade.compliance.pack.PackManifest.FileHash;
import im.palisade.compliance.pack.PackManifest.Selection;
import im.palisade.compliance.pack.RangeProof;
import im.palisade.compliance.verify.Finding.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks a pack: its manifest, its files, and that each of its events stands in the log. */
public final class PackVerifier {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Set<String> UNLISTED = Set.of("manifest.json", "manifest.json.sig");

  private final PackFile pack;
  private final VerifyOptions options;
  private final Findings findings = new Findings();
  private final List<Span> proved = new ArrayList<>();
  private long checked;

  private PackVerifier(PackFile pack, VerifyOptions options) {
    this.pack = pack;
    this.options = options;
  }

  /** Checks the pack in a file. */
  public static VerifyReport verify(Path file, VerifyOptions options) {
    List<VerifyReport.Part> parts = List.of();
    Findings findings = new Findings();
    try (PackFile pack = new PackFile(file)) {
      PackVerifier verifier = new PackVerifier(pack, options);
      findings = verifier.findings;
      parts = List.of(verifier.run());
    } catch (IOException | IllegalArgumentException e) {
      findings.add(Kind.UNREADABLE, file.toString(), String.valueOf(e.getMessage()));
    }
    return new VerifyReport(file.toString(), parts, findings.all());
  }

  private VerifyReport.Part run() throws IOException {
    SignedNote note = SignedNote.parse(pack.text("checkpoint"));
    Checkpoint head = Checkpoint.parse(note.text());
    KeyChain chain =
        new KeyChain(head.origin(), options.trusted(), KeyChain.parse(pack.text("keys.txt")));
    List<String> signers = ProofVerifier.signers(note, chain, options, findings);
    String text = pack.text("manifest.json");
    PackManifest manifest = PackManifest.parse(text);
    SignedNote signed = SignedNote.parse(text + "\n" + pack.text("manifest.json.sig"));
    if (!signed.isSignedBy(manifest.exportKey())) {
      findings.add(Kind.PACK_SIGNATURE, "manifest.json.sig", manifest.exportKey().line());
    }
    exportKey(manifest.exportKey(), chain, head);
    if (!manifest.checkpoint().equals(head)) {
      findings.add(Kind.CONTRADICTION, "checkpoint", "the manifest names another");
    }
    files(manifest);
    switch (manifest.selection()) {
      case Selection.Range range -> range(range, head, manifest.events());
      case Selection.Filtered filtered -> filtered(filtered, note, head, manifest.events());
    }
    for (String name : pack.names()) {
      if (name.endsWith(".tlog-proof") && !name.startsWith("proof/")) {
        sample(name, head);
      }
    }
    consistency(head, chain);
    known(head);
    List<String> vouching = anchors(note, head);
    return new VerifyReport.Part(
        head.origin(),
        head.size(),
        head.rootText(),
        signers,
        vouching,
        checked,
        signers.isEmpty() ? List.of() : joined(proved));
  }

  private void exportKey(VerifierKey key, KeyChain chain, Checkpoint head) throws IOException {
    if (options.trusted().isEmpty() || chain.vouchesFor(key)) {
      return;
    }
    if (!pack.names().contains("export-key.json")) {
      findings.add(Kind.KEY_UNTRUSTED, "manifest.json", key.line());
      return;
    }
    byte[] entry = pack.bytes("export-key.json");
    JsonNode event = MAPPER.readTree(entry);
    TlogProof proof = TlogProof.parse(pack.text("export-key.tlog-proof"));
    if (!event.path("type").asText().equals("key.create")
        || !event.at("/change/after/key").asText().equals(key.line())
        || !includes(entry, proof, head)) {
      findings.add(Kind.KEY_UNTRUSTED, "export-key.json", "it does not record " + key.line());
    }
  }

  private static boolean includes(byte[] entry, TlogProof proof, Checkpoint head) {
    return proof.checkpoint().text().equals(head.text())
        && MerkleProof.includes(
            MerkleHash.leaf(entry), proof.index(), head.size(), proof.hashes(), head.root());
  }

  private void files(PackManifest manifest) throws IOException {
    Set<String> listed = new HashSet<>(UNLISTED);
    for (FileHash file : manifest.files()) {
      listed.add(file.path());
      if (!pack.names().contains(file.path())) {
        findings.add(Kind.PACK_CHANGED, file.path(), "it is missing");
      } else if (!pack.sha256(file.path()).equals(file.sha256())) {
        findings.add(Kind.PACK_CHANGED, file.path(), "");
      }
    }
    for (String name : pack.names()) {
      if (!listed.contains(name)) {
        findings.add(Kind.PACK_CHANGED, name, "the manifest does not list it");
      }
    }
  }

  private void range(Selection.Range range, Checkpoint head, long events) throws IOException {
    RangeProof proof = RangeProof.parse(pack.text("proof/range.json"));
    Span span = new Span(range.from(), range.to());
    if (proof.from() != range.from()
        || proof.to() != range.to()
        || proof.size() != head.size()
        || events != range.to() - range.from()) {
      findings.add(Kind.PROOF_WRONG, "proof/range.json", span, "it proves another range");
      return;
    }
    EntryOrder order = new EntryOrder(findings, options.tolerance());
    try (PackFile.Lines entries = pack.lines("events.jsonl");
        PackFile.Lines indexes = pack.lines("events.idx")) {
      long[] at = {range.from()};
      byte[] root =
          proof.root(
              () -> {
                byte[] entry =
                    entries
                        .next()
                        .orElseThrow(() -> new IllegalArgumentException("too few events"));
                index(indexes, at[0]);
                take(order, at[0]++, entry);
                return MerkleHash.leaf(entry);
              });
      if (entries.next().isPresent() || indexes.next().isPresent()) {
        findings.add(Kind.PACK_CHANGED, "events.jsonl", "more events than the range has");
      }
      if (MessageDigest.isEqual(root, head.root())) {
        proved.add(span);
      } else {
        findings.add(Kind.PROOF_WRONG, "events.jsonl", span, "one of them or more was changed");
      }
    } catch (IllegalArgumentException e) {
      findings.add(Kind.PROOF_WRONG, "events.jsonl", span, String.valueOf(e.getMessage()));
    }
    order
        .gaps()
        .forEach(gap -> findings.add(Kind.COUNTER_GAP, "", Span.at(gap.index()), gap.detail()));
  }

  private void filtered(Selection.Filtered filtered, SignedNote note, Checkpoint head, long events)
      throws IOException {
    findings.add(Kind.COMPLETENESS_UNPROVED, "", "filter: " + filtered.filter());
    EntryOrder order = new EntryOrder(findings, options.tolerance());
    long count = 0;
    long last = -1;
    try (PackFile.Lines entries = pack.lines("events.jsonl");
        PackFile.Lines indexes = pack.lines("events.idx")) {
      for (Optional<byte[]> entry = entries.next(); entry.isPresent(); entry = entries.next()) {
        long index = number(indexes);
        if (index <= last) {
          findings.add(Kind.PACK_CHANGED, "events.idx", "indexes do not rise at " + index);
        }
        last = index;
        count++;
        take(order, index, entry.get());
        proved(index, entry.get(), note, head);
      }
    } catch (IllegalArgumentException e) {
      findings.add(Kind.PACK_CHANGED, "events.jsonl", String.valueOf(e.getMessage()));
    }
    if (count != events) {
      findings.add(Kind.PACK_CHANGED, "events.jsonl", count + " events, should be " + events);
    }
  }

  private void proved(long index, byte[] entry, SignedNote note, Checkpoint head)
      throws IOException {
    String path = "proof/" + index + ".tlog-proof";
    try {
      TlogProof proof = TlogProof.parse(pack.text(path));
      if (proof.index() == index
          && proof.checkpoint().text().equals(note.text())
          && includes(entry, proof, head)) {
        proved.add(Span.at(index));
        return;
      }
      findings.add(Kind.PROOF_WRONG, path, Span.at(index), "");
    } catch (IllegalArgumentException e) {
      findings.add(Kind.PROOF_WRONG, path, Span.at(index), String.valueOf(e.getMessage()));
    }
  }

  private void take(EntryOrder order, long index, byte[] entry) {
    checked++;
    try {
      order.take(index, EntryStamp.of(entry));
    } catch (IllegalArgumentException e) {
      order.unknown(index);
      findings.add(Kind.NOT_AN_EVENT, "events.jsonl", Span.at(index), "");
    }
  }

  private static void index(PackFile.Lines indexes, long expected) throws IOException {
    if (number(indexes) != expected) {
      throw new IllegalArgumentException("events.idx does not say " + expected);
    }
  }

  private static long number(PackFile.Lines indexes) throws IOException {
    String text =
        indexes
            .next()
            .map(line -> new String(line, StandardCharsets.US_ASCII))
            .orElseThrow(() -> new IllegalArgumentException("too few indexes"));
    if (!text.matches("0|[1-9][0-9]{0,17}")) {
      throw new IllegalArgumentException("not an index: " + text);
    }
    return Long.parseLong(text);
  }

  private void sample(String path, Checkpoint head) throws IOException {
    String entry = path.replaceFirst("\\.tlog-proof$", ".json");
    if (!pack.names().contains(entry)) {
      findings.add(Kind.PROOF_WRONG, path, "there is no " + entry);
    } else if (!includes(pack.bytes(entry), TlogProof.parse(pack.text(path)), head)) {
      findings.add(Kind.PROOF_WRONG, path, "");
    }
  }

  private void consistency(Checkpoint head, KeyChain chain) throws IOException {
    if (!pack.names().contains("consistency.json")) {
      return;
    }
    JsonNode json = MAPPER.readTree(pack.text("consistency.json"));
    SignedNote before = SignedNote.parse(json.path("from").asText());
    Checkpoint from = Checkpoint.parse(before.text());
    List<byte[]> hashes = new ArrayList<>();
    json.path("hashes").forEach(hash -> hashes.add(Base64.getDecoder().decode(hash.asText())));
    if (!options.trusted().isEmpty() && !chain.signs(before, head.origin())) {
      findings.add(Kind.CHECKPOINT_CHANGED, "consistency.json", "no signature of a trusted key");
    }
    if (!MerkleProof.continues(from.size(), from.root(), head.size(), head.root(), hashes)) {
      findings.add(Kind.PROOF_WRONG, "consistency.json", new Span(0, from.size()), "");
    }
  }

  private void known(Checkpoint head) {
    for (SignedNote note : options.known()) {
      Checkpoint other = Checkpoint.parse(note.text());
      if (other.origin().equals(head.origin()) && other.size() == head.size()) {
        if (!other.equals(head)) {
          findings.add(Kind.FORKED, "checkpoint", new Span(0, head.size()), "");
        }
      } else if (!linked(other)) {
        findings.add(
            Kind.ANCHOR_UNCHECKED,
            "checkpoint",
            "no proof here leads from the known checkpoint of size " + other.size());
      }
    }
  }

  private boolean linked(Checkpoint other) {
    try {
      String from = MAPPER.readTree(pack.text("consistency.json")).path("from").asText();
      return Checkpoint.parse(SignedNote.parse(from).text()).equals(other);
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private List<String> anchors(SignedNote note, Checkpoint head) throws IOException {
    List<String> vouching = new ArrayList<>();
    for (String name : pack.names()) {
      if (name.startsWith("anchors/" + head.size() + "/")) {
        vouching.addAll(
            AnchorCheck.receipt(
                name, pack.bytes(name), pack.bytes("checkpoint"), note, options, findings));
      }
    }
    return vouching;
  }

  private static List<Span> joined(List<Span> spans) {
    List<Span> joined = new ArrayList<>();
    for (Span span : spans) {
      if (!joined.isEmpty() && joined.getLast().to() == span.from()) {
        joined.add(new Span(joined.removeLast().from(), span.to()));
      } else {
        joined.add(span);
      }
    }
    return joined;
  }
}
