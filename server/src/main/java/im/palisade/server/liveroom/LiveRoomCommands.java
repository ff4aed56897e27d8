package im.palisade.server.liveroom;

import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupService;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.util.List;

/** Client commands of live rooms alone; entering and leaving are those of all groups. */
final class LiveRoomCommands {
  private static final Param<String> GROUP_ID = Param.id("groupId", "the room").required();

  private final GroupService groups;
  private final LiveRoomService rooms;

  LiveRoomCommands(GroupService groups, LiveRoomService rooms) {
    this.groups = groups;
    this.rooms = rooms;
  }

  List<Command> commands() {
    return List.of(
        Command.of("group.online", ErrorCode.GROUP_INVALID_PARAMETER)
            .meaning("How many are in a live room.")
            .params(GROUP_ID)
            .reply(ReplyField.of("count", "sessions that are in"))
            .codes(ErrorCode.GROUP_NOT_FOUND, ErrorCode.GROUP_NOT_PERMITTED)
            .handledBy(AuditDeclaration.none("tells how many are in a room"), this::online));
  }

  private void online(CommandCall call) {
    Group group = group(call);
    if (!group.type().isLive()) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not a live room");
    }
    call.reply(Json.object().put("count", rooms.online(call.principal().app(), group)));
  }

  private Group group(CommandCall call) {
    return groups.require(call.principal().app(), call.get(GROUP_ID));
  }
}
