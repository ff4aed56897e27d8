package im.palisade.server.message;

import im.palisade.server.conversation.ConversationHead;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;

/**
 * A change of a conversation that has its place in the order of its messages. It may run more than
 * once, has no effect outside the transaction, and must neither send nor ask for ordered work: the
 * lane that runs it would wait for itself.
 */
@FunctionalInterface
public interface OrderedWork<T> {
  /**
   * Does the work.
   *
   * @param head the locked conversation; what it says is as of now
   * @param tips takes what is to be told to the group, in order
   */
  T in(UnitOfWork unit, ConversationHead head, Tips tips) throws SQLException;

  /** Takes what a change tells the group. */
  @FunctionalInterface
  interface Tips {
    void append(GroupTip tip);
  }
}
