package im.palisade.server.liveroom;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupService;
import im.palisade.server.liveroom.Attendance.Marking;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.util.List;

/** Client commands of live rooms alone; entering and leaving are those of all groups. */
final class LiveRoomCommands {
  private static final Param<String> GROUP_ID = Param.id("groupId", "the room").required();

  private static final Param<List<String>> MARKED = Param.ids("userIds", 1, 500, "whom").required();
  private static final Param<Long> MARK =
      Param.number("mark", Marks.FIRST_FREE, Integer.MAX_VALUE, "a label of the app's").required();
  private static final Param<Boolean> SET =
      Param.flag("set", "false takes it away").defaultsTo(true);

  private final GroupService groups;
  private final LiveRoomService rooms;
  private final Attendance attendance;

  LiveRoomCommands(GroupService groups, LiveRoomService rooms, Attendance attendance) {
    this.groups = groups;
    this.rooms = rooms;
    this.attendance = attendance;
  }

  List<Command> commands() {
    return List.of(
        Command.of("group.online", ErrorCode.GROUP_INVALID_PARAMETER)
            .forGuests()
            .meaning("How many are in a live room.")
            .params(GROUP_ID)
            .reply(ReplyField.of("count", "sessions that are in"))
            .codes(ErrorCode.GROUP_NOT_FOUND, ErrorCode.GROUP_NOT_PERMITTED)
            .handledBy(AuditDeclaration.none("tells how many are in a room"), this::online),
        Command.of("group.mark", ErrorCode.GROUP_INVALID_PARAMETER)
            .inTurnBy(GROUP_ID)
            .meaning(
                "Marks accounts that are in a live room, or takes the mark away; by its owner. A"
                    + " mark ends with the presence. At most 10 marks in a room, 1,000 accounts"
                    + " with one.")
            .params(GROUP_ID, MARKED, MARK, SET)
            .reply(ReplyField.of("userIds", "those who were there"))
            .codes(ErrorCode.GROUP_NOT_FOUND, ErrorCode.GROUP_NOT_PERMITTED)
            .handledBy(
                AuditDeclaration.none("marks end with the presence they are on"), this::mark));
  }

  private void mark(CommandCall call) {
    Group group = room(call);
    if (group.ownerId() != call.principal().accountId()) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
    List<Integer> mark = List.of(call.get(MARK).intValue());
    List<Marking> markings =
        call.get(MARKED).stream().map(userId -> new Marking(userId, mark)).toList();
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("userIds");
    attendance
        .mark(call.principal().app(), group, call.get(SET), markings, call.principal().userId())
        .keySet()
        .forEach(list::add);
    call.reply(reply);
  }

  private void online(CommandCall call) {
    Group group = room(call);
    call.reply(Json.object().put("count", rooms.online(call.principal().app(), group)));
  }

  private Group room(CommandCall call) {
    Group group = groups.require(call.principal().app(), call.get(GROUP_ID));
    if (!group.type().isLive()) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not a live room");
    }
    return group;
  }
}
