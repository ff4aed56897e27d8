package im.palisade.server.conversation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Conversations that look one-to-one to a user though no account stands on the other side. The
 * feature that keeps them answers for them wherever a peer is named.
 */
public interface ConversationKeeper {
  /** Whether ids like this are of this kind; no account bears one. */
  boolean names(String id);

  /** The newest entries of the owner's list, pinned ones first. */
  List<RecentContacts.Entry> recent(App app, Account owner, int limit);

  /** The conversation the owner has with it, if there is one. */
  OptionalLong conversation(App app, Account owner, String id);

  /** Takes it off the owner's list until its next message; one that is not on it is no error. */
  void hide(UnitOfWork unit, App app, Account owner, String id, boolean clear) throws SQLException;

  /** Unread messages of all of them that count toward the owner's total. */
  int unread(App app, Account owner);

  /** Unread messages of one; empty when the owner has no such conversation. */
  OptionalInt unread(App app, Account owner, String id);

  /**
   * Marks everything up to a second (inclusive) as read, never backwards.
   *
   * @param upTo UNIX seconds; now when empty
   * @return false when the reader has no such conversation
   */
  boolean markRead(App app, Account reader, String id, OptionalLong upTo, Cause cause);

  /** How the owner receives its messages. */
  ReceiveOption option(App app, Account owner, String id);

  /**
   * Says how the owner receives its messages.
   *
   * @return false when the owner has no such conversation
   */
  boolean setOption(App app, Account owner, String id, ReceiveOption option);

  /**
   * Part of its messages as {@code message.history} answers: strictly between two sequences.
   *
   * @param newest whether the newest are wanted when there are more than {@code limit}
   * @throws im.palisade.server.protocol.ImException when the viewer may not read it
   */
  ObjectNode history(
      App app, Account viewer, String id, long after, long before, boolean newest, int limit);
}
