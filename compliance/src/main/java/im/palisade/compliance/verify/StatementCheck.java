package im.palisade.compliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.verify.BundleCheck.Special;
import im.palisade.compliance.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.List;

/** Reads what the log records of itself: its epochs, keys and prunings. */
final class StatementCheck {
  private final EpochFiles epoch;
  private final String origin;
  private final EpochKeys keys;
  private final List<Special> specials;
  private final Findings findings;
  private final List<Long> kept = new ArrayList<>();
  private boolean start;
  private long prunedTo;
  private JsonNode previous = EpochVerifier.after(new byte[] {'{', '}'});

  StatementCheck(
      EpochFiles epoch, String origin, EpochKeys keys, List<Special> specials, Findings findings) {
    this.epoch = epoch;
    this.origin = origin;
    this.keys = keys;
    this.specials = specials;
    this.findings = findings;
  }

  void run(long minimum, boolean complete) {
    for (Special special : specials) {
      if (!EpochVerifier.isSuccess(special.entry())) {
        continue; // What was denied or failed changed nothing and states nothing.
      }
      JsonNode after = EpochVerifier.after(special.entry());
      switch (special.stamp().type()) {
        case LogSpecials.START -> {
          if (special.index() == 0) {
            begin(after);
          }
        }
        case LogSpecials.ROTATE -> keys.learnRotation(after);
        case LogSpecials.PRUNE -> prune(after);
        default -> throw new IllegalStateException(special.stamp().type());
      }
    }
    if (!start && complete && minimum == 0 && !specials.isEmpty()) {
      findings.add(Kind.EPOCH_CHANGED, "", Span.at(0), "the first entry does not begin the epoch");
    }
  }

  private void begin(JsonNode after) {
    start = true;
    keys.learnStart(after);
    JsonNode stated = after.path("epoch");
    if (!stated.path("number").isInt() || stated.path("number").intValue() != epoch.epoch()) {
      findings.add(
          Kind.EPOCH_CHANGED,
          "",
          Span.at(0),
          "it begins epoch " + stated.path("number").asText() + " of " + origin);
    }
    previous = stated.path("previous");
  }

  private void prune(JsonNode after) {
    long minimum = after.path("minimum").asLong(0);
    if (minimum >= prunedTo) {
      prunedTo = minimum;
      kept.clear();
      after.path("kept").forEach(n -> kept.add(n.asLong()));
    }
  }

  /** Whether the entry that begins the epoch was read. */
  boolean hasStart() {
    return start;
  }

  /** What it says of the epoch before. */
  JsonNode previous() {
    return previous;
  }

  /** The lowest index that the log says was not pruned. */
  long prunedTo() {
    return prunedTo;
  }

  /** Bundles below it that were kept nevertheless. */
  List<Long> keptBundles() {
    return kept;
  }
}
