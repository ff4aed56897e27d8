package im.palisade.server.groupmessage;

import im.palisade.server.message.MessageBody;
import im.palisade.server.message.Priority;
import java.util.List;
import java.util.Optional;

/**
 * A message as its sender wants it, before anybody has asked whether the group allows that.
 *
 * @param random the sender's idempotency key
 * @param to UserIDs of a targeted message; empty for everybody
 * @param mentions UserIDs in the order of the text, with {@code GroupNote.EVERYBODY} for all
 * @param offlinePush compact JSON of push settings
 */
record Draft(
    MessageBody body,
    long random,
    Priority priority,
    boolean onlineOnly,
    boolean noUnread,
    boolean noLastMessage,
    boolean needsReceipt,
    boolean extensible,
    List<String> to,
    List<String> mentions,
    Optional<String> offlinePush) {
  /** Most mentions of a message. */
  static final int MAX_MENTIONS = 30;

  /** Most receivers of a targeted message. */
  static final int MAX_RECEIVERS = 50;
}
