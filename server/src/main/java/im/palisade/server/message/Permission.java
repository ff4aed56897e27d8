package im.palisade.server.message;

import im.palisade.server.protocol.ImException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * What a message's sending rests on. It was asked before the message was handed over; a writer asks
 * again when the conversation's version has moved since.
 */
public interface Permission {

  /**
   * Asks within the writer's transaction, under the conversation's lock; reads by primary keys
   * only.
   *
   * @throws ImException when the message may not be sent any more
   */
  void check(Connection connection) throws SQLException;

  /** The version it was given for is out of date: what is cached must go. May not block. */
  void forget();

  /**
   * Asked once, when nothing else is in the message's way and before it is stored or delivered:
   * what it takes of a budget is taken then. May block.
   *
   * @throws im.palisade.server.protocol.ImException when there is no room for it now
   */
  default void admit() {}
}
