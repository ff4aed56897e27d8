package im.palisade.server.message;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;

/** Whether what a client sends reaches its receiver (message-formats §5.5); REST never asks. */
public final class SendPermission {
  private final Blocklist blocklist;

  SendPermission(Blocklist blocklist) {
    this.blocklist = blocklist;
  }

  /** Who has blocked whom; asked for every message, so it must answer from memory. */
  @FunctionalInterface
  public interface Blocklist {
    /** Whether {@code blocker} has {@code blocked} in its blocklist. */
    boolean blocks(App app, Account blocker, Account blocked);
  }

  /**
   * Whether the message is for the receiver as well, and not only kept for a sender who is to see
   * success.
   *
   * @throws ImException 20007 when the receiver has blocked the sender and the app lets it know
   */
  boolean reaches(App app, Account sender, Account recipient) {
    if (!blocklist.blocks(app, recipient, sender)) {
      return true;
    }
    if (!app.settings().blockedShowsSuccess()) {
      throw new ImException(ErrorCode.BLOCKED_BY_RECIPIENT);
    }
    return false;
  }
}
