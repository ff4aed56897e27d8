package im.palisade.compliance.log;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.compliance.event.Ulid;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** What the log says of itself: its epochs, its keys and what was removed from it. */
record OwnEvents(AuditLog.Settings settings, InstantSource clock) {

  /** The first entry of an epoch. */
  DraftEntry started(int number, List<LogKey> keys, ObjectNode statement) {
    ObjectNode change = JsonNodeFactory.instance.objectNode();
    ObjectNode epoch = change.putObject("epoch").put("number", number);
    for (LogKey key : keys) {
      epoch
          .withArray("keys")
          .addObject()
          .put("key", key.key().line())
          .put("validFrom", EventEncoder.time(key.from()));
    }
    epoch.setAll(statement);
    return draft(
        AuditEvent.of(
            "audit.writer.start",
            clock.instant(),
            "",
            AuditEvent.Outcome.SUCCESS,
            AuditEvent.Actor.SYSTEM,
            AuditEvent.Source.LOCAL,
            List.of(ofEpoch(number)),
            "start"),
        change);
  }

  /**
   * A key that signs from now on.
   *
   * @param endorsement by the key before
   */
  DraftEntry rotated(
      VerifierKey key,
      Instant from,
      String endorsement,
      AuditEvent.Actor actor,
      AuditEvent.Source source,
      String request) {
    String[] parts = endorsement.split(" ", -1);
    ObjectNode change = JsonNodeFactory.instance.objectNode();
    change.put("key", key.line()).put("validFrom", EventEncoder.time(from));
    change.put("endorsedBy", parts[0]).put("endorsement", parts[1]);
    return draft(
        AuditEvent.of(
            "audit.key.rotate",
            from,
            "",
            AuditEvent.Outcome.SUCCESS,
            actor,
            source,
            List.of(new AuditEvent.Target("audit-key", key.idHex())),
            request),
        change);
  }

  /** Entries of an epoch that are to be removed. */
  DraftEntry pruned(
      int epoch,
      ObjectNode statement,
      AuditEvent.Actor actor,
      AuditEvent.Source source,
      String request) {
    return draft(
        AuditEvent.of(
            "audit.prune",
            clock.instant(),
            "",
            AuditEvent.Outcome.SUCCESS,
            actor,
            source,
            List.of(ofEpoch(epoch)),
            request),
        statement);
  }

  private AuditEvent.Target ofEpoch(int number) {
    return new AuditEvent.Target("audit-log", settings.origin() + "/" + number);
  }

  private DraftEntry draft(AuditEvent event, ObjectNode after) {
    EventEncoder encoder = new EventEncoder(settings.node(), settings.region());
    ObjectNode encoded = encoder.encode(Ulid.next(event.time()), event);
    encoded.putObject("change").set("after", after);
    return DraftEntry.of(encoded, List.of());
  }
}
