package im.palisade.compliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.PeriodDigest;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.verify.Finding.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks the period digests: their chain, their signatures and what they say of the tree. */
final class DigestCheck {
  /** What a digest says of a bundle's file. */
  record Expected(String sha256, String digest) {}

  private final EpochFiles epoch;
  private final Heads heads;
  private final Findings findings;
  private final Map<Long, Expected> bundles = new HashMap<>();

  DigestCheck(EpochFiles epoch, Heads heads, Findings findings) {
    this.epoch = epoch;
    this.heads = heads;
    this.findings = findings;
  }

  /** Reads them and takes their roots for heads. */
  void read() throws IOException {
    Optional<PeriodDigest> last = Optional.empty();
    String lastHash = "";
    for (String day : epoch.list("digest")) {
      List<String> names = epoch.list("digest/" + day);
      for (String name : names) {
        String path = "digest/" + day + "/" + name;
        if (name.endsWith(".sig") && names.contains(name.replace(".sig", ".json"))) {
          continue;
        }
        if (!name.endsWith(".json")) {
          boolean newest =
              day.equals(epoch.list("digest").getLast()) && name.equals(names.getLast());
          findings.add(
              !name.endsWith(".sig")
                  ? Kind.UNKNOWN_FILE
                  : newest ? Kind.DIGEST_UNFINISHED : Kind.DIGEST_MISSING,
              epoch.path(path),
              "");
          continue;
        }
        byte[] bytes = epoch.read(path).orElse(new byte[0]);
        Optional<PeriodDigest> digest = one(path, bytes);
        if (digest.isPresent()) {
          chain(path, digest.get(), last, lastHash);
          last = digest;
        }
        lastHash = HexFormat.of().formatHex(MerkleHash.sha256(bytes));
      }
    }
  }

  private Optional<PeriodDigest> one(String path, byte[] bytes) throws IOException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    String signature = path.replace(".json", ".sig");
    String lines = epoch.text(signature).orElse("");
    if (lines.isEmpty()) {
      findings.add(Kind.DIGEST_CHANGED, epoch.path(signature), "no signature");
      return Optional.empty();
    }
    try {
      PeriodDigest digest = PeriodDigest.parse(text);
      if (!path.equals(PeriodDigest.path(digest.hour()))) {
        throw new IllegalArgumentException("it is of " + digest.hour());
      }
      SignedNote note = SignedNote.parse(text + "\n" + lines);
      if (!note.toString().equals(text + "\n" + lines)) {
        throw new IllegalArgumentException("signature lines are not spelled as written");
      }
      heads.add(epoch.path(path), head(digest, digest.to(), digest.toRoot()), note);
      heads.add(epoch.path(path), head(digest, digest.from(), digest.fromRoot()), note);
      digest
          .bundles()
          .forEach(each -> bundles.put(each.n(), new Expected(each.sha256(), epoch.path(path))));
      objects(path, digest.facts());
      return Optional.of(digest);
    } catch (IllegalArgumentException e) {
      findings.add(Kind.DIGEST_CHANGED, epoch.path(path), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Details that the facts name by their hash have to be there. */
  private void objects(String path, JsonNode facts) throws IOException {
    for (JsonNode each : facts) {
      boolean hash = each.isTextual() && each.textValue().matches("[0-9a-f]{64}");
      if (hash && epoch.read("objects/" + each.textValue()).isEmpty()) {
        findings.add(
            Kind.OBJECT_CHANGED,
            epoch.path("objects/" + each.textValue()),
            "it is missing, and " + epoch.path(path) + " names it");
      }
      objects(path, each);
    }
  }

  private static Checkpoint head(PeriodDigest digest, long size, String root) {
    return Checkpoint.parse(digest.origin() + "\n" + size + "\n" + root + "\n");
  }

  private void chain(
      String path, PeriodDigest digest, Optional<PeriodDigest> last, String lastHash) {
    if (last.isEmpty()) {
      if (digest.previous().isPresent() && lastHash.isEmpty()) {
        findings.add(
            Kind.DIGEST_MISSING, epoch.path(path), "before it " + digest.previous().get().hour());
      }
      return;
    }
    String before = digest.previous().map(PeriodDigest.Previous::sha256).orElse("");
    if (!before.equals(lastHash)) {
      boolean later =
          digest.previous().isPresent()
              && digest.previous().get().hour().compareTo(last.get().hour()) > 0;
      findings.add(
          later ? Kind.DIGEST_MISSING : Kind.DIGEST_CHANGED,
          epoch.path(path),
          "its predecessor is not " + last.get().hour() + " as it stands here");
    } else if (digest.from() != last.get().to()) {
      findings.add(
          Kind.DIGEST_CHANGED,
          epoch.path(path),
          "it begins at " + digest.from() + ", the one before ended at " + last.get().to());
    }
  }

  /** What digests say of bundles. */
  Map<Long, Expected> bundles() {
    return bundles;
  }
}
