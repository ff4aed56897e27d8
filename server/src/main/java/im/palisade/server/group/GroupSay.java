package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.gateway.AudienceId;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.EncodedFrame;

/** Says something to everybody of a group, or in a live room, who is connected. */
final class GroupSay {
  private final Audiences audiences;
  private final LiveRooms rooms;

  GroupSay(Audiences audiences, LiveRooms rooms) {
    this.audiences = audiences;
    this.rooms = rooms;
  }

  void toMembers(App app, Group group, EncodedFrame frame) {
    if (group.type().isLive()) {
      rooms.say(app, group, frame);
    } else {
      audiences.say(new AudienceId(app.appId(), group.id()), frame);
    }
  }
}
