package im.palisade.compliance.log;

import im.palisade.compliance.event.EntryStamp;
import im.palisade.compliance.tile.TilePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds how much of a log has expired, by whole bundles from its start. */
public final class Retention {
  /**
   * What may go.
   *
   * @param minimum the lowest index that has to stay, a multiple of 256
   * @param held bundles below it that a hold keeps, also those of earlier prunings
   */
  public record Plan(long minimum, List<Long> held) {
    public Plan {
      held = List.copyOf(held);
    }
  }

  private Retention() {}

  /**
   * Goes from the start to the first bundle with an entry that has not expired.
   *
   * @param expired by type and time, from the retention rules; a legal minimum is theirs to keep
   * @param held whether a hold keeps an entry
   */
  public static Plan plan(LogReader log, Predicate<EntryStamp> expired, Predicate<byte[]> held)
      throws IOException {
    List<Long> kept = new ArrayList<>();
    long minimum = log.minimum();
    long n = 0;
    for (; (n + 1) * TilePath.WIDTH <= log.size(); n++) {
      boolean below = (n + 1) * TilePath.WIDTH <= minimum;
      Optional<List<byte[]>> entries =
          below ? kept(log.files(), n) : log.files().entries(n, TilePath.WIDTH);
      if (entries.isEmpty()) {
        continue; // Pruned before.
      }
      if (entries.get().stream().anyMatch(held)) {
        kept.add(n);
      }
      if (!below && !entries.get().stream().map(EntryStamp::of).allMatch(expired)) {
        break;
      }
    }
    long end = Math.max(minimum, n * TilePath.WIDTH);
    kept.removeIf(bundle -> (bundle + 1) * TilePath.WIDTH > end);
    return new Plan(end, kept);
  }

  /** What a hold kept of an earlier pruning; the journal is not asked for each that is gone. */
  private static Optional<List<byte[]>> kept(EpochFiles files, long n) throws IOException {
    return files.bundles(n, TilePath.WIDTH).stream()
        .filter(EpochFiles.Bundle::whole)
        .map(EpochFiles.Bundle::entries)
        .findFirst();
  }
}
