package im.palisade.server.store;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.audit.Cause;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sums up what happens too often for a record of each: one event per app, actor, channel, kind and
 * minute, with a count. It names the cause that came first. Nothing is written when something is
 * counted; what is counted under must be few (administrators, commands, rules), never what anybody
 * may send.
 */
public final class AuditSummary implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditSummary.class);

  private final AuditJournal journal;
  private final Map<Key, Entry> open = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("audit-summary").factory());

  public AuditSummary(AuditJournal journal) {
    this.journal = journal;
    var _ = timer.scheduleAtFixedRate(this::flush, 1, 1, TimeUnit.MINUTES);
  }

  /** What is counted together: events that would differ in time and request only. */
  public record Kind(String type, Outcome outcome, OptionalInt code, List<Target> targets) {
    /** What succeeded. */
    public Kind(String type, Target... targets) {
      this(type, Outcome.SUCCESS, OptionalInt.empty(), List.of(targets));
    }

    /** What was refused with a code. */
    public static Kind denied(String type, int code, Target... targets) {
      return new Kind(type, Outcome.DENIED, OptionalInt.of(code), List.of(targets));
    }
  }

  private record Key(long appId, Actor actor, Channel channel, Kind kind) {}

  private record Entry(Tenant app, Cause first, int count) {}

  /** Counts that many; nothing when events of the type are not recorded. */
  public void count(Tenant app, Cause cause, Kind kind, int items) {
    if (items > 0 && journal.records(app, kind.type())) {
      open.compute(
          new Key(app.appId(), cause.actor(), cause.source().channel(), kind),
          (_, entry) ->
              entry == null
                  ? new Entry(app, cause, items)
                  : new Entry(entry.app(), entry.first(), Math.addExact(entry.count(), items)));
    }
  }

  /** Hands over what was counted of an app, ahead of the minute's end. */
  public void flush(Tenant app) {
    open.keySet().stream().filter(key -> key.appId() == app.appId()).toList().forEach(this::write);
  }

  private void flush() {
    List.copyOf(open.keySet()).forEach(this::write);
  }

  private void write(Key key) {
    Entry entry = open.remove(key);
    if (entry == null) {
      return;
    }
    Kind kind = key.kind();
    AuditEvent event =
        entry.first().event(kind.type(), kind.outcome(), kind.targets()).withCount(entry.count());
    try {
      journal.record(
          entry.app(),
          kind.code().isPresent() ? event.withOutcomeCode(kind.code().getAsInt()) : event);
    } catch (RuntimeException e) {
      LOG.error("a summary of {} {} could not be recorded", entry.count(), kind.type(), e);
    }
  }

  /** Hands over the last counts. */
  @Override
  public void close() {
    timer.shutdown();
    flush();
  }
}
