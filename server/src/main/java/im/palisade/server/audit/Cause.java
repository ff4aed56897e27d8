package im.palisade.server.audit;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Personal;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.protocol.Origin;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;

/**
 * Who makes something happen, over what way and in which request: what every audit event of one act
 * has in common.
 *
 * @param app SDKAppID as text, or empty for the installation
 * @param request correlation id
 * @param origin what webhooks tell of it; never part of an event
 * @param address full address, of which events hold a commitment only; empty when there is none
 * @param caseId the case that allows it; empty when none is named
 */
public record Cause(
    Actor actor,
    Source source,
    String app,
    String request,
    Instant time,
    Origin origin,
    String address,
    String caseId) {

  /** The network of sources too many to be told apart. */
  public static final String ANYWHERE = "any";

  /** A cause at the address that its origin names. */
  public Cause(
      Actor actor, Source source, String app, String request, Instant time, Origin origin) {
    this(
        actor,
        source,
        app,
        request,
        time,
        origin,
        origin.equals(Origin.SERVER) ? "" : origin.address(),
        "");
  }

  /** A cause of which webhooks tell no origin but the server. */
  public Cause(Actor actor, Source source, String app, String request, Instant time) {
    this(actor, source, app, request, time, Origin.SERVER);
  }

  /** The server acting on its own, outside any app. */
  public static Cause system(Instant time) {
    return new Cause(Actor.SYSTEM, Source.LOCAL, "", "start", time);
  }

  /** The /24 of an IPv4 address or the /48 of an IPv6 one: events must not say more. */
  public static String networkOf(String address) {
    byte[] bytes;
    try {
      bytes = InetAddress.ofLiteral(address).getAddress();
    } catch (IllegalArgumentException e) {
      return "local";
    }
    if (bytes.length == 4) {
      return (bytes[0] & 255) + "." + (bytes[1] & 255) + "." + (bytes[2] & 255) + ".0/24";
    }
    return String.format("%x:%x:%x::/48", pair(bytes, 0), pair(bytes, 2), pair(bytes, 4));
  }

  /** The same cause with what webhooks tell of where it came from. */
  public Cause from(Origin other) {
    return new Cause(actor, source, app, request, time, other, address, caseId);
  }

  /** The same cause at that address. */
  public Cause seenAt(String where) {
    return new Cause(actor, source, app, request, time, origin, where, caseId);
  }

  /** The same cause within an app. */
  public Cause within(long appId) {
    return new Cause(actor, source, Long.toString(appId), request, time, origin, address, caseId);
  }

  /** The same cause within a case. */
  public Cause inCase(String id) {
    return new Cause(actor, source, app, request, time, origin, address, id);
  }

  /** An event of a successful act. */
  public AuditEvent event(String type, Target... targets) {
    return event(type, Outcome.SUCCESS, List.of(targets));
  }

  /** An event. */
  public AuditEvent event(String type, Outcome outcome, List<Target> targets) {
    AuditEvent event =
        AuditEvent.of(type, time, app, outcome, actor, source, targets, request).withCase(caseId);
    return address.isEmpty()
        ? event
        : event.withPersonal(List.of(new Personal(actor.ref(), "source.ip", address)));
  }

  private static int pair(byte[] bytes, int at) {
    return (bytes[at] & 255) << 8 | (bytes[at + 1] & 255);
  }
}
