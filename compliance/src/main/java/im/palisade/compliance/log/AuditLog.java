package im.palisade.compliance.log;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.anchor.Anchor;
import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.NoteSigner;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.TlogProof;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.log.AuditLogException.Reason;
import im.palisade.compliance.merkle.MerkleTree;
import im.palisade.compliance.tile.TilePath;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The audit log of one deployment and region: takes events, makes them durable in groups, and signs
 * its tree at most once per {@link Settings#checkpointEvery}. One writer at a time; opening a log
 * ousts the writer before. Thread-safe.
 */
public final class AuditLog implements AutoCloseable {
  /**
   * How a log behaves.
   *
   * @param origin {@code <deployment>.palisade/<region>}; the epoch is appended
   * @param node this node's id in events
   * @param region region in events
   * @param segmentBytes size at which a journal file is closed and, once its bundles are synced,
   *     removed
   */
  public record Settings(
      String origin, String node, String region, Duration checkpointEvery, int segmentBytes) {
    /** One checkpoint a second, segments of 32 MiB. */
    public static Settings of(String deployment, String region, String node) {
      return new Settings(
          deployment + ".palisade/" + region, node, region, Duration.ofSeconds(1), 32 << 20);
    }
  }

  /** An event that is durable: its leaf index in this epoch and its node's counter. */
  public record Receipt(long index, long counter) {}

  private static final Duration KEY_OVERLAP = Duration.ofDays(1);

  private final InstantSource clock;
  private final OwnEvents own;
  private final LogWriter writer;
  private final Digests digests;

  private AuditLog(Settings settings, LogFiles files, InstantSource clock, LogWriter writer) {
    this.digests = new Digests(files, writer);
    this.clock = clock;
    this.own = new OwnEvents(settings, clock);
    this.writer = writer;
  }

  /**
   * Opens the newest epoch, or begins the first. Everything acknowledged before is there again.
   *
   * @param signers the keys that sign now: one, or two while a rotation is under way
   * @param known checkpoints that anchors and witnesses hold; the log must continue each
   * @throws AuditLogException DAMAGED or ROLLED_BACK when the files are not what was signed: then
   *     only {@link #beginEpoch} helps
   */
  public static AuditLog open(
      Settings settings,
      LogFiles files,
      List<NoteSigner> signers,
      List<SignedNote> known,
      InstantSource clock)
      throws IOException {
    long fence = Fence.raise(files);
    int epoch = Recovery.newestEpoch(files);
    Recovery.refuseWithoutKnownEpoch(settings, epoch, known);
    AuditLog log =
        new AuditLog(
            settings,
            files,
            clock,
            Recovery.open(settings, files, Math.max(1, epoch), fence, signers, known, clock));
    if (epoch == 0) {
      log.first(1, JsonNodeFactory.instance.objectNode());
    }
    log.writer.start();
    return log;
  }

  /**
   * Leaves the newest epoch as it is and begins the next, whose first entry says why and which
   * entries are gone.
   *
   * @param reason {@code planned}, {@code restore} or {@code key-loss}
   * @param known the newest checkpoint that anyone holds of the old epoch, signed; its signature is
   *     not checked here, it is stated
   * @param approver reference of the person who approved it
   */
  public static AuditLog beginEpoch(
      Settings settings,
      LogFiles files,
      List<NoteSigner> signers,
      String reason,
      List<SignedNote> known,
      String approver,
      InstantSource clock)
      throws IOException {
    long fence = Fence.raise(files);
    int old = Math.max(Recovery.newestEpoch(files), Recovery.newestKnown(settings, known));
    ObjectNode statement = Recovery.statement(files, settings, old, reason, known, approver);
    EpochEnd.sync(files, old);
    Recovery.forgetKeys(files, old + 1);
    AuditLog log =
        new AuditLog(
            settings,
            files,
            clock,
            Recovery.open(settings, files, old + 1, fence, signers, List.of(), clock));
    log.first(old + 1, statement);
    log.writer.start();
    return log;
  }

  /**
   * Offers an event; completes when it is durable, exceptionally with {@link AuditLogException}.
   */
  public CompletableFuture<Receipt> submit(DraftEntry entry) {
    return writer.submit(entry);
  }

  /**
   * Appends an event and returns when it is durable.
   *
   * @throws AuditLogException when it was not taken
   */
  public Receipt append(DraftEntry entry) {
    return join(submit(entry));
  }

  /** Offers events that are to become durable together; see {@link #submit(DraftEntry)}. */
  public List<CompletableFuture<Receipt>> submit(List<DraftEntry> entries) {
    return writer.submit(entries);
  }

  /** Whether it takes events; when not, it has to be opened again. */
  public boolean isOpen() {
    return writer.isOpen();
  }

  /** The current origin, epoch included. */
  public String origin() {
    return writer.origin();
  }

  /**
   * Entries from an index on, as they were hashed: all that is durable, the newest included.
   *
   * @param max most entries
   * @return fewer, or none, at the end
   */
  public List<byte[]> entries(long from, int max) throws IOException {
    long end = Math.min(size(), from + max);
    List<byte[]> found = new ArrayList<>();
    for (long next = from; next < end; ) {
      long n = next / TilePath.WIDTH;
      int at = (int) (next % TilePath.WIDTH);
      int width = (int) Math.min(TilePath.WIDTH, size() - n * TilePath.WIDTH);
      List<byte[]> bundle = writer.bundle(n, width);
      int to = (int) Math.min(bundle.size(), at + end - next);
      found.addAll(bundle.subList(at, to));
      next += to - at;
    }
    return found;
  }

  /** Waits until there are more entries than that; false when the time is up or the log closed. */
  public boolean awaitBeyond(long entries, Duration atMost) throws InterruptedException {
    return writer.awaitBeyond(entries, atMost);
  }

  /** Entries [from, to) were appended in the hour that began then. */
  public record Period(Instant hour, long from, long to) {}

  /** The oldest hour that is over and has no digest yet. */
  public Optional<Period> dueDigest() {
    return writer.periods().next().map(due -> new Period(due.hour(), due.from(), due.to()));
  }

  /** When the hour of the newest digest began; empty when there is none. */
  public Optional<Instant> lastDigest() throws IOException {
    return digests.last();
  }

  /**
   * Writes the digest of {@link #dueDigest}.
   *
   * @param facts what the server adds, as canonical JSON allows it
   * @param objects larger details that the facts name by SHA-256 in hexadecimal
   */
  public void writeDigest(Period period, ObjectNode facts, Map<String, byte[]> objects)
      throws IOException {
    digests.write(new Periods.Period(period.hour(), period.from(), period.to()), facts, objects);
  }

  /** The newest signed checkpoint; it may lag behind the newest event by a second. */
  public SignedNote checkpoint() {
    return writer.head().note();
  }

  /** Signs a checkpoint over everything acknowledged before this call. */
  public SignedNote publish() {
    return join(writer.task(writer::publish));
  }

  /** Entries so far. */
  public long size() {
    return writer.size();
  }

  /** The counter of that node's last event, empty when it has none in this epoch. */
  public OptionalLong lastCounter(String node) {
    return join(writer.task(() -> writer.counters().last(node)));
  }

  /** The entry at that index, as it was hashed. */
  public byte[] entry(long index) {
    return join(writer.task(() -> writer.entry(index)));
  }

  /**
   * The proof that the entry stands in the newest checkpoint.
   *
   * @throws IllegalArgumentException when the checkpoint does not reach that far yet
   */
  public TlogProof prove(long index) throws IOException {
    Publication.Head head = writer.head();
    return new TlogProof(index, head.tree().inclusion(index, head.size()), head.note());
  }

  /** The proof that the newest checkpoint continues the tree of that size. */
  public List<byte[]> consistency(long from) throws IOException {
    Publication.Head head = writer.head();
    return head.tree().consistency(from, head.size());
  }

  /** Keeps the newest checkpoint for ever: it is about to be anchored or exported. */
  public SignedNote keep() {
    return join(writer.task(writer::keepCheckpoint));
  }

  /**
   * Lets a new key sign. The old one endorses it and signs beside it for a day more.
   *
   * @throws AuditLogException when the record of it could not be made durable
   */
  public void rotate(
      NoteSigner fresh, AuditEvent.Actor actor, AuditEvent.Source source, String request) {
    NoteSigner named = fresh.named(writer.origin());
    NoteSigner old = writer.signers().getLast();
    Instant now = clock.instant();
    String endorsement = LogKey.endorse(old, named.verifierKey(), now);
    append(own.rotated(named.verifierKey(), now, endorsement, actor, source, request));
    join(writer.task(() -> writer.addSigner(named, now, endorsement, now.plus(KEY_OVERLAP))));
  }

  /**
   * Gives the newest checkpoint to an anchor and keeps the receipt. The caller records it ({@code
   * audit.anchor}, {@code audit.anchor.failed}).
   *
   * @return size of the tree that was anchored
   * @throws IOException when the anchor refused it or could not be reached
   */
  public long anchor(Anchor anchor) throws IOException {
    SignedNote note = keep();
    long size = Checkpoint.parse(note.text()).size();
    MerkleTree tree = writer.head().tree();
    byte[] receipt = anchor.anchor(new Anchor.Head(note, from -> tree.consistency(from, size)));
    join(writer.task(() -> writer.receipt(size, anchor.kind(), receipt)));
    return size;
  }

  /** Keeps the receipt of a checkpoint that was anchored by hand, as on paper. */
  public void keepReceipt(long size, String kind, byte[] receipt) {
    join(writer.task(() -> writer.receipt(size, kind, receipt)));
  }

  /** Removes bundles on this machine's own account; see the other. */
  public long prune(
      Retention.Plan plan,
      List<String> approvers,
      String policy,
      AuditEvent.Actor actor,
      String request)
      throws IOException {
    return prune(plan, approvers, policy, actor, AuditEvent.Source.LOCAL, request);
  }

  /**
   * Removes the bundles of an epoch below an index, but for those held. The record of it, in the
   * epoch that is written, is durable before anything is removed. Hash tiles stay, so every proof
   * does.
   *
   * @param plan what {@link Retention} found to have expired
   * @param approvers two different persons
   * @param policy the rule it follows
   * @return the new minimum index of that epoch
   * @throws IllegalArgumentException when not two persons approved, or the minimum is beyond what
   *     is published or below the present one
   */
  public long prune(
      Retention.Plan plan,
      List<String> approvers,
      String policy,
      AuditEvent.Actor actor,
      AuditEvent.Source source,
      String request)
      throws IOException {
    if (approvers.size() < 2 || approvers.stream().distinct().count() != approvers.size()) {
      throw new IllegalArgumentException("pruning needs two different persons");
    }
    LogFiles files = writer.logFiles();
    Pruning pruning;
    if (plan.epoch() == writer.epoch()) {
      publish();
      Publication.Head head = writer.head();
      join(writer.releaseJournal(plan.minimum()));
      pruning = Pruning.ofPresent(files, Checkpoint.parse(head.note().text()), plan);
    } else {
      pruning = Pruning.ofEarlier(files, plan);
    }
    if (pruning.removesAnything()) {
      ObjectNode statement = pruning.statement(writer.epoch(), approvers, policy);
      append(own.pruned(plan.epoch(), statement, actor, source, request));
    }
    join(writer.task(() -> writer.carryOut(pruning)));
    return pruning.minimum();
  }

  /** Publishes what was acknowledged and ends; later events are refused. */
  @Override
  public void close() {
    writer.close();
  }

  private void first(int number, ObjectNode statement) {
    join(writer.first(own.started(number, writer.keys(), statement)));
  }

  private static <T> T join(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof AuditLogException refused) {
        throw refused;
      }
      if (e.getCause() instanceof IllegalArgumentException wrong) {
        throw wrong;
      }
      throw new AuditLogException(Reason.UNAVAILABLE, "the audit log failed", e.getCause());
    }
  }

  /** Work that runs between two groups; for callers of this package. */
  <T> T between(Callable<T> work) {
    return join(writer.task(work));
  }
}
