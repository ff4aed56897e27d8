package im.palisade.compliance.log;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.tile.TilePath;
import java.io.IOException;
import java.util.Optional;

/**
 * The end of an epoch. What its journal holds need not be synced while it is written, since the
 * next opening makes it anew; but nobody opens it again once another has begun.
 */
final class EpochEnd {
  private final LogFiles files;
  private final EpochFiles epoch;

  private EpochEnd(LogFiles files, int epoch) {
    this.files = files;
    this.epoch = new EpochFiles(files, epoch);
  }

  /** Makes durable what an epoch's newest checkpoint covers, as far as it is there. */
  static void sync(LogFiles files, int epoch) throws IOException {
    new EpochEnd(files, epoch).sync();
  }

  private void sync() throws IOException {
    Optional<SignedNote> note = epoch.checkpoint();
    if (note.isEmpty()) {
      return;
    }
    long size = Checkpoint.parse(note.get().text()).size();
    long from = Math.min(size, JournalView.read(files, epoch.epoch()).first());
    for (int level = 0; size >>> (8 * level) > 0; level++) {
      long hashes = size >>> (8 * level);
      for (long n = (from >>> (8 * level)) / TilePath.WIDTH; n * TilePath.WIDTH < hashes; n++) {
        int width = (int) Math.min(TilePath.WIDTH, hashes - n * TilePath.WIDTH);
        sync(epoch.path(TilePath.tile(level, n, width)));
        if (level == 0) {
          sync(epoch.path(TilePath.entries(n, width)));
        }
      }
    }
    sync("writer/state-" + epoch.epoch());
  }

  private void sync(String path) throws IOException {
    if (files.read(path).isPresent()) {
      files.sync(path);
    }
  }
}
