package im.palisade.server.message;

import im.palisade.server.moderation.BlockedBy;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;

/** A refusal of a message by what it says, or by the app's own server. */
final class MessageBlocked extends ImException {
  private final BlockedBy by;

  MessageBlocked(BlockedBy by) {
    super(ErrorCode.TEXT_PROHIBITED);
    this.by = by;
  }

  MessageBlocked(BlockedBy by, ImException reason) {
    super(reason.code(), reason.info());
    this.by = by;
  }

  BlockedBy by() {
    return by;
  }
}
