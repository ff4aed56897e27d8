package im.palisade.server.admin.identity;

import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.Origin;
import java.time.Instant;

/**
 * Where a request comes from.
 *
 * @param address the browser's IP address
 * @param browser as it names itself
 */
public record Visit(String address, String browser, String requestId, Instant at) {
  private static final Actor NOBODY = new Actor(ActorKind.ADMIN, "unknown");

  /** What events have in common that this administrator causes. */
  public Cause by(Administrator administrator) {
    return by(new Actor(ActorKind.ADMIN, administrator.ref()));
  }

  /** What events have in common that somebody unknown causes. */
  public Cause byNobody() {
    return by(NOBODY);
  }

  /** An app's own server is told of an administrator of the app, and nothing of who or where. */
  private Cause by(Actor actor) {
    return new Cause(
        actor,
        new Source(Channel.CONSOLE, Cause.networkOf(address)),
        "",
        requestId,
        at,
        Origin.rest("", "127.0.0.1", 0));
  }
}
