package im.palisade.server.gateway;

import im.palisade.server.audit.AuditDeclaration;

/**
 * A client command: its name on the wire, its audit record, what of it must be done in turn, and
 * who serves it.
 */
public record Command(String name, AuditDeclaration audit, LaneKey lane, CommandHandler handler) {

  /** A command whose calls need no order. */
  public Command(String name, AuditDeclaration audit, CommandHandler handler) {
    this(name, audit, LaneKey.NONE, handler);
  }
}
