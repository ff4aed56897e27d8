package im.palisade.server.audit;

import im.palisade.compliance.audit.AuditEventCatalogue;
import im.palisade.compliance.audit.AuditEventType;
import java.util.List;
import java.util.stream.Stream;

/** What an endpoint, command, console call or job says of its own audit record. */
public sealed interface AuditDeclaration {

  /** It writes events of these types. */
  record Records(List<AuditEventType> types) implements AuditDeclaration {}

  /** It writes none, and says why that is right. */
  record None(String because) implements AuditDeclaration {}

  /** Declares event types by id; an unknown id stops the server from starting. */
  static AuditDeclaration records(String... typeIds) {
    var catalogue = AuditEventCatalogue.shipped();
    return new Records(Stream.of(typeIds).map(catalogue::type).toList());
  }

  /** Declares that there is no event. */
  static AuditDeclaration none(String because) {
    return new None(because);
  }
}
