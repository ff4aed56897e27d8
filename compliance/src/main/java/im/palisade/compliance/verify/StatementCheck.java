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
  private final List<Pruned> prunings = new ArrayList<>();
  private boolean start;
  private JsonNode previous = EntryText.after(new byte[] {'{', '}'});

  /**
   * A record of a pruning.
   *
   * @param epoch that lost the entries
   * @param kept bundles below the minimum that stayed
   */
  record Pruned(int epoch, long minimum, List<Long> kept) {
    static final Pruned NOTHING = new Pruned(0, 0, List.of());
  }

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
      if (!EntryText.isSuccess(special.entry())) {
        continue; // What was denied or failed changed nothing and states nothing.
      }
      JsonNode after = EntryText.after(special.entry());
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

  /** An epoch that is over cannot take the record, so it stands in a later one and names it. */
  private void prune(JsonNode after) {
    int of = after.path("epoch").asInt(epoch.epoch());
    if (of <= epoch.epoch()) {
      List<Long> kept = new ArrayList<>();
      after.path("kept").forEach(n -> kept.add(n.asLong()));
      prunings.add(new Pruned(of, after.path("minimum").asLong(0), List.copyOf(kept)));
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

  /** What it records of prunings, its own and those of earlier epochs, in their order. */
  List<Pruned> prunings() {
    return List.copyOf(prunings);
  }
}
