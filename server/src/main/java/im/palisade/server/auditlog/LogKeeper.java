package im.palisade.server.auditlog;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.compliance.event.Ulid;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.AuditLogException;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.side.SideRecords;
import im.palisade.compliance.side.SubjectKeys;
import im.palisade.server.config.StartException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.AuditRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The log of one region and what is needed to open it again after trouble. Only its relay appends;
 * reading is for everybody.
 */
final class LogKeeper {
  private static final int PAGE = 4096;

  /** Events that were spilled come later than their time says, but never by more than this. */
  private static final Duration MARGIN = Duration.ofHours(1);

  private final Path folder;
  private final AuditLog.Settings settings;
  private final SigningKeys signing;
  private final KnownHeads heads;
  private final byte[] regionKey;
  private final String version;
  private final Clock clock;
  private final EventEncoder encoder;
  private volatile Optional<Open> open = Optional.empty();

  private record Open(AuditLog log, SubjectKeys keys, SideRecords side) {}

  LogKeeper(
      Path folder,
      AuditLog.Settings settings,
      SigningKeys signing,
      KnownHeads heads,
      byte[] regionKey,
      String version,
      Clock clock) {
    this.folder = folder;
    this.settings = settings;
    this.signing = signing;
    this.heads = heads;
    this.regionKey = regionKey.clone();
    this.version = version;
    this.clock = clock;
    this.encoder = new EventEncoder(settings.node(), settings.region());
  }

  EventEncoder encoder() {
    return encoder;
  }

  /** The log's name, with its epoch when that is known. */
  String origin() {
    return log().map(AuditLog::origin).orElse(settings.origin());
  }

  Path folder() {
    return folder;
  }

  /** The log as it is now; empty while it cannot be opened. */
  Optional<AuditLog> log() {
    return open.map(Open::log);
  }

  /** Whether events can be tried. */
  boolean isOpen() {
    return open.map(now -> now.log().isOpen()).orElse(false);
  }

  /**
   * Opens the log for the first time.
   *
   * @throws StartException when its files are not what was signed: that is for a person to judge
   * @throws IOException when it cannot be written; it may be tried again
   */
  void open() throws IOException {
    try {
      reopen();
    } catch (AuditLogException e) {
      switch (e.reason()) {
        case DAMAGED, ROLLED_BACK ->
            throw new StartException(
                "the audit log in "
                    + folder
                    + " is not what was signed ("
                    + e.getMessage()
                    + "); look at it with 'palisade audit fsck', restore it, or begin a new epoch"
                    + " with 'palisade audit new-epoch'",
                e);
        case UNAVAILABLE, FENCED, COUNTER -> throw new IOException(e);
      }
    }
  }

  /** Opens the log anew, whatever state it is in. */
  void reopen() throws IOException {
    closeQuietly();
    LogFiles files = new DiskFiles(folder);
    SubjectKeys keys = new SubjectKeys(files, regionKey);
    boolean done = false;
    try {
      AuditLog log =
          AuditLog.open(settings, files, signing.signers(), heads.of(settings.origin()), clock);
      done = true;
      open = Optional.of(new Open(log, keys, new SideRecords(keys)));
    } finally {
      if (!done) {
        keys.close();
      }
    }
    append(AuditRecord.encode(encoder, List.of(started())));
  }

  /**
   * Makes records durable in the log; one it has already is taken once.
   *
   * @throws IOException when they are not, or nobody knows
   */
  void append(List<AuditRecord> records) throws IOException {
    if (records.isEmpty()) {
      return;
    }
    Open now = open.orElseThrow(() -> new IOException("the audit log is not open"));
    List<List<byte[]>> side = now.side().records(records.stream().map(AuditRecord::aside).toList());
    List<DraftEntry> drafts = new ArrayList<>(records.size());
    for (int i = 0; i < records.size(); i++) {
      drafts.add(records.get(i).draft().withSideRecords(side.get(i)));
    }
    List<CompletableFuture<AuditLog.Receipt>> answers = now.log().submit(drafts);
    try {
      answers.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      throw new IOException(String.valueOf(e.getCause().getMessage()), e.getCause());
    }
  }

  /**
   * Which of these events the log has, looking back to a time before the oldest of them; after a
   * restore they stand in an epoch before the present one.
   */
  Set<String> presentOf(Set<String> ids, Instant oldest) throws IOException {
    Set<String> found = new HashSet<>();
    if (ids.isEmpty()) {
      return found;
    }
    AuditLog log = open.orElseThrow(() -> new IOException("the audit log is not open")).log();
    Instant until = oldest.minus(MARGIN);
    boolean over = lookBack(log.size(), ids, until, found, log::entries);
    ReadOnlyDisk files = new ReadOnlyDisk(folder);
    List<Integer> epochs = EpochFiles.epochs(files);
    for (int i = epochs.size() - 2; i >= 0 && !over; i--) {
      LogReader earlier = LogReader.open(files, epochs.get(i));
      over =
          lookBack(
              earlier.size(),
              ids,
              until,
              found,
              (from, count) -> {
                List<byte[]> entries = new ArrayList<>();
                for (long at = from; at < from + count; at++) {
                  earlier.entry(at).ifPresent(entries::add);
                }
                return entries;
              });
    }
    return found;
  }

  private interface Page {
    List<byte[]> read(long from, int count) throws IOException;
  }

  /** Goes back from the end; whether it met an entry from before that time. */
  private static boolean lookBack(
      long size, Set<String> ids, Instant until, Set<String> found, Page page) throws IOException {
    for (long end = size; end > 0; end -= Math.min(end, PAGE)) {
      long from = Math.max(0, end - PAGE);
      Instant first = Instant.MAX;
      for (byte[] entry : page.read(from, (int) (end - from))) {
        String id = Json.mapper().readTree(entry).path("id").asText();
        first = first.equals(Instant.MAX) ? Ulid.time(id) : first;
        if (ids.contains(id)) {
          found.add(id);
        }
      }
      if (first.isBefore(until)) {
        return true;
      }
    }
    return false;
  }

  /** Destroys the keys of a person's side records; how many there were. */
  int destroyKeys(String subject, int upToYear) throws IOException {
    Open now = open.orElseThrow(() -> new IOException("the audit log is not open"));
    return now.keys().destroy(subject, upToYear);
  }

  /** Checkpoints of the log that stand outside its folder. */
  List<SignedNote> heads() {
    return heads.of(settings.origin());
  }

  /** Lets a new key sign; see {@link SigningKeys#rotate}. */
  synchronized VerifierKey rotate(Actor actor, Source source, String request) throws IOException {
    Open now = open.orElseThrow(() -> new IOException("the audit log is not open"));
    return signing.rotate(now.log(), actor, source, request);
  }

  /** Remembers the newest checkpoint outside the log's folder. */
  void rememberHead() throws IOException {
    Optional<AuditLog> now = log().filter(AuditLog::isOpen);
    if (now.isPresent()) {
      heads.remember(now.get().checkpoint());
    }
  }

  /** Records the end of the writer and closes the log. */
  void stop() {
    try {
      if (isOpen()) {
        append(AuditRecord.encode(encoder, List.of(event("audit.writer.stop", "stop"))));
        open.orElseThrow().log().publish();
        rememberHead();
      }
    } catch (IOException e) {
      // The next start shows by itself that no stop was recorded.
      System.getLogger(LogKeeper.class.getName())
          .log(System.Logger.Level.WARNING, "the end of the audit writer is not on record", e);
    } finally {
      closeQuietly();
    }
  }

  private void closeQuietly() {
    Optional<Open> before = open;
    open = Optional.empty();
    before.ifPresent(
        was -> {
          was.log().close();
          try {
            was.keys().close();
          } catch (IOException e) {
            System.getLogger(LogKeeper.class.getName())
                .log(System.Logger.Level.DEBUG, "closing the keys of side records", e);
          }
        });
  }

  private AuditEvent started() {
    return event("audit.writer.start", "start").withChange(Map.of("version", version));
  }

  private AuditEvent event(String type, String request) {
    return AuditEvent.of(
        type,
        clock.instant(),
        "",
        Outcome.SUCCESS,
        Actor.SYSTEM,
        Source.LOCAL,
        List.of(new Target("audit-log", origin())),
        request);
  }
}
