package im.palisade.server.message;

import im.palisade.server.conversation.Conversation;
import im.palisade.server.conversation.ConversationHead;
import im.palisade.server.conversation.ReceiveOption;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Origin;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** A message in the hands of a writer, with what its commit will give it. */
final class Submission implements LaneItem {
  private final OutgoingMessage message;
  private final Conversation conversation;
  private final Permission permission;
  private final byte[] content;
  private final boolean followed;
  private final Completion completion;

  private long seq;
  private long time;
  private long msgSeq;
  private long counted;
  private Outcome outcome = Outcome.PENDING;
  private boolean outdated;
  private ReceiveOption option = ReceiveOption.NOTIFY;
  private ImException refusal;
  private MsgKey duplicateOf;

  /**
   * A message to be written.
   *
   * @param followed whether the feed notes it for webhooks
   */
  Submission(
      OutgoingMessage message,
      Conversation conversation,
      Permission permission,
      byte[] content,
      boolean followed,
      Completion completion) {
    this.message = message;
    this.conversation = conversation;
    this.permission = permission;
    this.content = content;
    this.followed = followed;
    this.completion = completion;
  }

  /** How a batch ended for one message. */
  enum Outcome {
    PENDING,
    STORED,
    DUPLICATE,
    /** Its permission was taken back before its turn came. */
    REFUSED
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
    outdated = false;
    option = ReceiveOption.NOTIFY;
  }

  /** What its recipient has set, as far as it applies to this message. */
  void heed(ReceiveOption set) {
    option = set;
  }

  /** Whether its recipient gets nothing of it before looking into the history. */
  boolean isDiscarded() {
    return option == ReceiveOption.DISCARD;
  }

  /**
   * Asks for the permission again when the version it was given for has passed; false when it is
   * refused now.
   */
  boolean isPermitted(Connection connection, Optional<ConversationHead> head) throws SQLException {
    if (head.isPresent() && head.get().version() == conversation.version()) {
      return true;
    }
    outdated = true;
    try {
      permission.check(connection);
    } catch (ImException e) {
      refusal = e;
      outcome = Outcome.REFUSED;
      return false;
    }
    if (head.isEmpty()) {
      throw new IllegalStateException("conversation vanished");
    }
    return true;
  }

  /** Why it was refused. */
  ImException refusal() {
    return refusal;
  }

  /** Forgets what is cached if that was found out of date. */
  void forgetOutdated() {
    if (outdated) {
      permission.forget();
    }
  }

  @Override
  public void overloaded() {
    completion.failed(Failure.OVERLOADED);
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

  Receipt receipt() {
    boolean duplicate = outcome == Outcome.DUPLICATE;
    MsgKey key = duplicate ? duplicateOf : new MsgKey(msgSeq, message.random(), time);
    return new Receipt(seq, key, message.sender().id(), duplicate);
  }

  /** Bits of {@link MessageFlags} the row gets. */
  int flags() {
    int flags = hasRecipientCopy() ? MessageFlags.RECIPIENT_COPY : 0;
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
    if (option != ReceiveOption.NOTIFY) {
      flags |= MessageFlags.SILENT;
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
    if (message.target() instanceof Target.Group group && group.isTargeted()) {
      flags |= MessageFlags.TARGETED;
    }
    return flags;
  }

  /** What the feed notes of it for webhooks. */
  Optional<CommitFeed.Told> told() {
    if (!followed) {
      return Optional.empty();
    }
    Origin origin = message.announced().origin();
    return Optional.of(
        new CommitFeed.Told(
            conversation.id(),
            seq,
            origin.administrator(),
            origin.depth(),
            origin.platform(),
            origin.address(),
            origin.administrator() ? origin.userId() : ""));
  }

  /** Whether it counts as unread; a note to oneself is read already. */
  boolean counts() {
    return message.recipientCopy()
        && !isDiscarded()
        && !message.noUnread()
        && switch (message.target()) {
          case Target.Pair _ -> !message.isToOneself();
          case Target.Group group -> group.counts() && !group.isTargeted();
        };
  }

  /** What is left of it for live connections. */
  OutgoingMessage delivered() {
    return isDiscarded() ? message.forSenderOnly() : message;
  }

  /** A back end that heeds the option keeps it from the recipient altogether (rest-messages B1). */
  private boolean hasRecipientCopy() {
    return message.recipientCopy() && !(isDiscarded() && message.fromBackEnd());
  }
}
