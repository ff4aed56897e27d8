package im.palisade.server.message;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import java.util.List;

/** What became of stored messages, for whoever must know of it in the same transaction. */
public sealed interface MessageFact {
  /** The app it happened in. */
  App app();

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
}
