package im.palisade.server.message;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.relation.Direction;

/** Whether what a client sends reaches its receiver (message-formats §5.5); REST never asks. */
public final class SendPermission {
  private final Blocklist blocklist;
  private final Friendship friendship;

  public SendPermission(Blocklist blocklist, Friendship friendship) {
    this.blocklist = blocklist;
    this.friendship = friendship;
  }

  /** Who has blocked whom; asked for every message, so it must answer from memory. */
  @FunctionalInterface
  public interface Blocklist {
    /** Whether {@code blocker} has {@code blocked} in its blocklist. */
    boolean blocks(App app, Account blocker, Account blocked);
  }

  /** Who is whose friend; asked only where an app lets none but friends chat. */
  @FunctionalInterface
  public interface Friendship {
    /** Who has whom, seen from the sender. */
    Direction between(App app, Account sender, Account recipient);
  }

  /**
   * Whether the message is for the receiver as well, and not only kept for a sender who is to see
   * success.
   *
   * @throws ImException 20007 when the receiver has blocked the sender and the app lets it know,
   *     20009 to 20011 when only friends may chat and they are none
   */
  boolean reaches(App app, Account sender, Account recipient) {
    if (blocklist.blocks(app, recipient, sender)) {
      if (!app.settings().blockedShowsSuccess()) {
        throw new ImException(ErrorCode.BLOCKED_BY_RECIPIENT);
      }
      return false;
    }
    if (app.settings().requireFriend() && sender.id() != recipient.id()) {
      switch (friendship.between(app, sender, recipient)) {
        case BOTH -> {}
        case NONE -> throw new ImException(ErrorCode.NOT_FRIENDS);
        case A_WITH_B -> throw new ImException(ErrorCode.NOT_IN_RECIPIENTS_FRIENDS);
        case B_WITH_A -> throw new ImException(ErrorCode.NOT_IN_SENDERS_FRIENDS);
      }
    }
    return true;
  }
}
