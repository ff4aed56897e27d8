package im.palisade.compliance.verify;

import im.palisade.compliance.event.EntryStamp;
import im.palisade.compliance.merkle.Frontier;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.tile.TilePath;
import im.palisade.compliance.verify.BundleCheck.Checked;
import im.palisade.compliance.verify.BundleCheck.Mismatch;
import im.palisade.compliance.verify.BundleCheck.Special;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Goes once over all entries: workers hash bundles, this thread puts them in order and takes the
 * roots at the sizes of interest. Where entries and hash tiles disagree it follows several views of
 * what may have been signed. Keeps 32 bytes per bundle.
 */
final class LeafScan {
  /** What the tree is made of where sources disagree. */
  enum View {
    /** The entries as they are. */
    ENTRIES,
    /** The hash tiles over them. */
    TILES,
    /** Whichever fits the tile above, entries where a bundle is not full. */
    ABOVE_ENTRIES,
    /** Whichever fits the tile above, hash tiles where a bundle is not full. */
    ABOVE_TILES
  }

  /** A disagreement with the bundle it is in. */
  record Disagreement(Checked bundle, Mismatch mismatch) {}

  /** What stands at a size of interest. */
  record Standing(Map<View, byte[]> roots, String newest) {}

  private static final int CHUNK = 8;

  private final BundleCheck check;
  private final int threads;
  private final NavigableMap<Long, List<byte[]>> claims;
  private final NavigableSet<Long> interest;
  private final Map<View, Frontier> views = new HashMap<>(Map.of(View.ENTRIES, new Frontier()));
  private final HashList roots = new HashList();
  private final NavigableMap<Long, Disagreement> disagreements = new TreeMap<>();
  private final Map<Long, Standing> standings = new HashMap<>();
  private final List<Special> specials = new ArrayList<>();
  private final Findings findings;
  private final EntryOrder order;
  private final List<Span> absent = new ArrayList<>();
  private final List<Span> notEvents = new ArrayList<>();
  private long scanned;

  /**
   * A scan.
   *
   * @param claims roots that somebody claims, by size: the sizes of interest
   */
  LeafScan(
      BundleCheck check,
      int threads,
      NavigableMap<Long, List<byte[]>> claims,
      EntryOrder order,
      Findings findings) {
    this.check = check;
    this.threads = threads;
    this.claims = claims;
    this.interest = claims.navigableKeySet();
    this.order = order;
    this.findings = findings;
  }

  /** Scans entries [0, target), or up to where there are neither entries nor hashes. */
  void run(long target) throws IOException {
    stand(0);
    long bundles = (target + TilePath.WIDTH - 1) / TilePath.WIDTH;
    Deque<Future<List<Checked>>> window = new ArrayDeque<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      long next = 0;
      boolean goesOn = true;
      while (goesOn && (next < bundles || !window.isEmpty())) {
        while (next < bundles && window.size() < 4 * threads) {
          long from = next;
          long to = Math.min(bundles, from + CHUNK);
          window.add(workers.submit(() -> chunk(from, to, target)));
          next = to;
        }
        for (Checked bundle : take(window.remove())) {
          goesOn = goesOn && sequence(bundle);
        }
      }
      workers.shutdownNow();
    }
  }

  private List<Checked> chunk(long from, long to, long target) throws IOException {
    List<Checked> chunk = new ArrayList<>();
    for (long n = from; n < to; n++) {
      chunk.add(check.check(n, (int) Math.min(TilePath.WIDTH, target - n * TilePath.WIDTH)));
    }
    return chunk;
  }

  private static List<Checked> take(Future<List<Checked>> future) throws IOException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private boolean sequence(Checked read) {
    Checked bundle = read.otherwise().filter(other -> !fits(read) && fits(other)).orElse(read);
    if (bundle.hole() && bundle.above().isEmpty()) {
      return false;
    }
    long first = bundle.n() * TilePath.WIDTH;
    bundle.findings().forEach(findings::add);
    note(bundle, first);
    for (int i = 0; i < bundle.count(); i++) {
      EntryStamp stamp = bundle.stamps()[i];
      if (stamp.id().isEmpty()) {
        order.unknown(first + i);
      } else {
        order.take(first + i, stamp);
      }
      if (i + 1 < TilePath.WIDTH && !bundle.hole() && interest.contains(first + i + 1)) {
        standWithin(bundle, i + 1, order.newest());
      }
    }
    specials.addAll(bundle.specials());
    bundle.mismatch().ifPresent(each -> diverge(bundle, each));
    if (bundle.count() == TilePath.WIDTH) {
      byte[] own = bundle.hole() ? bundle.above().orElseThrow() : BundleCheck.root(bundle.hashes());
      roots.add(own);
      views.forEach((view, frontier) -> frontier.add(8, node(view, bundle, own)));
      stand(first + bundle.count());
    }
    scanned = first + bundle.count();
    return true;
  }

  /** Whether a bundle is what the tile above or somebody's root says. */
  private boolean fits(Checked bundle) {
    if (bundle.above().isPresent()) {
      return Arrays.equals(bundle.above().get(), BundleCheck.root(bundle.hashes()));
    }
    long first = bundle.n() * TilePath.WIDTH;
    return claims.subMap(first, false, first + bundle.count(), true).entrySet().stream()
        .anyMatch(
            claim -> {
              byte[] root =
                  rootWithin(bundle.hashes(), (int) (claim.getKey() - first), View.ENTRIES);
              return claim.getValue().stream().anyMatch(each -> Arrays.equals(each, root));
            });
  }

  /** The root when so many hashes of a bundle follow what was scanned. */
  private byte[] rootWithin(byte[] hashes, int count, View view) {
    Frontier frontier = views.getOrDefault(view, views.get(View.ENTRIES)).copy();
    for (int i = 0; i < count; i++) {
      frontier.add(Arrays.copyOfRange(hashes, i * MerkleHash.LENGTH, (i + 1) * MerkleHash.LENGTH));
    }
    return frontier.root();
  }

  private void note(Checked bundle, long first) {
    for (int i = 0; i < bundle.count(); i++) {
      if (!bundle.present().get(i)) {
        join(absent, first + i);
      } else if (bundle.stamps()[i].id().isEmpty()) {
        join(notEvents, first + i);
      }
    }
  }

  private static void join(List<Span> spans, long index) {
    if (!spans.isEmpty() && spans.getLast().to() == index) {
      spans.add(new Span(spans.removeLast().from(), index + 1));
    } else {
      spans.add(Span.at(index));
    }
  }

  private void diverge(Checked bundle, Mismatch mismatch) {
    disagreements.put(bundle.n(), new Disagreement(bundle, mismatch));
    if (views.size() == 1) {
      Frontier common = views.get(View.ENTRIES);
      for (View view : View.values()) {
        views.computeIfAbsent(view, fresh -> common.copy());
      }
    }
  }

  /** The hash over a full bundle as a view has it. */
  private static byte[] node(View view, Checked bundle, byte[] own) {
    if (bundle.mismatch().isEmpty()) {
      return own;
    }
    return switch (view) {
      case ENTRIES -> own;
      case TILES -> BundleCheck.root(bundle.mismatch().get().tile());
      case ABOVE_ENTRIES, ABOVE_TILES -> bundle.above().orElse(own);
    };
  }

  private void standWithin(Checked bundle, int count, String newest) {
    long size = bundle.n() * TilePath.WIDTH + count;
    boolean differs = bundle.mismatch().isPresent();
    Map<View, byte[]> at = new HashMap<>();
    for (View view : View.values()) {
      if (views.containsKey(view) || differs) {
        boolean tile = differs && (view == View.TILES || view == View.ABOVE_TILES);
        byte[] hashes = tile ? bundle.mismatch().orElseThrow().tile() : bundle.hashes();
        at.put(view, rootWithin(hashes, count, view));
      }
    }
    standings.put(size, new Standing(at, newest));
  }

  private void stand(long size) {
    if (interest.contains(size)) {
      Map<View, byte[]> at = new HashMap<>();
      views.forEach((view, frontier) -> at.put(view, frontier.root()));
      standings.put(size, new Standing(at, order.newest()));
    }
  }

  /** The root at a size of interest as a view has it; empty behind the end of the scan. */
  Optional<byte[]> root(long size, View view) {
    return Optional.ofNullable(standings.get(size))
        .map(at -> at.roots().getOrDefault(view, at.roots().get(View.ENTRIES)));
  }

  /** The latest time of any entry before a size of interest. */
  Optional<String> newest(long size) {
    return Optional.ofNullable(standings.get(size)).map(Standing::newest);
  }

  /** The hash over the full bundle n as a view has it. */
  byte[] bundleRoot(long n, View view) {
    Disagreement disagreement = disagreements.get(n);
    byte[] own = roots.get(n);
    return disagreement == null ? own : node(view, disagreement.bundle(), own);
  }

  /** Full bundles that were scanned. */
  long bundles() {
    return roots.size();
  }

  long scanned() {
    return scanned;
  }

  NavigableMap<Long, Disagreement> disagreements() {
    return disagreements;
  }

  List<Special> specials() {
    return specials;
  }

  /** Entries that are not there, whatever the reason. */
  List<Span> absent() {
    return absent;
  }

  /** Entries that are there and are not events. */
  List<Span> notEvents() {
    return notEvents;
  }
}
