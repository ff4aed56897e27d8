package im.palisade.server.message;

import im.palisade.server.app.App;
import im.palisade.server.message.MessageHooks.Verdict;
import im.palisade.server.moderation.BlockedBy;
import im.palisade.server.moderation.TextModeration.Author;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.StoreException;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * What a permitted message passes before it is stored: the app's own server, then moderation
 * (callbacks §2).
 */
final class MessageGate {
  private static final long U32 = 0xFFFF_FFFFL;

  private final MessageHooks hooks;
  private final MessageModeration moderation;
  private final Bundles bundles;
  private final Clock clock;
  private final AtomicLong lastNumber = new AtomicLong();

  MessageGate(MessageHooks hooks, MessageModeration moderation, Bundles bundles, Clock clock) {
    this.hooks = hooks;
    this.bundles = bundles;
    this.moderation = moderation;
    this.clock = clock;
  }

  /**
   * Lets a message pass; may block for as long as the app's own server may take.
   *
   * @param repeated whether it is there already, as far as can be seen without a lock
   * @throws ImException when somebody objects
   * @throws StoreException when the store cannot be read
   */
  Admission admit(OutgoingMessage offered, BooleanSupplier repeated) {
    bundles.require(
        offered.app(),
        offered.body(),
        switch (offered.target()) {
          case Target.Pair _ -> ErrorCode.MSG_ELEMENT_MALFORMED;
          case Target.Group _ -> ErrorCode.GROUP_INVALID_PARAMETER;
        });
    // A repeated send is answered with the first one's receipt: nobody is asked about it again.
    if (!hooks.asks(offered) || repeated.getAsBoolean()) {
      return new Admission.Admitted(moderated(offered), false);
    }
    OutgoingMessage numbered = numbered(offered);
    return switch (hooks.before(numbered)) {
      case Verdict.Pass pass -> new Admission.Admitted(moderated(pass.message()), pass.replaced());
      case Verdict.Drop _ -> new Admission.Dropped(receipt(numbered));
      case Verdict.Refuse refuse -> throw new MessageBlocked(BlockedBy.WEBHOOK, refuse.reason());
    };
  }

  Bundles bundles() {
    return bundles;
  }

  OutgoingMessage moderated(OutgoingMessage message) {
    try {
      return moderation.pass(message);
    } catch (ImException refusal) {
      hooks.refused(numbered(message), refusal);
      throw refusal;
    }
  }

  MessageBody moderatedEdit(App app, Author author, MessageBody body) {
    bundles.require(app, body, ErrorCode.GROUP_INVALID_PARAMETER);
    return moderation.passGroupEdit(app, author, body);
  }

  /** MsgKey is told before the commit, so its numbers cannot wait for it; a group's can. */
  OutgoingMessage numbered(OutgoingMessage message) {
    if (message.target() instanceof Target.Group) {
      return message;
    }
    long time = message.time().orElseGet(() -> clock.instant().getEpochSecond());
    return message.withKey(message.msgSeq().orElseGet(() -> number(message)), time);
  }

  /** Rising within a second, since messages of one second are listed by it. */
  private long number(OutgoingMessage message) {
    if (message.fromBackEnd()) {
      return ThreadLocalRandom.current().nextInt() & U32;
    }
    long now = clock.millis();
    return lastNumber.updateAndGet(last -> Math.max(last + 1, now)) & U32;
  }

  private Receipt receipt(OutgoingMessage numbered) {
    long time = numbered.time().orElseGet(() -> clock.instant().getEpochSecond());
    MsgKey key = new MsgKey(numbered.msgSeq().orElse(0), numbered.random(), time);
    return new Receipt(0, key, numbered.sender().id(), false);
  }
}
