package im.palisade.server.message;

import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.rest.RestCall;
import im.palisade.server.store.AuditSummary;

/**
 * Sums up what administrators send, for other accounts or in their own name: one event per
 * administrator, command and minute, not one per message. Each message's own row names the
 * administrator and the request.
 */
public final class SendSummary {
  private final AuditSummary summary;

  SendSummary(AuditSummary summary) {
    this.summary = summary;
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
    summary.count(
        app,
        cause,
        new AuditSummary.Kind(
            asOther ? "message.sent_as_other" : "rest.call", new Target("command", command)),
        messages);
  }
}
