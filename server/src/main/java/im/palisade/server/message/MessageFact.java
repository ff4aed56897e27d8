package im.palisade.server.message;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import java.util.List;

/** What became of stored messages, for whoever must know of it in the same transaction. */
public sealed interface MessageFact {
  /** The app it happened in. */
  App app();

  /** One in a group or topic. */
  sealed interface OfGroup extends MessageFact {
    /** The group or topic. */
    GroupRef group();

    /** Its conversation; of a live room, its group's. */
    long conversationId();
  }

  /** A message between two was recalled for both. */
  record Recalled(App app, Account sender, Account recipient, MsgKey key) implements MessageFact {}

  /** A message between two has another content. */
  record Modified(App app, Account sender, Account recipient, MsgKey key, MessageBody body)
      implements MessageFact {}

  /** A reader gave receipts for messages of one sender. */
  record Receipted(App app, Account reader, Account sender, List<Receipt> messages)
      implements MessageFact {}

  /**
   * A conversation between two was read.
   *
   * @param time up to which, in UNIX seconds
   */
  record Read(App app, Account reader, Account peer, long time) implements MessageFact {}

  /**
   * Messages in a group were recalled.
   *
   * @param operator UserID of who did it
   */
  record GroupRecalled(
      App app, GroupRef group, long conversationId, String operator, List<Long> seqs)
      implements OfGroup {}

  /**
   * A message in a group has another content.
   *
   * @param operator UserID of who did it
   * @param sender UserID of whose message it is
   */
  record GroupModified(
      App app,
      GroupRef group,
      long conversationId,
      String operator,
      String sender,
      MsgKey key,
      MessageBody body)
      implements OfGroup {}

  /**
   * A member gave receipts for messages in a group.
   *
   * @param reader its UserID
   */
  record GroupReceipted(
      App app, GroupRef group, long conversationId, String reader, List<Count> messages)
      implements OfGroup {

    /** How many have read a message and how many have not. */
    public record Count(long seq, int read, int unread) {}
  }
}
