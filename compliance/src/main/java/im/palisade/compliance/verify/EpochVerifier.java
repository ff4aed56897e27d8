package im.palisade.compliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.event.EntryStamp;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.JournalView;
import im.palisade.compliance.tile.TilePath;
import im.palisade.compliance.verify.Finding.Kind;
import im.palisade.compliance.verify.Head.Origin;
import im.palisade.compliance.verify.LeafScan.View;
import im.palisade.compliance.verify.StatementCheck.Pruned;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Checks one epoch of a log. */
final class EpochVerifier {
  private final EpochFiles epoch;
  private final VerifyOptions options;
  private final Findings findings;
  private final String origin;
  private final Heads heads;
  private final EpochKeys keys;
  private final EntryOrder order;
  private final DigestCheck digests;
  private final AnchorCheck anchors;
  private final HeadCheck headCheck;
  private JournalView journal;
  private LeafScan scan;
  private JsonNode previous = MissingNode.getInstance();
  private long minimum;
  private boolean minimumKnown;
  private long proved;
  private List<Pruned> prunings = List.of();

  /**
   * Prepares.
   *
   * @param origin what the epoch must be called
   * @param heads those that this epoch's folder, its successor and the user name
   */
  EpochVerifier(
      EpochFiles epoch,
      String origin,
      Heads heads,
      Set<String> trusted,
      VerifyOptions options,
      Findings findings) {
    this.epoch = epoch;
    this.origin = origin;
    this.heads = heads;
    this.options = options;
    this.findings = findings;
    this.keys = new EpochKeys(epoch, origin, trusted, findings);
    this.order = new EntryOrder(findings, options.tolerance());
    this.digests = new DigestCheck(epoch, heads, findings);
    this.anchors = new AnchorCheck(epoch, heads, options, findings);
    this.headCheck = new HeadCheck(origin, heads, keys, anchors, options.tolerance(), findings);
  }

  /** Does it. */
  VerifyReport.Part run() throws IOException {
    keys.read();
    if (options.trusted().isEmpty()) {
      keys.takeFirstOnTrust();
    }
    digests.read();
    anchors.read();
    readMinimum();
    journal = JournalView.read(epoch.files(), epoch.epoch());
    for (JournalView.Trouble trouble : journal.troubles()) {
      findings.add(
          trouble.torn() ? Kind.TORN_TAIL : Kind.JOURNAL_CHANGED, trouble.file(), trouble.what());
    }
    scan();
    StatementCheck statements = new StatementCheck(epoch, origin, keys, scan.specials(), findings);
    statements.run(minimum, scan.absent().isEmpty());
    previous = statements.previous();
    keys.settle();
    keys.compare(scan.absent().isEmpty() && statements.hasStart());
    return judge(headCheck.valid(), statements);
  }

  /** What the first entry says of the epoch before; missing when it says nothing. */
  JsonNode previous() {
    return previous;
  }

  /** How many anchors vouch for it. */
  int anchors() {
    return anchors.count();
  }

  private void readMinimum() throws IOException {
    try {
      minimum = epoch.minimum();
      minimumKnown = true;
    } catch (IllegalArgumentException e) {
      findings.add(Kind.MINIMUM_DAMAGED, epoch.path("minimum"), "");
    }
  }

  private void scan() throws IOException {
    NavigableMap<Long, List<byte[]>> claims = new TreeMap<>();
    for (Head head : heads.all()) {
      claims.computeIfAbsent(head.size(), size -> new ArrayList<>()).add(head.checkpoint().root());
    }
    long claimed = claims.isEmpty() ? 0 : claims.lastKey();
    long target = claimed == 0 ? available() : claimed;
    BundleCheck check = new BundleCheck(epoch, journal, digests.bundles(), options.schema());
    scan = new LeafScan(check, options.threads(), claims, order, findings);
    scan.run(target);
    for (long index = scan.scanned(); index < journal.end(); index++) {
      Optional<byte[]> entry = unsigned(index);
      if (entry.isPresent()) {
        EntryStamp stamp = check.stamp(entry.get());
        order.take(index, stamp);
        if (LogSpecials.isSpecial(stamp.type())) {
          scan.specials().add(new BundleCheck.Special(index, stamp, entry.get()));
        }
      } else {
        order.unknown(index);
      }
    }
  }

  /** An entry behind the newest checkpoint: the journal's, or a bundle's that it has left. */
  private Optional<byte[]> unsigned(long index) throws IOException {
    Optional<byte[]> entry = journal.entry(index);
    int at = (int) (index % TilePath.WIDTH);
    if (entry.isEmpty()) {
      for (EpochFiles.Bundle bundle : epoch.bundles(index / TilePath.WIDTH, at + 1)) {
        if (bundle.entries().size() > at) {
          return Optional.of(bundle.entries().get(at));
        }
      }
    }
    return entry;
  }

  /** How many entries there may be when nothing says so. */
  private long available() throws IOException {
    long n = 0;
    while (!epoch.bundles(n, 1).isEmpty()) {
      n++;
    }
    long size = n * TilePath.WIDTH;
    if (n > 0) {
      size -= TilePath.WIDTH;
      size += epoch.bundles(n - 1, 1).getLast().entries().size();
    }
    return Math.max(size, journal.end());
  }

  private VerifyReport.Part judge(List<Head> valid, StatementCheck statements) throws IOException {
    Optional<Head> own =
        valid.stream()
            .filter(head -> head.from() == Origin.NEWEST)
            .findFirst()
            .or(() -> last(valid, head -> head.from() == Origin.KEPT))
            .or(() -> last(valid, head -> true));
    View view = View.ENTRIES;
    long good = 0;
    for (View each : View.values()) {
      long reach =
          last(valid, head -> headCheck.holds(head, scan, each)).map(Head::size).orElse(0L);
      if (reach > good) {
        good = reach;
        view = each;
      }
    }
    long size = own.map(Head::size).orElse(0L);
    for (Head head : valid) {
      headCheck.judge(head, scan, view, good, size);
    }
    List<Span> bad = new ArrayList<>(new Disagreements(epoch, scan, view, findings).changed(good));
    bad.addAll(scan.absent());
    proved = good;
    prunings = statements.prunings();
    for (Span span : scan.notEvents()) {
      if (bad.stream().noneMatch(each -> overlaps(each, span))) {
        findings.add(Kind.NOT_AN_EVENT, "", span, "");
        bad.add(span);
      }
    }
    for (EntryOrder.Gap gap : order.gaps()) {
      Span around = new Span(gap.previous(), gap.index() + 1);
      if (bad.stream().noneMatch(each -> overlaps(each, around))) {
        findings.add(Kind.COUNTER_GAP, "", Span.at(gap.index()), gap.detail());
      }
    }
    if (good > 0) {
      new TileWalk(epoch, scan, view, Math.min(good, scan.scanned()), findings).run();
    }
    long end = Math.max(scan.scanned(), journal.end());
    if (end > size && size > 0) {
      findings.add(Kind.UNSIGNED_TAIL, "", new Span(size, end), "");
    }
    View chosen = view;
    List<String> vouching =
        anchors.judge(keys, scan, valid, head -> headCheck.holds(head, scan, chosen));
    Checkpoint head = own.map(Head::checkpoint).orElse(new Checkpoint(origin, 0, new byte[32]));
    return new VerifyReport.Part(
        origin,
        head.size(),
        head.rootText(),
        own.map(each -> keys.signers(each.note())).orElse(List.of()),
        vouching,
        scan.scanned(),
        good == 0 ? List.of() : new Span(0, good).without(bad));
  }

  private static Optional<Head> last(List<Head> heads, Predicate<Head> wanted) {
    return heads.stream().filter(wanted).reduce((a, b) -> b);
  }

  /** What this epoch records of prunings, also of earlier epochs. */
  List<Pruned> prunings() {
    return prunings;
  }

  /**
   * Holds what is not there against the records of it, when all epochs have been read.
   *
   * @param records of all epochs, in their order; the newest of this epoch's counts
   */
  void judgePruning(List<Pruned> records) {
    Pruned newest =
        records.stream()
            .filter(each -> each.epoch() == epoch.epoch())
            .reduce(Pruned.NOTHING, (one, next) -> next.minimum() >= one.minimum() ? next : one);
    long recorded = newest.minimum();
    if (minimumKnown && minimum != recorded) {
      findings.add(
          Kind.MINIMUM_DAMAGED,
          epoch.path("minimum"),
          "it says " + minimum + ", the log records " + recorded);
    }
    Set<Long> kept = Set.copyOf(newest.kept());
    for (Span span : scan.absent()) {
      for (long at = span.from(); at < span.to(); ) {
        long n = at / TilePath.WIDTH;
        long to = Math.min(span.to(), (n + 1) * TilePath.WIDTH);
        long end = Math.min((n + 1) * TilePath.WIDTH, scan.scanned());
        boolean pruned = end <= recorded && !kept.contains(n);
        findings.add(
            pruned ? Kind.PRUNED : Kind.BUNDLE_MISSING,
            epoch.path(pruned ? "minimum" : TilePath.entries(n, TilePath.WIDTH)),
            new Span(at, to),
            at < proved ? "their hashes are proved" : "");
        at = to;
      }
    }
  }

  private static boolean overlaps(Span a, Span b) {
    return a.from() < b.to() && b.from() < a.to();
  }
}
