package im.palisade.server.liveroom;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.LaneKey;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupService;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.util.List;

/**
 * Client commands around live rooms. {@code group.join} and {@code group.quit} name any group:
 * those of other types are passed on to whoever keeps their members.
 */
final class LiveRoomCommands {
  private final GroupService groups;
  private final AccountService accounts;
  private final LiveRoomService rooms;
  private final StoredGroups stored;

  LiveRoomCommands(
      GroupService groups, AccountService accounts, LiveRoomService rooms, StoredGroups stored) {
    this.groups = groups;
    this.accounts = accounts;
    this.rooms = rooms;
    this.stored = stored;
  }

  List<Command> commands() {
    LaneKey inTurn = LaneKey.field("groupId");
    return List.of(
        new Command(
            "group.join", AuditDeclaration.none("users enter by themselves"), inTurn, this::join),
        new Command(
            "group.quit", AuditDeclaration.none("users leave by themselves"), inTurn, this::quit),
        new Command(
            "group.online", AuditDeclaration.none("tells how many are in a room"), this::online));
  }

  private void join(CommandCall call) {
    Group group = group(call);
    if (!group.type().isLive()) {
      stored.join(call, group);
      return;
    }
    App app = call.principal().app();
    rooms.enter(app, group, self(call), call.session());
    call.reply(Json.object().put("memberNum", rooms.online(app, group)));
  }

  private void quit(CommandCall call) {
    Group group = group(call);
    if (!group.type().isLive()) {
      stored.quit(call, group);
      return;
    }
    if (group.ownerId() == call.principal().accountId()) {
      throw new ImException(ErrorCode.GROUP_OWNER_QUITS);
    }
    rooms.leave(call.principal().app(), group, self(call), call.session());
    call.reply();
  }

  private void online(CommandCall call) {
    Group group = group(call);
    if (!group.type().isLive()) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not a live room");
    }
    call.reply(Json.object().put("count", rooms.online(call.principal().app(), group)));
  }

  private Group group(CommandCall call) {
    return groups.require(
        call.principal().app(), call.text("groupId", ErrorCode.GROUP_INVALID_PARAMETER));
  }

  private Account self(CommandCall call) {
    return accounts
        .find(call.principal().app(), call.principal().userId())
        .filter(account -> account.id() == call.principal().accountId())
        .orElseThrow(() -> new ImException(ErrorCode.GROUP_ACCOUNT_NOT_FOUND));
  }
}
