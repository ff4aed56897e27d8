package im.palisade.compliance.log;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.NoteSigner;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.event.EntryStamp;
import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.log.AuditLogException.Reason;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.merkle.MerkleTree;
import im.palisade.compliance.tile.TilePath;
import im.palisade.compliance.tile.TileTrees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Brings the writer back to where the files say it was. */
final class Recovery {
  private Recovery() {}

  /** The largest epoch that holds something; 0 when there is none. */
  static int newestEpoch(LogFiles files) throws IOException {
    int newest = 0;
    for (String name : files.list("")) {
      if (name.matches("[1-9][0-9]{0,8}")) {
        int epoch = Integer.parseInt(name);
        if (epoch > newest
            && (files.read(epoch + "/checkpoint").isPresent()
                || Journal.holdsEntries(files, epoch))) {
          newest = epoch;
        }
      }
    }
    return newest;
  }

  /** Keys that an attempt to begin an epoch left, which may have been made with other ones. */
  static void forgetKeys(LogFiles files, int epoch) throws IOException {
    for (String name : files.list(epoch + "/keys")) {
      files.delete(epoch + "/keys/" + name);
    }
  }

  /** The largest epoch of this log that somebody holds a checkpoint of; 0 for none. */
  static int newestKnown(AuditLog.Settings settings, List<SignedNote> known) {
    String base = settings.origin() + "/";
    return known.stream()
        .map(note -> Checkpoint.parse(note.text()).origin())
        .filter(origin -> origin.startsWith(base))
        .map(origin -> origin.substring(base.length()))
        .filter(number -> number.matches("[1-9][0-9]{0,8}"))
        .mapToInt(Integer::parseInt)
        .max()
        .orElse(0);
  }

  /**
   * An epoch that somebody knows and that is not here was rolled back as a whole.
   *
   * @throws AuditLogException ROLLED_BACK
   */
  static void refuseWithoutKnownEpoch(
      AuditLog.Settings settings, int epoch, List<SignedNote> known) {
    int newest = newestKnown(settings, known);
    if (newest > epoch) {
      throw new AuditLogException(
          Reason.ROLLED_BACK,
          epoch == 0
              ? "epoch " + newest + " is known, here is no entry at all"
              : "epoch " + newest + " is known, the newest here is " + epoch);
    }
  }

  static LogWriter open(
      AuditLog.Settings settings,
      LogFiles files,
      int epoch,
      long fence,
      List<NoteSigner> signers,
      List<SignedNote> known,
      InstantSource clock)
      throws IOException {
    String origin = settings.origin() + "/" + epoch;
    List<SignedNote> heads = new ArrayList<>(heads(files, epoch));
    heads.addAll(known);
    Optional<SignedNote> own = read(files, epoch + "/checkpoint");
    Journal journal = new Journal(files, epoch, fence);
    Journal.Content content =
        journal.read(own.map(note -> Checkpoint.parse(note.text()).size()).orElse(0L));
    EpochStore store = new EpochStore(files, epoch, content.first());
    for (byte[] entry : content.entries()) {
      store.add(entry, MerkleHash.leaf(entry));
    }
    store.flush();
    own.ifPresent(note -> store.ownPartials(Checkpoint.parse(note.text()).size()));
    KeyRing keys = new KeyRing(files, epoch);
    continueHeads(store, keys, origin, heads);
    NodeCounters counters = counters(files, epoch, store);
    journal.begin(store.size());
    List<NoteSigner> named = new ArrayList<>();
    Instant now = clock.instant();
    for (NoteSigner signer : signers) {
      NoteSigner one = signer.named(origin);
      if (keys.isEmpty()) {
        keys.put(new LogKey(one.verifierKey(), now, Optional.empty(), Optional.empty()));
      }
      if (keys.isValid(one.verifierKey(), now)) {
        named.add(one);
      }
    }
    if (named.isEmpty()) {
      throw new IllegalArgumentException("none of the signing keys is a valid key of " + origin);
    }
    Periods periods = Periods.resume(files, epoch, newest(store), now);
    return new LogWriter(
        settings, origin, epoch, fence, files, journal, store, keys, counters, named, periods,
        clock);
  }

  /** When the newest entry happened. */
  private static Optional<Instant> newest(EpochStore store) throws IOException {
    if (store.size() == 0) {
      return Optional.empty();
    }
    int at = (int) ((store.size() - 1) % TilePath.WIDTH);
    byte[] entry = store.bundle((store.size() - 1) / TilePath.WIDTH, at + 1).get(at);
    return Optional.of(Instant.parse(new ObjectMapper().readTree(entry).path("time").asText()));
  }

  /** The checkpoints that the folder itself keeps. */
  private static List<SignedNote> heads(LogFiles files, int epoch) throws IOException {
    List<SignedNote> heads = new ArrayList<>();
    read(files, epoch + "/checkpoint").ifPresent(heads::add);
    for (String name : files.list(epoch + "/checkpoints")) {
      read(files, epoch + "/checkpoints/" + name).ifPresent(heads::add);
    }
    return heads;
  }

  private static Optional<SignedNote> read(LogFiles files, String path) throws IOException {
    Optional<byte[]> note = path.endsWith(".new") ? Optional.empty() : files.read(path);
    try {
      return note.map(bytes -> SignedNote.parse(new String(bytes, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) {
      throw new AuditLogException(Reason.DAMAGED, "not a checkpoint: " + path, e);
    }
  }

  private static void continueHeads(
      EpochStore store, KeyRing keys, String origin, List<SignedNote> heads) throws IOException {
    MerkleTree tree = new MerkleTree(new TileTrees(store::tile, store.size()));
    for (SignedNote note : heads) {
      Checkpoint head = Checkpoint.parse(note.text());
      if (!head.origin().equals(origin)) {
        continue;
      }
      if (!keys.isEmpty() && !keys.signs(note)) {
        throw new AuditLogException(
            Reason.DAMAGED, "a checkpoint of size " + head.size() + " has no signature of ours");
      }
      if (head.size() > store.size()) {
        throw new AuditLogException(
            Reason.ROLLED_BACK,
            "a checkpoint of size " + head.size() + " is known, here are " + store.size());
      }
      if (!MessageDigest.isEqual(head.root(), tree.root(head.size()))) {
        throw new AuditLogException(
            Reason.DAMAGED, "the entries up to " + head.size() + " are not those that were signed");
      }
    }
  }

  private static NodeCounters counters(LogFiles files, int epoch, EpochStore store)
      throws IOException {
    NodeCounters counters = new NodeCounters();
    long size = store.size();
    long saved = counters.restore(files.read("writer/state-" + epoch), size);
    long minimum =
        files
            .read(epoch + "/minimum")
            .map(text -> Long.parseLong(new String(text, StandardCharsets.US_ASCII).trim()))
            .orElse(0L);
    long from = Math.max(minimum, Math.min(saved, Math.max(0, size - NodeCounters.KNOWN_IDS)));
    for (long n = from / TilePath.WIDTH; n * TilePath.WIDTH < size; n++) {
      long first = n * TilePath.WIDTH;
      List<byte[]> entries = store.bundle(n, (int) Math.min(TilePath.WIDTH, size - first));
      for (int i = 0; i < entries.size() && first + i < size; i++) {
        EntryStamp stamp = stamp(entries.get(i), first + i);
        NodeCounters.Place place = new NodeCounters.Place(first + i, stamp.counter());
        if (first + i >= saved) {
          counters.took(stamp.id(), stamp.node(), place);
        } else {
          counters.knows(stamp.id(), place);
        }
      }
    }
    return counters;
  }

  private static EntryStamp stamp(byte[] entry, long index) {
    try {
      return EntryStamp.of(entry);
    } catch (IllegalArgumentException e) {
      throw new AuditLogException(Reason.DAMAGED, "entry " + index + " is not an event", e);
    }
  }

  /** What the first entry of the next epoch says of the one before. */
  static ObjectNode statement(
      LogFiles files,
      AuditLog.Settings settings,
      int old,
      String reason,
      List<SignedNote> known,
      String approver)
      throws IOException {
    String origin = settings.origin() + "/" + old;
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    ObjectNode previous = out.putObject("previous").put("origin", origin).put("reason", reason);
    long kept = 0;
    Optional<SignedNote> own = read(files, old + "/checkpoint");
    if (own.isPresent()) {
      Checkpoint head = Checkpoint.parse(own.get().text());
      kept = head.size();
      previous.put("size", head.size()).put("root", head.rootText());
      previous.put("checkpoint", own.get().toString());
    } else {
      previous.put("size", 0);
    }
    Optional<SignedNote> newest =
        known.stream()
            .filter(note -> Checkpoint.parse(note.text()).origin().equals(origin))
            .max(Comparator.comparingLong(note -> Checkpoint.parse(note.text()).size()));
    if (newest.isPresent() && Checkpoint.parse(newest.get().text()).size() > kept) {
      previous
          .putObject("gap")
          .put("from", kept)
          .put("to", Checkpoint.parse(newest.get().text()).size())
          .put("known", newest.get().toString())
          .put("approver", approver);
    }
    return out;
  }
}
