package im.palisade.server.auditlog.search;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Personal;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.compliance.export.PlacedEntry;
import im.palisade.compliance.index.AuditQuery;
import im.palisade.compliance.index.EntryPosition;
import im.palisade.compliance.index.SearchCursor;
import im.palisade.compliance.index.SearchPage;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.tile.TilePath;
import im.palisade.server.audit.Cause;
import im.palisade.server.auditlog.LogEntries;
import im.palisade.server.auditlog.RegionLog;
import im.palisade.server.store.Region;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Searches the audit log of one region. Every search is on record before its result is shown. */
public final class AuditSearch {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final long STEP_MILLIS = 5;

  private final Region region;
  private final RegionLog log;
  private final LogEntries entries;
  private final Indexer indexer;

  AuditSearch(Region region, RegionLog log, LogEntries entries, Indexer indexer) {
    this.region = region;
    this.log = log;
    this.entries = entries;
    this.indexer = indexer;
  }

  /** The index cannot be used now. */
  public static final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnavailableException(String why) {
      super(why);
    }
  }

  /** The cursor is not of this search. */
  public static final class CursorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CursorException(IllegalArgumentException e) {
      super(e);
    }
  }

  /**
   * What is asked.
   *
   * @param cursor {@code next} of the page before
   */
  public record Request(
      AuditQuery query, boolean newestFirst, Optional<String> cursor, int limit) {}

  /**
   * A page.
   *
   * @param next cursor of the next page; empty when there is no further entry now
   * @param total entries that fit, on all pages; at least that many unless {@code exact}
   * @param behind entries of the log that the index does not have yet
   */
  public record Found(
      List<PlacedEntry> entries, Optional<String> next, long total, boolean exact, long behind) {
    public Found {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Searches and records that it was done.
   *
   * @throws CursorException when the cursor is not of this search
   * @throws UnavailableException when there is no index now
   */
  public Found search(Request request, Cause cause) {
    Found found = find(request);
    Map<String, Object> change = new LinkedHashMap<>();
    change.put("order", request.newestFirst() ? "newest" : "oldest");
    change.put("page", request.cursor().isPresent() ? "further" : "first");
    change.put("results", found.entries().size());
    change.put("total", found.total());
    record("audit.query", request.query(), change, found.entries().size(), cause);
    return found;
  }

  /** Searches for somebody who records it. */
  Found find(Request request) {
    Optional<SearchCursor> cursor = cursor(request);
    long behind = catchUp();
    try {
      SearchPage page =
          indexer
              .search(request.query(), request.newestFirst(), cursor, request.limit())
              .orElseThrow(
                  () -> new UnavailableException("the index of the audit log is being opened"));
      return new Found(
          read(page.found()),
          page.next().map(SearchCursor::toString),
          page.total(),
          page.exact(),
          behind);
    } catch (IOException e) {
      throw new UnavailableException("the audit log cannot be searched: " + e.getMessage());
    }
  }

  private static Optional<SearchCursor> cursor(Request request) {
    try {
      return request
          .cursor()
          .map(text -> SearchCursor.parse(text, request.query(), request.newestFirst()));
    } catch (IllegalArgumentException e) {
      throw new CursorException(e);
    }
  }

  /** An entry with its proof in the epoch it belongs to; empty when there is none. */
  public Optional<LogEntries.Proof> prove(Optional<Integer> epoch, long index) {
    try {
      return entries.prove(epoch, index);
    } catch (IOException e) {
      throw new UnavailableException("the audit log cannot be read: " + e.getMessage());
    }
  }

  /** Records an act upon the log by what was asked. */
  void record(String type, AuditQuery query, Map<String, Object> change, int count, Cause cause) {
    region
        .trail()
        .append(List.of(event(type, origin(), query, change, count, cause, indexer::knows)));
  }

  /**
   * The event of an act upon the log. What is looked for and is not in the log may be anything, a
   * name or a telephone number too: the event only commits to it.
   *
   * @param known whether the log holds a value, so that naming it tells nothing new
   */
  public static AuditEvent event(
      String type,
      String origin,
      AuditQuery query,
      Map<String, Object> change,
      int count,
      Cause cause,
      Predicate<String> known) {
    Map<String, Object> after = new LinkedHashMap<>(change);
    List<Personal> aside = new ArrayList<>();
    query
        .asked()
        .forEach(
            (name, value) -> {
              if (isFree(name) && !known.test(value)) {
                after.put(name, "not in the log");
                aside.add(new Personal(cause.actor().ref(), "query." + name, value));
              } else {
                after.put(name, value);
              }
            });
    AuditEvent event =
        cause
            .event(type, Outcome.SUCCESS, List.of(new Target("audit-log", origin)))
            .withChange(after)
            .withCount(count);
    aside.addAll(event.personal());
    return event.withPersonal(aside);
  }

  /** The newest signed checkpoint. */
  Optional<String> checkpoint() {
    return log.log().map(open -> open.checkpoint().toString());
  }

  String origin() {
    return log.log().map(AuditLog::origin).orElse(region.name());
  }

  /** Where the next entry belongs that cannot be found yet. */
  public Optional<EntryPosition> indexed() {
    return indexer.next();
  }

  /** Why the index does not work; empty when it does. */
  public Optional<String> problem() {
    return indexer.problem();
  }

  /** Entries of the newest epoch that the index does not have yet. */
  public long behind() {
    return entries.end().map(this::behind).orElse(0L);
  }

  private long behind(EntryPosition end) {
    EntryPosition next = indexer.next().orElse(EntryPosition.START);
    return next.epoch() == end.epoch() ? Math.max(0, end.index() - next.index()) : end.index();
  }

  private static boolean isFree(String name) {
    return switch (name) {
      case "actor", "target", "subject", "request", "case" -> true;
      default -> false;
    };
  }

  /** Lets what has happened before be found, as far as that goes soon. */
  private long catchUp() {
    log.catchUp();
    EntryPosition end = entries.end().orElse(EntryPosition.START);
    long stop = System.nanoTime() + PATIENCE.toNanos();
    while (behind(end) > 0 && System.nanoTime() < stop) {
      try {
        indexer.hurry();
        Thread.sleep(STEP_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    return behind(end);
  }

  private List<PlacedEntry> read(List<EntryPosition> found) throws IOException {
    List<PlacedEntry> read = new ArrayList<>(found.size());
    Optional<LogEntries.Batch> near = Optional.empty();
    for (EntryPosition position : found) {
      if (near.isEmpty() || !near.get().has(position)) {
        EntryPosition bundle =
            new EntryPosition(
                position.epoch(), position.index() - position.index() % TilePath.WIDTH);
        near = Optional.of(entries.next(bundle, TilePath.WIDTH));
      }
      LogEntries.Batch batch = near.get();
      if (batch.has(position)) {
        read.add(batch.placed((int) (position.index() - batch.first().index())));
      }
    }
    return read;
  }
}
