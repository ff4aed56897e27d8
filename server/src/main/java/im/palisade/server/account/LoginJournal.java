package im.palisade.server.account;

import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.AppService;
import im.palisade.server.app.Principal;
import im.palisade.server.audit.Cause;
import im.palisade.server.gateway.KickReason;
import im.palisade.server.gateway.LoginAudit;
import im.palisade.server.gateway.Session;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.store.AuditJournal;
import java.time.Clock;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts client sign-ons on record; a claimed UserID is personal data and stays out. */
public final class LoginJournal implements LoginAudit {
  /** What a refusal for the signature alone is answered with. */
  private static final Set<Integer> SIGNATURE =
      Stream.of(
              ErrorCode.SIG_EXPIRED,
              ErrorCode.SIG_EMPTY,
              ErrorCode.SIG_MALFORMED,
              ErrorCode.SIG_MISMATCH,
              ErrorCode.SIG_OTHER_USER,
              ErrorCode.SIG_OTHER_APP,
              ErrorCode.SIG_NO_KEY)
          .map(ErrorCode::number)
          .collect(Collectors.toUnmodifiableSet());

  private final AuditJournal journal;
  private final RefusalJournal refusals;
  private final AppService apps;
  private final Clock clock;

  public LoginJournal(AuditJournal journal, RefusalJournal refusals, AppService apps, Clock clock) {
    this.journal = journal;
    this.refusals = refusals;
    this.apps = apps;
    this.clock = clock;
  }

  @Override
  public void accepted(Session session) {
    record(session, "auth.user.login");
  }

  @Override
  public void loggedOut(Session session) {
    record(session, "auth.user.logout");
  }

  @Override
  public void kicked(Session session, KickReason reason) {
    record(session, "auth.user.kicked");
  }

  @Override
  public void refused(long sdkAppId, String userId, String address, int code) {
    Cause cause =
        new Cause(
                new Actor(ActorKind.USER, "unknown"),
                new Source(Channel.CLIENT, Cause.networkOf(address)),
                "",
                "login",
                clock.instant())
            .seenAt(address);
    refusals.record(
        SIGNATURE.contains(code) ? "auth.usersig.rejected" : "auth.user.login_failed",
        apps.find(sdkAppId),
        cause,
        code);
  }

  private void record(Session session, String type) {
    Principal who = session.principal();
    Cause cause =
        new Cause(
                new Actor(ActorKind.USER, who.subjectRef()),
                new Source(Channel.CLIENT, Cause.networkOf(session.address())),
                Long.toString(who.app().appId()),
                session.id(),
                clock.instant())
            .seenAt(session.address());
    journal.record(
        who.app(),
        cause.event(
            type,
            new Target("session", session.id()),
            new Target("platform", session.platform().wireName())));
  }
}
