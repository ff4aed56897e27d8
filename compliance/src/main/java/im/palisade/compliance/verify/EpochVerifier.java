package im.palisade.compliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.event.EntryStamp;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.JournalView;
import im.palisade.compliance.tile.TilePath;
import im.palisade.compliance.verify.Finding.Kind;
import im.palisade.compliance.verify.Head.Origin;
import im.palisade.compliance.verify.LeafScan.View;
import im.palisade.compliance.verify.StatementCheck.Pruned;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Checks one epoch of a log. */
final class EpochVerifier {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final EpochFiles epoch;
  private final VerifyOptions options;
  private final Findings findings;
  private final String origin;
  private final Heads heads;
  private final EpochKeys keys;
  private final EntryOrder order;
  private final DigestCheck digests;
  private final AnchorCheck anchors;
  private JournalView journal;
  private LeafScan scan;
  private JsonNode previous = MAPPER.missingNode();
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
    List<Head> valid = validHeads();
    return judge(valid, statements);
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

  private List<Head> validHeads() {
    List<Head> valid = new ArrayList<>();
    for (Head head : heads.all()) {
      List<String> signers = keys.signers(head.note());
      if (!head.checkpoint().origin().equals(origin)) {
        if (head.from() != Origin.KNOWN) {
          findings.add(
              Kind.CHECKPOINT_CHANGED,
              head.source(),
              "it is of " + head.checkpoint().origin() + ", this is " + origin);
        }
      } else if (signers.isEmpty()) {
        findings.add(
            Kind.CHECKPOINT_CHANGED, head.source(), "no signature of a trusted key that holds");
      } else {
        if (keys.hasStrangeLine(head.note())) {
          findings.add(
              Kind.CHECKPOINT_CHANGED, head.source(), "a signature line of no key of the log");
        }
        anchors.cosignatures(head);
        valid.add(head);
      }
    }
    valid.sort(Comparator.comparingLong(Head::size));
    return valid;
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
      long reach = last(valid, head -> holds(head, each)).map(Head::size).orElse(0L);
      if (reach > good) {
        good = reach;
        view = each;
      }
    }
    long size = own.map(Head::size).orElse(0L);
    for (Head head : valid) {
      judge(head, view, good, size);
    }
    List<Span> bad = new ArrayList<>(disagreements(view, good));
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
    List<String> vouching = anchors.judge(keys, scan, valid, head -> holds(head, chosen));
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

  private static Optional<Head> last(List<Head> heads, java.util.function.Predicate<Head> wanted) {
    return heads.stream().filter(wanted).reduce((a, b) -> b);
  }

  private boolean holds(Head head, View view) {
    return scan.root(head.size(), view)
        .map(root -> MessageDigest.isEqual(root, head.checkpoint().root()))
        .orElse(false);
  }

  private void judge(Head head, View view, long good, long size) {
    String source = head.source();
    if (head.size() > scan.scanned()) {
      findings.add(
          head.from() == Origin.KNOWN || head.from() == Origin.STATED || head.size() > size
              ? Kind.ROLLED_BACK
              : Kind.TRUNCATED,
          source,
          new Span(scan.scanned(), head.size()),
          "");
    } else if (!holds(head, view)) {
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
        Instant last = Instant.parse(newest.get()).minus(options.tolerance());
        if (!keys.couldSign(keys.signers(head.note()), last)) {
          findings.add(Kind.KEY_EXPIRED, source, "entries are of " + newest.get());
        }
      }
    } catch (DateTimeException e) {
      // Found as an entry that is no event.
    }
  }

  /** Names what differs from the view that was signed; returns the entries that are not signed. */
  private List<Span> disagreements(View view, long good) {
    List<Span> changed = new ArrayList<>();
    for (LeafScan.Disagreement each : scan.disagreements().values()) {
      BundleCheck.Checked bundle = each.bundle();
      long first = bundle.n() * TilePath.WIDTH;
      if (first >= good) {
        continue; // Nobody can tell which is right.
      }
      boolean tileRight = tileIsSigned(view, bundle, each.mismatch());
      boolean entriesRight = !tileRight && entriesAreSigned(view, bundle);
      if (tileRight) {
        each.mismatch().differing().stream()
            .forEach(
                i -> {
                  findings.add(each.mismatch().shift(), bundle.file(), Span.at(first + i), "");
                  changed.add(Span.at(first + i));
                });
      } else if (entriesRight) {
        findings.add(
            Kind.TILE_DAMAGED,
            epoch.path(TilePath.tile(0, bundle.n(), bundle.count())),
            new Span(first, first + bundle.count()),
            "");
      } else {
        Span span = new Span(first, first + bundle.count());
        boolean there = !bundle.present().isEmpty();
        findings.add(
            Kind.BUNDLE_CHANGED,
            there ? bundle.file() : epoch.path(TilePath.tile(0, bundle.n(), bundle.count())),
            span,
            there ? "its hash tile was changed too" : "the hashes of entries that are not there");
        changed.add(span);
      }
    }
    return changed;
  }

  private static boolean tileIsSigned(
      View view, BundleCheck.Checked bundle, BundleCheck.Mismatch mismatch) {
    return switch (view) {
      case ENTRIES -> false;
      case TILES -> true;
      case ABOVE_TILES, ABOVE_ENTRIES ->
          bundle.above().isPresent()
              ? MessageDigest.isEqual(bundle.above().get(), BundleCheck.root(mismatch.tile()))
              : view == View.ABOVE_TILES;
    };
  }

  private static boolean entriesAreSigned(View view, BundleCheck.Checked bundle) {
    return switch (view) {
      case ENTRIES -> true;
      case TILES -> false;
      case ABOVE_TILES, ABOVE_ENTRIES ->
          bundle.above().isPresent()
              ? MessageDigest.isEqual(bundle.above().get(), BundleCheck.root(bundle.hashes()))
              : view == View.ABOVE_ENTRIES;
    };
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

  /** The event's {@code change.after}, missing when the entry has none. */
  static JsonNode after(byte[] entry) {
    return parsed(entry).path("change").path("after");
  }

  static boolean isSuccess(byte[] entry) {
    return parsed(entry).path("outcome").path("result").asText().equals("success");
  }

  private static JsonNode parsed(byte[] entry) {
    try {
      return MAPPER.readTree(entry);
    } catch (IOException e) {
      return MAPPER.missingNode();
    }
  }

  /** What the first entry of an epoch says of the one before: a head of that one. */
  static Optional<SignedNote> statedBy(EpochFiles next) throws IOException {
    Optional<List<byte[]>> first = next.entries(0, 1);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    String text = after(first.get().getFirst()).at("/epoch/previous/checkpoint").asText();
    try {
      SignedNote note = SignedNote.parse(text);
      Checkpoint.parse(note.text());
      return Optional.of(note);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
