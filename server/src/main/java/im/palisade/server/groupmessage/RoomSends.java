package im.palisade.server.groupmessage;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.group.Group;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.message.Receipt;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Origin;
import java.util.Optional;

/** How messages get into live rooms, which keep none; the feature that keeps the rooms does it. */
public interface RoomSends {

  /**
   * Sends; empty when the message was dropped for want of room in the second. May block for as long
   * as the app's own server may take.
   *
   * @throws ImException GROUP_NOT_PERMITTED, GROUP_SENDER_MUTED, GROUP_MESSAGE_RATE_EXCEEDED, and
   *     what the app's own server and moderation answer
   */
  Optional<Receipt> send(Group room, OutgoingMessage message);

  /**
   * Tells the room that a message is taken back.
   *
   * @throws ImException GROUP_NOT_PERMITTED, GROUP_RECALL_NOT_FOUND, GROUP_RECALL_TOO_LATE
   */
  void recall(
      App app, Group room, Account operator, MsgKey key, Optional<String> reason, Origin origin);
}
