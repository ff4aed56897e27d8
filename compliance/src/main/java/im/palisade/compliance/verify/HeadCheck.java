package im.palisade.compliance.verify;

import im.palisade.compliance.verify.Finding.Kind;
import im.palisade.compliance.verify.Head.Origin;
import im.palisade.compliance.verify.LeafScan.View;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The signed heads of an epoch: who signed them, and whether the entries are those they are of.
 *
 * @param tolerance how far clocks may be apart
 */
record HeadCheck(
    String origin,
    Heads heads,
    EpochKeys keys,
    AnchorCheck anchors,
    Duration tolerance,
    Findings findings) {

  /** Those of this log that a trusted key signed, smallest first; tells of all others. */
  List<Head> valid() {
    List<Head> valid = new ArrayList<>();
    boolean statedWell =
        heads.all().stream()
            .anyMatch(head -> head.from() == Origin.STATED && wrong(head).isEmpty());
    for (Head head : heads.all()) {
      Optional<String> wrong = wrong(head);
      if (wrong.isEmpty()) {
        if (keys.hasStrangeLine(head.note())) {
          findings.add(
              Kind.CHECKPOINT_CHANGED, head.source(), "a signature line of no key of the log");
        }
        anchors.cosignatures(head);
        valid.add(head);
      } else if (!isPassedOver(head, statedWell)) {
        findings.add(Kind.CHECKPOINT_CHANGED, head.source(), wrong.get());
      }
    }
    valid.sort(Comparator.comparingLong(Head::size));
    return valid;
  }

  private Optional<String> wrong(Head head) {
    if (!head.checkpoint().origin().equals(origin)) {
      return Optional.of("it is of " + head.checkpoint().origin() + ", this is " + origin);
    }
    return keys.signers(head.note()).isEmpty()
        ? Optional.of("no signature of a trusted key that holds")
        : Optional.empty();
  }

  /** One of another log that the user knows; and a text of a statement that power failed on. */
  private boolean isPassedOver(Head head, boolean statedWell) {
    return head.from() == Origin.STATED
        ? statedWell
        : head.from() == Origin.KNOWN && !head.checkpoint().origin().equals(origin);
  }

  /** Whether a head is of what the scan found in that view. */
  boolean holds(Head head, LeafScan scan, View view) {
    return scan.root(head.size(), view)
        .map(root -> MessageDigest.isEqual(root, head.checkpoint().root()))
        .orElse(false);
  }

  /**
   * Tells what is wrong with a head.
   *
   * @param good entries that some head confirms
   * @param size entries of the log's own newest head
   */
  void judge(Head head, LeafScan scan, View view, long good, long size) {
    String source = head.source();
    if (head.size() > scan.scanned()) {
      findings.add(
          head.from() == Origin.KNOWN || head.from() == Origin.STATED || head.size() > size
              ? Kind.ROLLED_BACK
              : Kind.TRUNCATED,
          source,
          new Span(scan.scanned(), head.size()),
          "");
    } else if (!holds(head, scan, view)) {
      if (head.size() < good) {
        findings.add(Kind.FORKED, source, new Span(0, head.size()), "");
      } else if (head.from() == Origin.KNOWN) {
        findings.add(Kind.FORKED, source, new Span(good, head.size()), "");
      } else {
        findings.add(
            Kind.ROOT_MISMATCH,
            source,
            new Span(good, head.size()),
            "hash tiles do not tell which of them");
      }
    } else if (head.size() > size && head.from() != Origin.STATED && size > 0) {
      findings.add(Kind.ROLLED_BACK, "", new Span(size, head.size()), "known to " + source);
    }
    Optional<String> newest = scan.newest(head.size());
    try {
      if (newest.isPresent() && !newest.get().isEmpty()) {
        Instant last = Instant.parse(newest.get()).minus(tolerance);
        if (!keys.couldSign(keys.signers(head.note()), last)) {
          findings.add(Kind.KEY_EXPIRED, source, "entries are of " + newest.get());
        }
      }
    } catch (DateTimeException e) {
      // Found as an entry that is no event.
    }
  }
}
