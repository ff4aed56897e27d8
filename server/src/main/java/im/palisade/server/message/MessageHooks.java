package im.palisade.server.message;

import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;

/**
 * The app's own server in the path of a message: asked before it is stored, told afterwards. What
 * follows the commit of a message is told through the commit feed, everything else here.
 */
public interface MessageHooks {

  /** Nobody takes part. */
  MessageHooks NONE =
      new MessageHooks() {
        @Override
        public boolean asks(OutgoingMessage message) {
          return false;
        }

        @Override
        public Verdict before(OutgoingMessage message) {
          return new Verdict.Pass(message, false);
        }

        @Override
        public boolean follows(OutgoingMessage message) {
          return false;
        }

        @Override
        public void refused(OutgoingMessage message, ImException reason) {}

        @Override
        public void sentOnline(OutgoingMessage message, MsgKey key) {}

        @Override
        public void happened(UnitOfWork unit, MessageFact fact, Cause cause) {}

        @Override
        public void told(MessageFact fact, Origin origin) {}

        @Override
        public void judged(OutgoingMessage message, Receipt receipt) {}

        @Override
        public void misdirected(Misdirected attempt, ImException reason) {}
      };

  /** What becomes of a message that was asked about. */
  sealed interface Verdict {
    /**
     * It goes on.
     *
     * @param replaced whether its content is no longer what the sender has on screen
     */
    record Pass(OutgoingMessage message, boolean replaced) implements Verdict {}

    /** The sender is told of success, and that is all. */
    record Drop() implements Verdict {}

    /** The sender is told why not. */
    record Refuse(ImException reason) implements Verdict {}
  }

  /** Whether somebody wants to be asked about the message; from memory. */
  boolean asks(OutgoingMessage message);

  /** Asks; may block for 2 s. MsgSeq and time of the message are given and stay. */
  Verdict before(OutgoingMessage message);

  /** Whether the feed is to note the message for being told of; from memory. */
  boolean follows(OutgoingMessage message);

  /** A message that nobody objected to was refused after all; must not block. */
  void refused(OutgoingMessage message, ImException reason);

  /** An online-only message was delivered; must not block. */
  void sentOnline(OutgoingMessage message, MsgKey key);

  /** What happened becomes known if and only if the unit commits. */
  void happened(UnitOfWork unit, MessageFact fact, Cause cause) throws SQLException;

  /** The same of something that no transaction stores; must not block. */
  void told(MessageFact fact, Origin origin);

  /**
   * A message for a group that cannot be found.
   *
   * @param from UserID of the displayed sender
   * @param body what of it could be read
   */
  record Misdirected(
      App app,
      GroupRef group,
      String from,
      long random,
      boolean onlineOnly,
      MessageBody body,
      Announced announced) {}

  /** A message passed moderation and has its number; must not block. */
  void judged(OutgoingMessage message, Receipt receipt);

  /** A message went nowhere for want of its group; must not block. */
  void misdirected(Misdirected attempt, ImException reason);
}
