package im.palisade.server.auditlog;

import im.palisade.compliance.export.PlacedEntry;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.index.EntryPosition;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.tile.TilePath;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * The entries of a region's log one after the other, through all epochs, for those that follow it:
 * the index and the forwarders. Reading disturbs the log's writer as little as any reader does.
 */
public final class LogEntries {
  private final Supplier<Optional<AuditLog>> log;
  private final Path folder;

  /** The entries of that log. */
  public LogEntries(RegionLog log) {
    this(log::log, log.folder());
  }

  /**
   * The entries of a log.
   *
   * @param log the log as it is open now; another after trouble, or none
   */
  public LogEntries(Supplier<Optional<AuditLog>> log, Path folder) {
    this.log = log;
    this.folder = folder;
  }

  /**
   * A run of entries.
   *
   * @param first where the first of them stands; later than asked for when entries were pruned
   */
  public record Batch(String origin, EntryPosition first, List<byte[]> entries) {
    public Batch {
      entries = List.copyOf(entries);
    }

    /** Where the next run begins. */
    public EntryPosition next() {
      return first.plus(entries.size());
    }

    /** Whether that entry is in it. */
    public boolean has(EntryPosition position) {
      return position.compareTo(first) >= 0 && position.compareTo(next()) < 0;
    }

    /** An entry of it with its place. */
    public PlacedEntry placed(int at) {
      return new PlacedEntry(origin, first.epoch(), first.index() + at, entries.get(at));
    }
  }

  /** An entry with its inclusion proof and the checkpoint it leads to. */
  public record Proof(PlacedEntry entry, String proof, String checkpoint) {}

  /** Behind the newest entry; empty while the log cannot be opened. */
  public Optional<EntryPosition> end() {
    return log.get().map(open -> new EntryPosition(epochOf(open), open.size()));
  }

  /** Waits until there are entries from that position on; false when the time is up. */
  public boolean await(EntryPosition from, Duration atMost) throws InterruptedException {
    Optional<AuditLog> open = log.get();
    if (open.isEmpty()) {
      Thread.sleep(atMost);
      return false;
    }
    int epoch = epochOf(open.get());
    return epoch > from.epoch() || open.get().awaitBeyond(from.index(), atMost);
  }

  /**
   * The next entries, of one epoch; none at the end.
   *
   * @throws IOException when files cannot be read
   */
  public Batch next(EntryPosition from, int max) throws IOException {
    AuditLog open = log.get().orElseThrow(() -> new IOException("the audit log is not open"));
    int newest = epochOf(open);
    String origin = open.origin().substring(0, open.origin().lastIndexOf('/') + 1);
    EntryPosition at = from;
    while (true) {
      String of = origin + at.epoch();
      EpochFiles files = files(at.epoch());
      long minimum = files.minimum();
      if (at.index() < minimum) {
        Batch kept = kept(of, files, at, minimum);
        if (!kept.entries().isEmpty()) {
          return kept;
        }
        at = kept.first();
      }
      if (at.epoch() >= newest) {
        return new Batch(of, at, open.entries(at.index(), max));
      }
      List<byte[]> old = old(at, max);
      if (!old.isEmpty()) {
        return new Batch(of, at, old);
      }
      OptionalInt later = later(at.epoch());
      if (later.isEmpty()) {
        return new Batch(of, at, List.of());
      }
      at = new EntryPosition(later.getAsInt(), 0);
    }
  }

  /** One entry; empty when it was pruned or never was. */
  public Optional<PlacedEntry> one(EntryPosition at) throws IOException {
    Batch batch = next(at, 1);
    return batch.entries().isEmpty() || !batch.first().equals(at)
        ? Optional.empty()
        : Optional.of(batch.placed(0));
  }

  /**
   * Proves an entry.
   *
   * @param epoch the newest when empty
   */
  public Optional<Proof> prove(Optional<Integer> epoch, long index) throws IOException {
    AuditLog open = log.get().orElseThrow(() -> new IOException("the audit log is not open"));
    int newest = epochOf(open);
    EntryPosition at = new EntryPosition(epoch.orElse(newest), index);
    boolean isThere = at.epoch() == newest ? index < open.size() : isOld(at);
    Optional<PlacedEntry> entry = isThere ? one(at) : Optional.empty();
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    if (at.epoch() == newest) {
      // The newest checkpoint may lag behind the newest entry by a second.
      String checkpoint = open.publish().toString();
      return Optional.of(new Proof(entry.get(), open.prove(index).toString(), checkpoint));
    }
    LogReader reader = LogReader.open(new ReadOnlyDisk(folder), at.epoch());
    return Optional.of(
        new Proof(entry.get(), reader.prove(index).toString(), reader.checkpoint().toString()));
  }

  private boolean isOld(EntryPosition at) throws IOException {
    ReadOnlyDisk files = new ReadOnlyDisk(folder);
    return EpochFiles.epochs(files).contains(at.epoch())
        && at.index() < LogReader.open(files, at.epoch()).size();
  }

  /** The lowest index of each epoch that was not pruned, as far as any was. */
  public List<EntryPosition> minima() throws IOException {
    List<EntryPosition> found = new ArrayList<>();
    for (int epoch : EpochFiles.epochs(new ReadOnlyDisk(folder))) {
      long minimum = files(epoch).minimum();
      if (minimum > 0) {
        found.add(new EntryPosition(epoch, minimum));
      }
    }
    return found;
  }

  /** Whether a bundle below the minimum is there all the same. */
  public boolean isKept(int epoch, long bundle) throws IOException {
    EpochFiles files = files(epoch);
    return !kept(files, bundle, files.minimum()).isEmpty();
  }

  /** What a hold kept below the minimum, from that position on. */
  private static Batch kept(String origin, EpochFiles files, EntryPosition from, long minimum)
      throws IOException {
    for (long n = from.index() / TilePath.WIDTH; n * TilePath.WIDTH < minimum; n++) {
      List<EpochFiles.Bundle> bundles = kept(files, n, minimum);
      if (!bundles.isEmpty()) {
        long first = Math.max(from.index(), n * TilePath.WIDTH);
        List<byte[]> entries = bundles.getFirst().entries();
        int skip = (int) (first - n * TilePath.WIDTH);
        return new Batch(
            origin, new EntryPosition(from.epoch(), first), entries.subList(skip, entries.size()));
      }
    }
    return new Batch(origin, new EntryPosition(from.epoch(), minimum), List.of());
  }

  /** The last bundle of an epoch that is over need not be full. */
  private static List<EpochFiles.Bundle> kept(EpochFiles files, long n, long minimum)
      throws IOException {
    return files.bundles(n, (int) Math.min(TilePath.WIDTH, minimum - n * TilePath.WIDTH));
  }

  /** Entries of an epoch that is over, under its last checkpoint. */
  private List<byte[]> old(EntryPosition from, int max) throws IOException {
    if (!EpochFiles.epochs(new ReadOnlyDisk(folder)).contains(from.epoch())) {
      return List.of();
    }
    LogReader reader = LogReader.open(new ReadOnlyDisk(folder), from.epoch());
    long end = Math.min(reader.size(), from.index() + max);
    if (from.index() >= end) {
      return List.of();
    }
    List<byte[]> found = new ArrayList<>();
    reader.entries(from.index(), end, (_, entry) -> found.add(entry));
    return found;
  }

  private OptionalInt later(int epoch) throws IOException {
    return EpochFiles.epochs(new ReadOnlyDisk(folder)).stream()
        .mapToInt(Integer::intValue)
        .filter(each -> each > epoch)
        .min();
  }

  private EpochFiles files(int epoch) throws IOException {
    return new EpochFiles(new ReadOnlyDisk(folder), epoch);
  }

  private static int epochOf(AuditLog open) {
    String origin = open.origin();
    return Integer.parseInt(origin.substring(origin.lastIndexOf('/') + 1));
  }
}
