package im.palisade.server.message;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.rest.RestCall;
import im.palisade.server.store.AuditJournal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sums up what administrators send, for other accounts or in their own name: one event per
 * administrator, command and minute, not one per message. Each message's own row names the
 * administrator and the request.
 */
public final class SendSummary implements AutoCloseable {
  private final AuditJournal journal;
  private final Map<Key, Entry> open = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("send-summary").factory());

  public SendSummary(AuditJournal journal) {
    this.journal = journal;
    var _ = timer.scheduleAtFixedRate(this::flush, 1, 1, TimeUnit.MINUTES);
  }

  /**
   * Adds the messages of one call.
   *
   * @param command service and command
   */
  public void count(RestCall call, String command, boolean asOther, int messages) {
    if (messages > 0) {
      count(call.app(), call.cause(), command, asOther, messages);
    }
  }

  /** Adds the messages of whoever acts. */
  public void count(App app, Cause cause, String command, boolean asOther, int messages) {
    open.compute(
        new Key(app.appId(), cause.actor().ref(), command, asOther),
        (_, entry) -> {
          Entry counted = entry == null ? new Entry(app, cause, new AtomicInteger()) : entry;
          counted.messages().addAndGet(messages);
          return counted;
        });
  }

  /** Hands what has been counted to the journal. */
  void flush() {
    for (Key key : List.copyOf(open.keySet())) {
      Entry entry = open.remove(key);
      if (entry != null) {
        AuditEvent event =
            entry
                .cause()
                .event(
                    key.asOther() ? "message.sent_as_other" : "rest.call",
                    new Target("command", key.command()))
                .withCount(entry.messages().get());
        journal.record(entry.app(), event);
      }
    }
  }

  /** Hands over the last counts. */
  @Override
  public void close() {
    timer.shutdown();
    flush();
  }

  private record Key(long appId, String administrator, String command, boolean asOther) {}

  private record Entry(App app, Cause cause, AtomicInteger messages) {}
}
