package im.palisade.compliance.verify;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.TlogProof;
import im.palisade.compliance.log.LogKey;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.merkle.MerkleProof;
import im.palisade.compliance.verify.Finding.Kind;
import java.util.List;

/** Checks one event with its proof, and whether one checkpoint continues another. */
public final class ProofVerifier {
  private ProofVerifier() {}

  /**
   * Whether an entry stands in a log.
   *
   * @param entry the bytes as they were hashed, a line feed at their end is not part of them
   * @param proof the text of a C2SP tlog-proof
   * @param keys text of key files that came with it, empty when none did
   */
  public static VerifyReport verify(
      String what, byte[] entry, String proof, String keys, VerifyOptions options) {
    Findings findings = new Findings();
    List<VerifyReport.Part> parts = List.of();
    try {
      TlogProof parsed = TlogProof.parse(proof);
      Checkpoint head = Checkpoint.parse(parsed.checkpoint().text());
      List<LogKey> offered = KeyChain.parse(keys);
      KeyChain chain = new KeyChain(head.origin(), options.trusted(), offered);
      List<String> signers = signers(parsed.checkpoint(), chain, options, findings);
      if (!MerkleProof.includes(
          MerkleHash.leaf(line(entry)),
          parsed.index(),
          head.size(),
          parsed.hashes(),
          head.root())) {
        findings.add(Kind.PROOF_WRONG, what, Span.at(parsed.index()), "");
      }
      VerifyReport.Part part =
          new VerifyReport.Part(
              head.origin(),
              head.size(),
              head.rootText(),
              signers,
              List.of(),
              1,
              signers.isEmpty() || findings.has(Kind.PROOF_WRONG)
                  ? List.of()
                  : List.of(Span.at(parsed.index())));
      parts = List.of(part);
    } catch (IllegalArgumentException e) {
      findings.add(Kind.UNREADABLE, what, String.valueOf(e.getMessage()));
    }
    return new VerifyReport(what, parts, findings.all());
  }

  /** Whether the newer checkpoint continues the older one. */
  public static VerifyReport consistency(
      SignedNote older, SignedNote newer, List<byte[]> proof, VerifyOptions options) {
    Findings findings = new Findings();
    Checkpoint from = Checkpoint.parse(older.text());
    Checkpoint to = Checkpoint.parse(newer.text());
    KeyChain chain = new KeyChain(to.origin(), options.trusted(), List.of());
    signers(older, chain, options, findings);
    List<String> signers = signers(newer, chain, options, findings);
    if (!from.origin().equals(to.origin())) {
      findings.add(Kind.CONTRADICTION, "", from.origin() + " and " + to.origin());
    } else if (from.size() > to.size()) {
      findings.add(Kind.ROLLED_BACK, "", new Span(to.size(), from.size()), "");
    } else if (!MerkleProof.continues(from.size(), from.root(), to.size(), to.root(), proof)) {
      findings.add(
          from.size() == to.size() ? Kind.FORKED : Kind.PROOF_WRONG,
          "",
          new Span(0, from.size()),
          "");
    }
    return new VerifyReport(
        from.size() + " to " + to.size(),
        List.of(
            new VerifyReport.Part(
                to.origin(), to.size(), to.rootText(), signers, List.of(), 0, List.of())),
        findings.all());
  }

  static List<String> signers(
      SignedNote note, KeyChain chain, VerifyOptions options, Findings findings) {
    if (options.trusted().isEmpty()) {
      if (!findings.has(Kind.NO_TRUSTED_KEY)) {
        findings.add(Kind.NO_TRUSTED_KEY, "", "");
      }
      return List.of();
    }
    List<String> signers = chain.signers(note);
    if (signers.isEmpty()) {
      findings.add(Kind.CHECKPOINT_CHANGED, "checkpoint", "no signature of a trusted key");
    }
    return signers;
  }

  private static byte[] line(byte[] entry) {
    boolean ends = entry.length > 0 && entry[entry.length - 1] == '\n';
    return ends ? java.util.Arrays.copyOf(entry, entry.length - 1) : entry;
  }
}
