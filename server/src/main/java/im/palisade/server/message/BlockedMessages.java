package im.palisade.server.message;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.moderation.BlockedBy;
import im.palisade.server.moderation.TextModeration.Author;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.AuditSummary;
import java.time.Clock;
import java.util.List;
import java.util.OptionalInt;

/**
 * Counts messages that a content rule or the app's own server kept back ({@code message.blocked}):
 * one event per app, door, scene, what blocked them, code and minute. Whose messages they were it
 * does not say: anybody can have any number of them blocked.
 */
final class BlockedMessages {
  private static final String TYPE = "message.blocked";

  static final String PAIR = "C2C";
  static final String GROUP = "Group";
  static final String OFFICIAL = "OfficialAccount";

  private final AuditSummary summary;
  private final Clock clock;

  BlockedMessages(AuditSummary summary, Clock clock) {
    this.summary = summary;
    this.clock = clock;
  }

  /** A message was refused; counted when it was blocked. */
  void refused(OutgoingMessage message, ImException refusal) {
    if (refusal instanceof MessageBlocked blocked) {
      count(
          message.app(),
          author(message),
          scene(message),
          blocked.by(),
          OptionalInt.of(refusal.code()));
    }
  }

  /** The app's own server had a message dropped; its sender knows nothing of it. */
  void dropped(OutgoingMessage message) {
    count(message.app(), author(message), scene(message), BlockedBy.WEBHOOK, OptionalInt.empty());
  }

  /**
   * What was to be said was blocked.
   *
   * @param scene one of the constants here
   * @param code what was answered; empty when success was
   */
  void count(App app, Author author, String scene, BlockedBy by, OptionalInt code) {
    Channel channel =
        switch (author) {
          case CLIENT -> Channel.CLIENT;
          case REST -> Channel.REST;
        };
    Cause cause =
        new Cause(
            Actor.SYSTEM,
            new Source(channel, Cause.ANYWHERE),
            Long.toString(app.appId()),
            "send",
            clock.instant());
    summary.count(
        app,
        cause,
        new AuditSummary.Kind(
            TYPE,
            Outcome.DENIED,
            code,
            List.of(
                new AuditEvent.Target("scene", scene),
                new AuditEvent.Target("rule", by.auditName()))),
        1);
  }

  private static Author author(OutgoingMessage message) {
    return switch (message.door()) {
      case Door.Client _ -> Author.CLIENT;
      case Door.Rest _, Door.Import _ -> Author.REST;
    };
  }

  private static String scene(OutgoingMessage message) {
    return switch (message.target()) {
      case Target.Pair _ -> PAIR;
      case Target.Group _ -> GROUP;
    };
  }
}
