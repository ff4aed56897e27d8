package im.palisade.server.message;

import im.palisade.server.conversation.Conversation;

/** A message in the hands of a writer, with what its commit will give it. */
final class Submission {
  private final OutgoingMessage message;
  private final Conversation conversation;
  private final byte[] content;
  private final Completion completion;

  private long seq;
  private long time;
  private long msgSeq;
  private long counted;
  private Outcome outcome = Outcome.PENDING;
  private MsgKey duplicateOf;

  Submission(
      OutgoingMessage message, Conversation conversation, byte[] content, Completion completion) {
    this.message = message;
    this.conversation = conversation;
    this.content = content;
    this.completion = completion;
  }

  /** How a batch ended for one message. */
  enum Outcome {
    PENDING,
    STORED,
    DUPLICATE,
    /** What its permissions rest on has changed: check again. */
    STALE
  }

  /** Who waits for a message; called once, on the writer's thread, so it must not block. */
  interface Completion {
    void done(Submission submission);

    void failed(Failure failure);
  }

  /** Why a message was not acknowledged. */
  enum Failure {
    /** It may have been stored: the sender must retry with the same random. */
    OUTCOME_UNKNOWN,
    /** It was not stored. */
    NOT_STORED,
    /** The server is stopping or its queue is full. */
    OVERLOADED
  }

  OutgoingMessage message() {
    return message;
  }

  Conversation conversation() {
    return conversation;
  }

  byte[] content() {
    return content;
  }

  Completion completion() {
    return completion;
  }

  Outcome outcome() {
    return outcome;
  }

  long seq() {
    return seq;
  }

  long time() {
    return time;
  }

  long msgSeq() {
    return msgSeq;
  }

  long counted() {
    return counted;
  }

  void reset() {
    outcome = Outcome.PENDING;
  }

  void stored(long newSeq, long newTime, long newMsgSeq, long newCounted) {
    seq = newSeq;
    time = newTime;
    msgSeq = newMsgSeq;
    counted = newCounted;
    outcome = Outcome.STORED;
  }

  void duplicate(long firstSeq, MsgKey first) {
    seq = firstSeq;
    duplicateOf = first;
    outcome = Outcome.DUPLICATE;
  }

  void stale() {
    outcome = Outcome.STALE;
  }

  Receipt receipt() {
    boolean duplicate = outcome == Outcome.DUPLICATE;
    MsgKey key = duplicate ? duplicateOf : new MsgKey(msgSeq, message.random(), time);
    return new Receipt(seq, key, message.sender().id(), duplicate);
  }

  /** Bits of {@link MessageFlags} the row gets. */
  int flags() {
    int flags = message.recipientCopy() ? MessageFlags.RECIPIENT_COPY : 0;
    if (message.senderCopy()) {
      flags |= MessageFlags.SENDER_COPY;
    }
    if (message.needsReceipt()) {
      flags |= MessageFlags.NEEDS_RECEIPT;
    }
    if (message.extensible()) {
      flags |= MessageFlags.EXTENSIBLE;
    }
    if (counts()) {
      flags |= MessageFlags.COUNTED;
    }
    if (message.noLastMessage()) {
      flags |= MessageFlags.NOT_LAST;
    }
    if (message.door() instanceof OutgoingMessage.Door.Rest) {
      flags |= MessageFlags.FROM_REST;
    }
    if (message.isImport()) {
      flags |= MessageFlags.IMPORTED;
    }
    if (message.msgSeqGiven()) {
      flags |= MessageFlags.MSG_SEQ_GIVEN;
    }
    if (message.body().isMarked()) {
      flags |= MessageFlags.MARKED;
    }
    return flags;
  }

  /** A note to oneself is read already. */
  boolean counts() {
    return message.recipientCopy()
        && !message.noUnread()
        && message.sender().id() != message.recipient().id();
  }
}
