package im.palisade.server.audit;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.compliance.audit.AuditEvent.Target;
import java.time.Instant;
import java.util.List;

/**
 * Who makes something happen, over what way and in which request: what every audit event of one act
 * has in common.
 *
 * @param app SDKAppID as text, or empty for the installation
 * @param request correlation id
 */
public record Cause(Actor actor, Source source, String app, String request, Instant time) {

  /** The server acting on its own, outside any app. */
  public static Cause system(Instant time) {
    return new Cause(Actor.SYSTEM, Source.LOCAL, "", "start", time);
  }

  /** The part of an address that events keep: its /24 or /48 network. */
  public static String networkOf(String address) {
    if (address.indexOf(':') < 0) {
      int last = address.lastIndexOf('.');
      return last < 0 ? "local" : address.substring(0, last) + ".0/24";
    }
    String[] groups = address.split(":", -1);
    StringBuilder network = new StringBuilder();
    for (int i = 0; i < 3 && i < groups.length; i++) {
      if (groups[i].isEmpty() && i > 0) {
        break;
      }
      network.append(groups[i].isEmpty() ? "0" : groups[i]).append(':');
    }
    return network.append(":/48").toString();
  }

  /** The same cause within an app. */
  public Cause within(long appId) {
    return new Cause(actor, source, Long.toString(appId), request, time);
  }

  /** An event of a successful act. */
  public AuditEvent event(String type, Target... targets) {
    return event(type, Outcome.SUCCESS, List.of(targets));
  }

  /** An event. */
  public AuditEvent event(String type, Outcome outcome, List<Target> targets) {
    return AuditEvent.of(type, time, app, outcome, actor, source, targets, request);
  }
}
