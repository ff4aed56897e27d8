package im.palisade.compliance.log;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.NoteSigner;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.merkle.MerkleTree;
import im.palisade.compliance.tile.TilePath;
import im.palisade.compliance.tile.TileTrees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is signed of an epoch, and with which keys. For the writer's thread. */
final class Publication {
  /** A signed tree and how to read its hashes. */
  record Head(SignedNote note, long size, MerkleTree tree) {}

  private final String origin;
  private final int epoch;
  private final LogFiles files;
  private final EpochStore store;
  private final KeyRing keys;
  private final NodeCounters counters;
  private final List<NoteSigner> signers;
  private final InstantSource clock;
  private volatile Optional<Head> head = Optional.empty();

  Publication(
      String origin,
      int epoch,
      LogFiles files,
      EpochStore store,
      KeyRing keys,
      NodeCounters counters,
      List<NoteSigner> signers,
      InstantSource clock) {
    this.origin = origin;
    this.epoch = epoch;
    this.files = files;
    this.store = store;
    this.keys = keys;
    this.counters = counters;
    this.signers = new ArrayList<>(signers);
    this.clock = clock;
  }

  /** The newest signed tree, for any thread; there is one once the writer has started. */
  Head head() {
    return head.orElseThrow();
  }

  /** Whether everything is signed. */
  boolean isCurrent() {
    return head.isPresent() && head.get().size() == store.size();
  }

  List<NoteSigner> signers() {
    return List.copyOf(signers);
  }

  List<LogKey> keys() {
    return keys.keys();
  }

  /** Signs the present tree, whose files are flushed. */
  void sign() throws IOException {
    Instant now = clock.instant();
    signers.removeIf(signer -> signers.size() > 1 && !keys.isValid(signer.verifierKey(), now));
    Checkpoint checkpoint = new Checkpoint(origin, store.size(), store.edge().root());
    SignedNote note = SignedNote.sign(checkpoint.text(), signers);
    List<String> partials = store.writePartials();
    files.replace(epoch + "/checkpoint", note.toString().getBytes(StandardCharsets.UTF_8));
    store.replacePartials(partials);
    files.write("writer/state-" + epoch, counters.state(store.size()));
    head = Optional.of(new Head(note, store.size(), tree()));
  }

  /** The published tree for any thread: partial tiles as they are now, full ones from disk. */
  private MerkleTree tree() {
    long published = store.size();
    List<byte[]> edge = new ArrayList<>();
    for (int level = 0; level < store.edge().levels(); level++) {
      edge.add(store.edge().partial(level));
    }
    TileTrees.Source source =
        (level, n, width) ->
            n == (published >>> (8 * level)) / TilePath.WIDTH
                ? edge.get(level)
                : files
                    .read(epoch + "/" + TilePath.tile(level, n, TilePath.WIDTH))
                    .orElseThrow(
                        () -> new IOException("hash tile " + level + "/" + n + " is gone"));
    return new MerkleTree(new TileTrees(source, published));
  }

  /** Keeps the newest checkpoint. A kept one is never written again: receipts name its bytes. */
  SignedNote keep() throws IOException {
    String path = epoch + "/checkpoints/" + head().size();
    Optional<byte[]> kept = files.read(path);
    if (kept.isPresent()) {
      return SignedNote.parse(new String(kept.get(), StandardCharsets.UTF_8));
    }
    files.replace(path, head().note().toString().getBytes(StandardCharsets.UTF_8));
    return head().note();
  }

  /** Files an anchor's receipt. */
  void receipt(long of, String kind, byte[] receipt) throws IOException {
    files.replace(epoch + "/anchors/" + of + "/" + kind, receipt);
  }

  /** Lets a key sign from now on; the one before stops at {@code overlapEnd}. */
  void addSigner(NoteSigner fresh, Instant from, String endorsement, Instant overlapEnd)
      throws IOException {
    keys.put(new LogKey(fresh.verifierKey(), from, Optional.empty(), Optional.of(endorsement)));
    for (LogKey key : keys.keys()) {
      if (key.until().isEmpty() && !key.key().equals(fresh.verifierKey())) {
        keys.put(new LogKey(key.key(), key.from(), Optional.of(overlapEnd), key.endorsement()));
      }
    }
    signers.add(fresh);
  }
}
