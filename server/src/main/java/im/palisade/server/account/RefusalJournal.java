package im.palisade.server.account;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.App;
import im.palisade.server.app.Principal;
import im.palisade.server.audit.Cause;
import im.palisade.server.rest.RefusalAudit;
import im.palisade.server.store.AuditJournal;
import im.palisade.server.store.AuditSummary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts refused credentials and calls on record. Anybody can provoke refusals at any rate, so the
 * first of a kind (app, type, code, who, network) is recorded at once and the rest of its minute as
 * one event with their count; and beyond {@link #MAX_KINDS} kinds a minute, who and from where is
 * given up.
 */
public final class RefusalJournal implements RefusalAudit, AutoCloseable {
  /** Kinds of refusal told apart in a minute. */
  static final int MAX_KINDS = 256;

  private static final Logger LOG = LoggerFactory.getLogger(RefusalJournal.class);

  private final AuditJournal journal;
  private final AuditSummary summary;
  private final Map<Kind, Repeats> kinds = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("refusal-journal").factory());

  public RefusalJournal(AuditJournal journal, AuditSummary summary) {
    this.journal = journal;
    this.summary = summary;
    var _ = timer.scheduleAtFixedRate(this::flush, 1, 1, TimeUnit.MINUTES);
  }

  private record Kind(String type, long appId, int code, Actor actor, Source source) {
    Kind anybodyAnywhere() {
      return new Kind(
          type,
          appId,
          code,
          new Actor(actor.kind(), "unknown"),
          new Source(source.channel(), Cause.ANYWHERE));
    }
  }

  /** How often a kind came again since its first was recorded, and its latest cause. */
  private record Repeats(Optional<App> app, Cause last, int count) {
    Repeats oneMore(Cause cause) {
      return new Repeats(app, cause, count + 1);
    }
  }

  @Override
  public void refused(RefusedCall call) {
    Actor actor =
        call.caller()
            .map(Principal::subjectRef)
            .map(ref -> new Actor(ActorKind.USER, ref))
            .orElse(new Actor(ActorKind.SERVICE, "unknown"));
    Source source = new Source(Channel.REST, Cause.networkOf(call.address()));
    record(
        call.isAboutCredential() ? "auth.api.rejected" : "rest.denied",
        call.app(),
        new Cause(actor, source, "", call.requestId(), call.receivedAt()).seenAt(call.address()),
        call.code());
  }

  /** Only administrators are limited, whose number is small: each is counted, by command. */
  @Override
  public void limited(LimitedCall call) {
    App app = call.caller().app();
    Cause cause =
        new Cause(
                new Actor(ActorKind.ADMIN, call.caller().subjectRef()),
                new Source(Channel.REST, Cause.networkOf(call.address())),
                Long.toString(app.appId()),
                call.requestId(),
                call.receivedAt())
            .seenAt(call.address());
    summary.count(
        app,
        cause,
        AuditSummary.Kind.denied(
            "rest.ratelimited", call.code(), new Target("command", call.endpoint().path())),
        1);
  }

  /**
   * Records a refusal of that type.
   *
   * @param app empty when none known was named
   * @param cause outside any app
   */
  void record(String type, Optional<App> app, Cause cause, int code) {
    Kind exact =
        new Kind(type, app.map(App::appId).orElse(0L), code, cause.actor(), cause.source());
    Kind kind =
        kinds.size() < MAX_KINDS || kinds.containsKey(exact) ? exact : exact.anybodyAnywhere();
    Repeats seen =
        kinds.compute(
            kind,
            (_, repeats) -> repeats == null ? new Repeats(app, cause, 0) : repeats.oneMore(cause));
    if (seen.count() == 0) {
      write(kind, seen, 1);
    }
  }

  /** Records what came again, and begins a new minute. */
  void flush() {
    for (Kind kind : List.copyOf(kinds.keySet())) {
      Repeats repeats = kinds.remove(kind);
      if (repeats != null && repeats.count() > 0) {
        try {
          write(kind, repeats, repeats.count());
        } catch (RuntimeException e) {
          LOG.error("{} refusals could not be recorded", repeats.count(), e);
        }
      }
    }
  }

  private void write(Kind kind, Repeats repeats, int count) {
    Cause last = repeats.last();
    Cause cause =
        new Cause(
                kind.actor(),
                kind.source(),
                repeats.app().map(App::appId).map(String::valueOf).orElse(""),
                last.request(),
                last.time())
            .seenAt(kind.source().net().equals(Cause.ANYWHERE) ? "" : last.address());
    AuditEvent event =
        cause
            .event(kind.type(), Outcome.DENIED, List.of())
            .withOutcomeCode(kind.code())
            .withCount(count);
    repeats.app().ifPresentOrElse(app -> journal.record(app, event), () -> journal.record(event));
  }

  /** Records the last counts. */
  @Override
  public void close() {
    timer.shutdown();
    flush();
  }
}
