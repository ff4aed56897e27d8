package im.palisade.server.message;

import im.palisade.server.message.OutgoingMessage.Door;

/** When a message is one that is there already: the rules per door, decided under the lock. */
final class DuplicateRule {
  /**
   * Client sends, and whatever goes to groups: same sender, conversation and random
   * (client-protocol, Sending; group-semantics §7.3).
   */
  static final long WINDOW_SECONDS = 300;

  private DuplicateRule() {}

  /** A message with the same conversation and random that was there before. */
  record Earlier(long seq, long senderId, MsgKey key, int flags) {}

  /** Whether {@code submission}, to be stored at {@code now}, repeats {@code earlier}. */
  static boolean repeats(Submission submission, Earlier earlier, long now) {
    OutgoingMessage message = submission.message();
    boolean sameSender = earlier.senderId() == message.sender().id();
    if (message.target() instanceof Target.Group) {
      // An import's own time decides: what it imports was sent then.
      return sameSender && Math.abs(earlier.key().time() - now) <= WINDOW_SECONDS;
    }
    boolean earlierFromRest = MessageFlags.has(earlier.flags(), MessageFlags.FROM_REST);
    boolean earlierImported = MessageFlags.has(earlier.flags(), MessageFlags.IMPORTED);
    return switch (message.door()) {
      case Door.Client _ ->
          sameSender
              && !earlierFromRest
              && !earlierImported
              && earlier.key().time() >= now - WINDOW_SECONDS;
      case Door.Rest _ ->
          sameSender
              && earlier.key().time() == now
              && (sameKey(message, earlier) || (earlierFromRest && sameSecond(message, earlier)));
      case Door.Import _ -> earlier.key().time() == now && sameKey(message, earlier);
    };
  }

  private static boolean sameKey(OutgoingMessage message, Earlier earlier) {
    return message.msgSeq().isPresent() && message.msgSeq().getAsLong() == earlier.key().msgSeq();
  }

  /** MsgRandom alone decides, unless both requests chose a MsgSeq. */
  private static boolean sameSecond(OutgoingMessage message, Earlier earlier) {
    boolean bothChose =
        message.msgSeqGiven() && MessageFlags.has(earlier.flags(), MessageFlags.MSG_SEQ_GIVEN);
    return !bothChose || sameKey(message, earlier);
  }
}
