package im.palisade.server.callback;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.server.audit.Cause;
import java.time.Instant;

/** How webhooks that were given up stand in the audit log. */
final class GivenUp {
  private GivenUp() {}

  static AuditEvent event(long appId, int count, Instant now) {
    return new Cause(Actor.SYSTEM, Source.LOCAL, Long.toString(appId), "webhook-delivery", now)
        .event("callback.dropped")
        .withCount(count);
  }
}
