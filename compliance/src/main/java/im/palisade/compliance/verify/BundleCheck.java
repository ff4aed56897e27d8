package im.palisade.compliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import im.palisade.compliance.event.CanonicalJson;
import im.palisade.compliance.event.EntryStamp;
import im.palisade.compliance.event.EventSchema;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.JournalView;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.tile.EntryBundle;
import im.palisade.compliance.tile.TilePath;
import im.palisade.compliance.tile.TileTrees;
import im.palisade.compliance.verify.Finding.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads, hashes and compares one bundle and what else holds its entries. Any thread may. */
final class BundleCheck {
  /** Stands for an entry that is not there or not an event. */
  static final EntryStamp UNKNOWN = new EntryStamp("", "", 0, "", "");

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int LENGTH = MerkleHash.LENGTH;

  /** An entry that the verifier itself has to read. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Special(long index, EntryStamp stamp, byte[] entry) {}

  /**
   * Where entries and their hash tile disagree.
   *
   * @param tile the hashes of the tile
   * @param shift what an entry taken out, put in or moved would look like
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Mismatch(byte[] tile, BitSet differing, Kind shift) {}

  /**
   * A bundle.
   *
   * @param hashes leaf hashes; of the tile where the entry is not there
   * @param present which entries are there
   * @param above the hash over all of it as the tile above says, where it was asked
   * @param hole whether there are neither entries nor hashes
   * @param otherwise the bundle as the journal has it, where that differs and no hash tile tells
   *     which of the two is right
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Checked(
      long n,
      int count,
      String file,
      byte[] hashes,
      BitSet present,
      Optional<Mismatch> mismatch,
      Optional<byte[]> above,
      boolean hole,
      EntryStamp[] stamps,
      List<Special> specials,
      List<Finding> findings,
      Optional<Checked> otherwise) {}

  private record Candidate(String file, List<byte[]> entries) {}

  private final EpochFiles epoch;
  private final JournalView journal;
  private final Map<Long, DigestCheck.Expected> digests;
  private final boolean schema;

  BundleCheck(
      EpochFiles epoch,
      JournalView journal,
      Map<Long, DigestCheck.Expected> digests,
      boolean schema) {
    this.epoch = epoch;
    this.journal = journal;
    this.digests = digests;
    this.schema = schema;
  }

  Checked check(long n, int count) throws IOException {
    long first = n * TilePath.WIDTH;
    List<Finding> findings = new ArrayList<>();
    List<Candidate> candidates = candidates(n, count, findings);
    Candidate chosen =
        candidates.isEmpty()
            ? new Candidate(epoch.path(TilePath.entries(n, TilePath.WIDTH)), List.of())
            : candidates.getFirst();
    byte[] hashes = hashes(chosen, count);
    Optional<byte[]> tile = epoch.tile(0, n, count);
    if (tile.isEmpty()) {
      findings.add(Finding.of(Kind.TILE_MISSING, epoch.path(TilePath.tile(0, n, count)), ""));
    }
    if (tile.isPresent() && !Arrays.equals(hashes, tile.get())) {
      for (Candidate other :
          candidates.subList(Math.min(1, candidates.size()), candidates.size())) {
        byte[] otherHashes = hashes(other, count);
        if (Arrays.equals(otherHashes, tile.get())) {
          findings.add(
              Finding.of(
                  Kind.BUNDLE_DAMAGED,
                  chosen.file(),
                  span(first, differing(hashes, tile.get(), count)),
                  other.file() + " holds what fits the hashes"));
          chosen = other;
          hashes = otherHashes;
          break;
        }
      }
    }
    Optional<Checked> otherwise =
        tile.isEmpty()
            ? otherwise(n, count, chosen, hashes, candidates, findings)
            : Optional.empty();
    return checked(n, count, chosen, hashes, tile, findings, otherwise.isPresent(), otherwise);
  }

  /** What a power failure leaves: the bundle and its tile are not whole, the journal is. */
  private Optional<Checked> otherwise(
      long n,
      int count,
      Candidate chosen,
      byte[] hashes,
      List<Candidate> candidates,
      List<Finding> findings)
      throws IOException {
    for (Candidate other : candidates) {
      byte[] otherHashes = hashes(other, count);
      if (other.entries().size() == count && !Arrays.equals(otherHashes, hashes)) {
        List<Finding> instead = new ArrayList<>(findings);
        instead.add(
            Finding.of(
                Kind.BUNDLE_DAMAGED,
                chosen.file(),
                span(n * TilePath.WIDTH, differing(hashes, otherHashes, count)),
                other.file() + " holds what was signed"));
        return Optional.of(
            checked(
                n, count, other, otherHashes, Optional.empty(), instead, true, Optional.empty()));
      }
    }
    return Optional.empty();
  }

  private Checked checked(
      long n,
      int count,
      Candidate chosen,
      byte[] hashes,
      Optional<byte[]> tile,
      List<Finding> findings,
      boolean disputed,
      Optional<Checked> otherwise)
      throws IOException {
    long first = n * TilePath.WIDTH;
    BitSet present = new BitSet(count);
    present.set(0, Math.min(count, chosen.entries().size()));
    boolean hole = present.cardinality() < count && tile.isEmpty();
    if (tile.isPresent()) {
      int from = present.length() * LENGTH;
      System.arraycopy(tile.get(), from, hashes, from, hashes.length - from);
    }
    Optional<Mismatch> mismatch = Optional.empty();
    if (tile.isPresent() && !Arrays.equals(hashes, tile.get())) {
      mismatch = Optional.of(mismatch(hashes, tile.get(), count));
    }
    boolean full = count == TilePath.WIDTH;
    boolean unsure = hole || mismatch.isPresent() || present.cardinality() < count || disputed;
    Optional<byte[]> above = full && unsure ? above(n) : Optional.empty();
    if (mismatch.isEmpty()
        && !hole
        && above.isPresent()
        && !Arrays.equals(above.get(), root(hashes))) {
      mismatch = Optional.of(new Mismatch(hashes, new BitSet(), Kind.BUNDLE_CHANGED));
    }
    compareJournal(first, count, hashes, present, findings);
    if (full && mismatch.isEmpty() && chosen.entries().size() == count) {
      compareDigest(n, chosen, findings);
    }
    EntryStamp[] stamps = new EntryStamp[count];
    Arrays.fill(stamps, UNKNOWN);
    List<Special> specials = new ArrayList<>();
    for (int i = 0; i < present.length(); i++) {
      stamps[i] = stamp(chosen.entries().get(i));
      if (LogSpecials.isSpecial(stamps[i].type())) {
        specials.add(new Special(first + i, stamps[i], chosen.entries().get(i)));
      }
    }
    return new Checked(
        n,
        count,
        chosen.file(),
        hashes,
        present,
        mismatch,
        above,
        hole,
        stamps,
        specials,
        findings,
        otherwise);
  }

  /** What holds entries of the bundle, the most believable first. */
  private List<Candidate> candidates(long n, int count, List<Finding> findings) throws IOException {
    long first = n * TilePath.WIDTH;
    List<Candidate> whole = new ArrayList<>();
    List<Candidate> broken = new ArrayList<>();
    Optional<List<byte[]>> journalled = journal.entries(first, first + count);
    List<EpochFiles.Bundle> bundles = epoch.bundles(n, count);
    if (bundles.isEmpty() && journalled.isPresent()) {
      findings.add(
          Finding.of(
              Kind.BUNDLE_DAMAGED,
              epoch.path(TilePath.entries(n, count)),
              new Span(first, first + count),
              "it is missing"));
    }
    for (EpochFiles.Bundle bundle : bundles) {
      List<byte[]> entries = bundle.entries();
      Candidate candidate =
          new Candidate(
              epoch.path(bundle.file()), entries.subList(0, Math.min(count, entries.size())));
      (bundle.whole() ? whole : broken).add(candidate);
      if (!bundle.whole()) {
        findings.add(
            Finding.of(
                journalled.isPresent() ? Kind.BUNDLE_DAMAGED : Kind.BUNDLE_CHANGED,
                candidate.file(),
                new Span(first, first + count),
                "not a bundle; " + entries.size() + " entries can be read from its start"));
      }
    }
    journalled.ifPresent(entries -> whole.add(new Candidate(journal.file(first), entries)));
    whole.addAll(broken);
    return whole;
  }

  private static byte[] hashes(Candidate candidate, int count) {
    byte[] hashes = new byte[count * LENGTH];
    for (int i = 0; i < candidate.entries().size(); i++) {
      System.arraycopy(MerkleHash.leaf(candidate.entries().get(i)), 0, hashes, i * LENGTH, LENGTH);
    }
    return hashes;
  }

  private void compareDigest(long n, Candidate chosen, List<Finding> findings) {
    DigestCheck.Expected expected = digests.get(n);
    if (expected != null) {
      byte[] sha256 = MerkleHash.sha256(EntryBundle.encode(chosen.entries()));
      if (!HexFormat.of().formatHex(sha256).equals(expected.sha256())) {
        long first = n * TilePath.WIDTH;
        findings.add(
            Finding.of(
                Kind.CONTRADICTION,
                expected.digest(),
                new Span(first, first + TilePath.WIDTH),
                "it names another bundle " + n));
      }
    }
  }

  private void compareJournal(
      long first, int count, byte[] hashes, BitSet present, List<Finding> findings) {
    for (long index = Math.max(first, journal.first());
        index < Math.min(first + count, journal.end());
        index++) {
      int at = (int) (index - first);
      Optional<byte[]> entry = journal.entry(index);
      if (entry.isPresent()
          && present.get(at)
          && !equal(MerkleHash.leaf(entry.get()), 0, hashes, at)) {
        findings.add(
            Finding.of(
                Kind.JOURNAL_CHANGED,
                journal.file(index),
                Span.at(index),
                "the bundle holds another entry"));
      }
    }
  }

  EntryStamp stamp(byte[] entry) {
    try {
      if (schema) {
        JsonNode event = MAPPER.readTree(entry);
        EventSchema.check(event);
        if (!Arrays.equals(CanonicalJson.bytes(event), entry)) {
          return UNKNOWN;
        }
      }
      return EntryStamp.of(entry);
    } catch (IllegalArgumentException | IOException e) {
      return UNKNOWN;
    }
  }

  private static Mismatch mismatch(byte[] hashes, byte[] tile, int count) {
    BitSet differing = differing(hashes, tile, count);
    int at = differing.nextSetBit(0);
    int last = differing.length() - 1;
    Kind shift = Kind.ENTRY_CHANGED;
    if (at + 1 < count && last > at && equal(hashes, at, tile, at + 1)) {
      shift = Kind.ENTRY_REMOVED;
    } else if (at + 1 < count && last > at && equal(hashes, at + 1, tile, at)) {
      shift = Kind.ENTRY_INSERTED;
    }
    if (last > at && samePile(hashes, tile, differing)) {
      shift = Kind.ENTRIES_REORDERED;
    }
    return new Mismatch(tile, differing, shift);
  }

  private static boolean samePile(byte[] hashes, byte[] tile, BitSet differing) {
    List<String> ours = new ArrayList<>();
    List<String> theirs = new ArrayList<>();
    differing.stream()
        .forEach(
            i -> {
              ours.add(Arrays.toString(Arrays.copyOfRange(hashes, i * LENGTH, (i + 1) * LENGTH)));
              theirs.add(Arrays.toString(Arrays.copyOfRange(tile, i * LENGTH, (i + 1) * LENGTH)));
            });
    ours.sort(String::compareTo);
    theirs.sort(String::compareTo);
    return ours.equals(theirs);
  }

  private static BitSet differing(byte[] hashes, byte[] tile, int count) {
    BitSet differing = new BitSet(count);
    for (int i = 0; i < count; i++) {
      differing.set(i, !equal(hashes, i, tile, i));
    }
    return differing;
  }

  private static Span span(long first, BitSet bits) {
    return new Span(first + bits.nextSetBit(0), first + bits.length());
  }

  private static boolean equal(byte[] a, int i, byte[] b, int j) {
    return Arrays.equals(a, i * LENGTH, (i + 1) * LENGTH, b, j * LENGTH, (j + 1) * LENGTH);
  }

  private Optional<byte[]> above(long n) throws IOException {
    int at = (int) (n % TilePath.WIDTH);
    return epoch
        .tile(1, n / TilePath.WIDTH, at + 1)
        .map(tile -> Arrays.copyOfRange(tile, at * LENGTH, (at + 1) * LENGTH));
  }

  /** The hash over a full bundle's leaf hashes. */
  static byte[] root(byte[] hashes) {
    return TileTrees.subtree(hashes, 0, TilePath.WIDTH);
  }
}
