package im.palisade.compliance.log;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.tile.TilePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Removes bundles of one epoch, present or over, after the record of it is durable. */
final class Pruning {
  private final EpochFiles epoch;
  private final LogFiles files;
  private final Checkpoint head;
  private final Retention.Plan plan;
  private final long before;
  private final long minimum;
  private final boolean journalGoes;

  private Pruning(
      LogFiles files,
      Checkpoint head,
      Retention.Plan plan,
      EpochFiles epoch,
      long minimum,
      boolean journalGoes)
      throws IOException {
    this.files = files;
    this.head = head;
    this.plan = plan;
    this.epoch = epoch;
    this.before = epoch.minimum();
    this.minimum = minimum;
    this.journalGoes = journalGoes;
    if (minimum < before || minimum > head.size()) {
      throw new IllegalArgumentException(
          "the minimum " + minimum + " is not between " + before + " and " + head.size());
    }
  }

  /** Of the epoch that is written: what its journal still holds stays for now. */
  static Pruning ofPresent(LogFiles files, Checkpoint head, Retention.Plan plan)
      throws IOException {
    EpochFiles epoch = new EpochFiles(files, plan.epoch());
    long sealed = JournalView.read(files, plan.epoch()).first();
    long minimum = whole(Math.min(plan.minimum(), sealed));
    // Power failure may bring a segment back that went before an earlier pruning.
    boolean isBack = sealed < epoch.minimum() && plan.minimum() >= epoch.minimum();
    return new Pruning(files, head, plan, epoch, isBack ? epoch.minimum() : minimum, false);
  }

  /**
   * Of an epoch that is over. Its journal goes first, once bundles hold all of it; when it holds
   * more than was signed, or something else, it stays, and with it what it covers.
   */
  static Pruning ofEarlier(LogFiles files, Retention.Plan plan) throws IOException {
    EpochFiles epoch = new EpochFiles(files, plan.epoch());
    Checkpoint head =
        epoch
            .checkpoint()
            .map(note -> Checkpoint.parse(note.text()))
            .orElseThrow(() -> new IOException("epoch " + plan.epoch() + " has no checkpoint"));
    JournalView journal = JournalView.read(files, plan.epoch());
    boolean goes =
        journal.end() <= head.size()
            && journal.troubles().stream().allMatch(JournalView.Trouble::torn)
            && bundlesHold(epoch, head.size(), journal);
    long minimum = goes ? plan.minimum() : Math.min(plan.minimum(), whole(journal.first()));
    return new Pruning(files, head, plan, epoch, Math.max(minimum, epoch.minimum()), goes);
  }

  private static long whole(long index) {
    return index - index % TilePath.WIDTH;
  }

  private static boolean bundlesHold(EpochFiles epoch, long size, JournalView journal)
      throws IOException {
    for (long index = journal.first(); index < Math.min(size, journal.end()); ) {
      long n = index / TilePath.WIDTH;
      long end = Math.min(size, (n + 1) * TilePath.WIDTH);
      Optional<EpochFiles.Bundle> bundle =
          epoch.bundles(n, (int) (end - n * TilePath.WIDTH)).stream()
              .filter(EpochFiles.Bundle::whole)
              .findFirst();
      for (; index < end; index++) {
        Optional<byte[]> entry = journal.entry(index);
        int at = (int) (index % TilePath.WIDTH);
        boolean held =
            end <= epoch.minimum() // A crash left it after the record.
                || entry.isEmpty() // Sealed, and the segments around it not.
                || (bundle.isPresent()
                    && Arrays.equals(entry.get(), bundle.get().entries().get(at)));
        if (!held) {
          return false;
        }
      }
    }
    return true;
  }

  /** The lowest index that stays. */
  long minimum() {
    return minimum;
  }

  /** Whether it removes entries that no record names yet. */
  boolean removesAnything() {
    return minimum > before || !plan.released().isEmpty();
  }

  /** What the record of it states. */
  ObjectNode statement(int presentEpoch, List<String> approvers, String policy) {
    ObjectNode after = JsonNodeFactory.instance.objectNode();
    if (plan.epoch() != presentEpoch) {
      after.put("epoch", plan.epoch());
    }
    long entries = minimum - before;
    for (long n : held()) {
      entries -= below(n) > before ? width(n) : 0;
    }
    for (long n : plan.released()) {
      entries += width(n);
    }
    after.put("minimum", minimum).put("from", before).put("entries", entries);
    after.put("size", head.size()).put("root", head.rootText()).put("policy", policy);
    approvers.forEach(after.withArray("approvers")::add);
    held().forEach(after.withArray("kept")::add);
    if (!plan.released().isEmpty()) {
      plan.released().forEach(after.withArray("released")::add);
    }
    return after;
  }

  private List<Long> held() {
    return plan.held().stream().filter(n -> below(n) <= minimum).toList();
  }

  private long below(long n) {
    return Math.min(head.size(), (n + 1) * TilePath.WIDTH);
  }

  private long width(long n) {
    return below(n) - n * TilePath.WIDTH;
  }

  /** Removes them; what a crash leaves behind is released by the next pruning. */
  void carryOut() throws IOException {
    if (minimum > before) {
      files.replace(epoch.path("minimum"), (minimum + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    if (journalGoes && minimum > 0) {
      dropJournal();
    }
    List<Long> held = held();
    for (long n = before / TilePath.WIDTH; n * TilePath.WIDTH < minimum; n++) {
      if (!held.contains(n)) {
        drop(n);
      }
    }
    for (long n : plan.released()) {
      drop(n);
    }
  }

  private void drop(long n) throws IOException {
    String full = TilePath.entries(n, TilePath.WIDTH);
    for (String width : epoch.list(full + ".p")) {
      files.delete(epoch.path(full + ".p/" + width));
    }
    files.delete(epoch.path(full));
  }

  /** Bundles and tiles are made durable before the journal, which could make them anew, goes. */
  private void dropJournal() throws IOException {
    List<String> segments = new ArrayList<>(epoch.list("journal"));
    if (segments.isEmpty()) {
      return;
    }
    long first = JournalView.read(files, plan.epoch()).first();
    for (long n = first / TilePath.WIDTH; n * TilePath.WIDTH < head.size(); n++) {
      for (EpochFiles.Bundle bundle : epoch.bundles(n, (int) width(n))) {
        files.sync(epoch.path(bundle.file()));
      }
    }
    for (int level = 0; head.size() >>> (8 * level) > 0; level++) {
      long hashes = head.size() >>> (8 * level);
      for (long n = first >>> (8 * (level + 1)); n * TilePath.WIDTH < hashes; n++) {
        int width = (int) Math.min(TilePath.WIDTH, hashes - n * TilePath.WIDTH);
        String tile = epoch.path(TilePath.tile(level, n, width));
        if (files.read(tile).isPresent()) {
          files.sync(tile);
        }
      }
    }
    for (String segment : segments) {
      files.delete(epoch.path("journal/" + segment));
    }
  }
}
