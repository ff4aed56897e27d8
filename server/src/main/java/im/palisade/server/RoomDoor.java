package im.palisade.server;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.group.Group;
import im.palisade.server.groupmessage.RoomSends;
import im.palisade.server.liveroom.RoomMessages;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.message.Receipt;
import im.palisade.server.protocol.Origin;
import java.util.Optional;

/** The way from messages of groups to those of live rooms. */
final class RoomDoor {
  private RoomDoor() {}

  static RoomSends of(RoomMessages rooms) {
    return new RoomSends() {
      @Override
      public Optional<Receipt> send(Group room, OutgoingMessage message) {
        return rooms.send(room, message);
      }

      @Override
      public void recall(
          App app,
          Group room,
          Account operator,
          MsgKey key,
          Optional<String> reason,
          Origin origin) {
        rooms.recall(app, room, operator, key, reason, origin);
      }
    };
  }
}
