package im.palisade.compliance.log;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Begins journal files and, beside the writer, removes those whose entries stand in synced bundles.
 * For the writer's thread, but for {@link #finish}.
 */
final class Sealer {
  private static final Logger LOG = System.getLogger(Sealer.class.getName());

  private final Journal journal;
  private final EpochStore store;
  private final int segmentBytes;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("audit-seal").factory());

  /** Turns the journal at that size. */
  Sealer(Journal journal, EpochStore store, int segmentBytes) {
    this.journal = journal;
    this.store = store;
    this.segmentBytes = segmentBytes;
  }

  /** What follows a commit and may wait: tiles, bundles, a new journal file. */
  void keepUp() {
    try {
      store.flush();
      if (journal.length() >= segmentBytes) {
        journal.begin(store.size());
        journal.plan(store.takeUnsynced(), store.bundled());
        thread.execute(this::seal);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "audit tiles cannot be written, kept until they can", e);
    }
  }

  /**
   * Plans to let the journal no longer hold entries below an index, as far as bundles hold them.
   */
  void plan(long below) throws IOException {
    store.flush();
    if (journal.begun() < below) {
      journal.begin(store.size());
    }
    journal.plan(store.takeUnsynced(), store.bundled());
  }

  /** Carries the plan out; what cannot go yet goes with a later one. */
  CompletableFuture<Void> carryOut(CompletableFuture<?> planned) {
    return planned.thenRunAsync(this::seal, thread);
  }

  private void seal() {
    try {
      journal.seal();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "audit tiles cannot be synced, the journal is kept", e);
    }
  }

  /** Waits for what is under way and closes the journal. */
  void finish() throws IOException, InterruptedException {
    thread.shutdown();
    if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
      LOG.log(Level.WARNING, "audit tiles are still being synced, the journal is kept");
    }
    journal.close();
  }
}
