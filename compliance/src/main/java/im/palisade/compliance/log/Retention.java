package im.palisade.compliance.log;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.event.EntryStamp;
import im.palisade.compliance.tile.TilePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds how much of an epoch has expired, by whole bundles from its start. */
public final class Retention {
  /**
   * What may go.
   *
   * @param epoch of which log
   * @param minimum the lowest index that has to stay: a multiple of 256, or the size of an epoch
   *     that is over and has expired as a whole
   * @param held bundles below it that stay all the same, also those of earlier prunings
   * @param released bundles that an earlier pruning kept and that nothing holds any more
   */
  public record Plan(int epoch, long minimum, List<Long> held, List<Long> released) {
    public Plan {
      held = List.copyOf(held);
      released = List.copyOf(released);
    }
  }

  private Retention() {}

  /**
   * Goes from the start to the first bundle with an entry that has not expired. The first bundle of
   * an epoch stays while entries of the epoch before do: it says where that one ended.
   *
   * @param expired by type and time, from the retention rules; a legal minimum is theirs to keep
   * @param held whether a hold keeps an entry
   */
  public static Plan plan(LogReader log, Predicate<EntryStamp> expired, Predicate<byte[]> held)
      throws IOException {
    EpochFiles files = log.files();
    long minimum = files.minimum();
    boolean ties = tiesEntriesBefore(files);
    boolean over = EpochFiles.epochs(files.files()).getLast() > files.epoch();
    List<Long> kept = new ArrayList<>();
    List<Long> released = new ArrayList<>();
    for (long n : files.bundleNumbers()) {
      long end = Math.min(log.size(), (n + 1) * TilePath.WIDTH);
      if (end <= minimum) {
        boolean stays =
            (ties && n == 0)
                || files.entries(n, (int) (end - n * TilePath.WIDTH)).stream()
                    .flatMap(List::stream)
                    .anyMatch(held);
        (stays ? kept : released).add(n);
      }
    }
    long reach = minimum;
    for (long n = minimum / TilePath.WIDTH; n * TilePath.WIDTH < log.size(); n++) {
      long end = (n + 1) * TilePath.WIDTH;
      if (end > log.size() && !over) {
        break; // It is not full yet.
      }
      end = Math.min(end, log.size());
      Optional<List<byte[]>> entries = files.entries(n, (int) (end - n * TilePath.WIDTH));
      if (end <= minimum) {
        continue;
      }
      // What is missing has not expired: nobody can say so.
      if (entries.isEmpty() || !entries.get().stream().map(EntryStamp::of).allMatch(expired)) {
        break;
      }
      if ((ties && n == 0) || entries.get().stream().anyMatch(held)) {
        kept.add(n);
      }
      reach = end;
    }
    return new Plan(files.epoch(), reach, kept, released);
  }

  private static boolean tiesEntriesBefore(EpochFiles files) throws IOException {
    EpochFiles before = new EpochFiles(files.files(), files.epoch() - 1);
    Optional<SignedNote> head = before.checkpoint();
    return head.isPresent() && before.minimum() < Checkpoint.parse(head.get().text()).size();
  }
}
