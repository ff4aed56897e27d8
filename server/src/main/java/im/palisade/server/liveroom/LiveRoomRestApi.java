package im.palisade.server.liveroom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupService;
import im.palisade.server.liveroom.Attendance.Marking;
import im.palisade.server.liveroom.RoomAuthority.Operator;
import im.palisade.server.message.Bundles;
import im.palisade.server.message.MessageBody;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Live rooms through REST (rest-groups-advanced Part F). */
public final class LiveRoomRestApi {
  private static final String SERVICE = "group_open_http_svc";
  private static final String ROOM_SERVICE = "group_open_avchatroom_http_svc";
  private static final int MAX_TEXT = 1 << 20;
  private static final int SET = 1;
  private static final int REMOVE = 2;

  private static final Field<String> GROUP_ID =
      Field.text("GroupId", MAX_TEXT, "the room").required(ErrorCode.GROUP_INVALID_PARAMETER);
  private static final Field<Long> TIMESTAMP =
      Field.whole("Timestamp", 0, Long.MAX_VALUE, "0, then NextTimestamp of the page before")
          .required();
  private static final Field<Integer> MARK =
      Field.integer("Mark", 0, Integer.MAX_VALUE, "only who carries this mark");
  private static final Field<List<String>> CHECKED =
      accounts("Member_Account", 500, "who may be there").required();
  private static final Field<Integer> COMMAND =
      Field.integer("CommandType", SET, REMOVE, "1 sets, 2 removes").required();
  private static final Field<String> MARKED_ACCOUNT =
      Field.userId("Member_Account", "who is marked").required();
  private static final Field<List<Integer>> MARKS =
      Field.list(
              "Marks",
              new Shape.Int(Integer.MIN_VALUE, Integer.MAX_VALUE, false),
              1,
              MAX_TEXT,
              "1000 and above; 500 stays for three days, 600 is not listed")
          .required();
  private static final Field<List<Fields>> MARKINGS =
      Field.objects("MemberList", 1, 500, List.of(MARKED_ACCOUNT, MARKS), "accounts and marks")
          .whenTooMany(ErrorCode.GROUP_TOO_MANY_ACCOUNTS)
          .required();
  private static final Field<List<String>> ADMINS =
      accounts("Admin_Account", 500, "admins of the room").required();
  private static final Field<List<String>> BANNED =
      accounts("Members_Account", 20, "who is banned").required();
  private static final Field<Long> DURATION =
      Field.whole("Duration", 1, Field.U32_MAX, "seconds; 4294967295 for ever").required();
  private static final Field<String> DESCRIPTION =
      Field.text("Description", 1_000, "shown to those banned").defaultsTo("");
  private static final Field<Integer> LIMIT =
      Field.integer("Limit", 1, 100, "entries of a page").defaultsTo(100);
  private static final Field<Long> OFFSET =
      Field.whole("Offset", 0, Integer.MAX_VALUE, "0, then NextOffset of the page before")
          .required();
  private static final Field<Long> RANDOM =
      Field.u32("Random", "the key against duplicates").required();
  private static final Field<JsonNode> MSG_BODY = Field.raw("MsgBody", "message elements");
  private static final Field<String> FROM_ACCOUNT =
      Field.userId("From_Account", "displayed sender; the caller when absent");
  private static final Field<String> CUSTOM_DATA =
      Field.text("CloudCustomData", MAX_TEXT, "delivered with the message");

  private final GroupService groups;
  private final AccountService accounts;
  private final LiveRoomService rooms;
  private final Attendance attendance;
  private final RoomAuthority authority;
  private final Broadcasts broadcasts;
  private final Supplier<Bundles> bundles;

  LiveRoomRestApi(
      GroupService groups,
      AccountService accounts,
      LiveRoomService rooms,
      Attendance attendance,
      RoomAuthority authority,
      Broadcasts broadcasts,
      Supplier<Bundles> bundles) {
    this.bundles = bundles;
    this.groups = groups;
    this.accounts = accounts;
    this.rooms = rooms;
    this.attendance = attendance;
    this.authority = authority;
    this.broadcasts = broadcasts;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration looks = AuditDeclaration.none("tells who is in a room now");
    return List.of(
        Endpoint.of(SERVICE, "get_online_member_num", Family.GROUP)
            .meaning("Tells how many accounts are in a live room")
            .fields(GROUP_ID)
            .handledBy(looks, this::count),
        Endpoint.of(ROOM_SERVICE, "get_members", Family.GROUP)
            .meaning("Lists who is in a live room")
            .fields(GROUP_ID, TIMESTAMP, MARK)
            .handledBy(looks, this::list),
        Endpoint.of(ROOM_SERVICE, "check_members", Family.GROUP)
            .meaning("Tells which accounts are in a live room")
            .fields(GROUP_ID, CHECKED)
            .handledBy(looks, this::check),
        Endpoint.of(ROOM_SERVICE, "modify_user_info", Family.GROUP)
            .meaning("Sets or removes marks of those in a live room")
            .fields(GROUP_ID, COMMAND, MARKINGS)
            .handledBy(
                AuditDeclaration.none("marks end with the presence they are on"), this::mark),
        Endpoint.of(ROOM_SERVICE, "modify_admin", Family.GROUP)
            .meaning("Appoints or dismisses admins of a live room")
            .fields(GROUP_ID, COMMAND, ADMINS)
            .handledBy(AuditDeclaration.records("group.member.role"), this::changeAdmins),
        Endpoint.of(ROOM_SERVICE, "get_admin_list", Family.GROUP)
            .meaning("Lists the admins of a live room")
            .fields(GROUP_ID)
            .handledBy(AuditDeclaration.none("tells who has an office"), this::admins),
        Endpoint.of(SERVICE, "ban_group_member", Family.GROUP)
            .meaning("Puts accounts out of a live room and keeps them out")
            .fields(GROUP_ID, BANNED, DURATION, DESCRIPTION)
            .handledBy(AuditDeclaration.records("group.member.remove"), this::ban),
        Endpoint.of(SERVICE, "unban_group_member", Family.GROUP)
            .meaning("Lets banned accounts enter a live room again")
            .fields(GROUP_ID, BANNED)
            .handledBy(AuditDeclaration.records("group.update"), this::unban),
        Endpoint.of(SERVICE, "get_group_ban_member", Family.GROUP)
            .meaning("Lists the running bans of a live room")
            .fields(GROUP_ID, LIMIT, OFFSET)
            .handledBy(AuditDeclaration.none("tells who is banned"), this::bans),
        Endpoint.of(SERVICE, "send_broadcast_msg", Family.GROUP)
            .meaning("Sends one message to everybody in any live room")
            .fields(RANDOM, MSG_BODY, FROM_ACCOUNT, CUSTOM_DATA)
            .handledBy(AuditDeclaration.records("message.broadcast"), this::broadcast));
  }

  private RestReply count(RestCall call) {
    Group room = room(call);
    return RestReply.ok(Json.object().put("OnlineMemberNum", rooms.online(call.app(), room)));
  }

  private RestReply list(RestCall call) {
    Group room = room(call);
    Attendance.Page page = attendance.list(call.app(), room, call.get(TIMESTAMP), call.find(MARK));
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("MemberList");
    page.attendees()
        .forEach(
            each ->
                list.addObject()
                    .put("Member_Account", each.account().userId())
                    .put("JoinTime", each.joinTime())
                    .put("NickName", each.account().nick())
                    .put("Avatar", each.account().faceUrl()));
    return RestReply.ok(reply.put("NextTimestamp", page.next()));
  }

  private RestReply check(RestCall call) {
    Group room = room(call);
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("Member_Account");
    attendance
        .present(call.app(), room, call.get(CHECKED))
        .forEach(each -> list.add(each.account().userId()));
    return RestReply.ok(reply);
  }

  private RestReply mark(RestCall call) {
    Group room = room(call);
    int command = call.get(COMMAND);
    List<Marking> markings =
        call.get(MARKINGS).stream()
            .map(each -> new Marking(each.get(MARKED_ACCOUNT), each.get(MARKS)))
            .toList();
    for (Marking marking : markings) {
      if (marking.marks().stream().anyMatch(mark -> !isMark(mark))) {
        throw new ImException(
            ErrorCode.GROUP_INVALID_PARAMETER, "a mark is 500, 600 or from 1000 on");
      }
    }
    ObjectNode reply = Json.object().put("CommandType", command);
    ArrayNode list = reply.putArray("MemberList");
    attendance
        .mark(call.app(), room, command == SET, markings, call.administrator().userId())
        .forEach(
            (userId, marks) -> {
              ArrayNode of = list.addObject().put("Member_Account", userId).putArray("Marks");
              marks.forEach(of::add);
            });
    return RestReply.ok(reply);
  }

  private static boolean isMark(int mark) {
    return mark >= Marks.FIRST_FREE || mark == Presence.STAYS || mark == Presence.HIDDEN;
  }

  private RestReply changeAdmins(RestCall call) {
    Group room = room(call);
    authority.changeAdmins(
        call.app(), room, call.get(COMMAND) == SET, call.get(ADMINS), operator(call));
    return RestReply.ok();
  }

  private RestReply admins(RestCall call) {
    Group room = room(call);
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("Admin_List");
    authority
        .admins(call.app(), room)
        .forEach(
            each ->
                list.addObject()
                    .put("Admin_Account", each.userId())
                    .put("NickName", each.nick())
                    .put("Avatar", each.faceUrl()));
    return RestReply.ok(reply);
  }

  private RestReply ban(RestCall call) {
    Group room = room(call);
    authority.ban(
        call.app(),
        room,
        call.get(BANNED),
        call.get(DURATION),
        call.get(DESCRIPTION),
        operator(call));
    return RestReply.ok();
  }

  private RestReply unban(RestCall call) {
    Group room = room(call);
    authority.unban(call.app(), room, call.get(BANNED), operator(call));
    return RestReply.ok();
  }

  private RestReply bans(RestCall call) {
    Group room = room(call);
    RoomAuthority.BanPage page =
        authority.bans(call.app(), room, call.get(OFFSET), call.get(LIMIT));
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("BannedAccountList");
    page.bans()
        .forEach(
            each ->
                list.addObject()
                    .put("Member_Account", each.account().userId())
                    .put("BannedUntil", each.until()));
    return RestReply.ok(reply.put("NextOffset", page.next()));
  }

  private RestReply broadcast(RestCall call) {
    long random = call.get(RANDOM);
    Optional<JsonNode> elements = call.find(MSG_BODY);
    MessageBody body;
    try {
      body =
          MessageBody.of(
              elements.orElseGet(() -> Json.object().path("MsgBody")),
              call.find(CUSTOM_DATA),
              call.app().settings().maxMessageBytes(),
              ErrorCode.MESSAGE_TOO_LONG,
              call.app().settings().strictMedia());
    } catch (ImException refusal) {
      throw refusal.code() == ErrorCode.MESSAGE_TOO_LONG.number()
          ? refusal
          : new ImException(ErrorCode.GROUP_INVALID_PARAMETER, refusal.info());
    }
    bundles.get().require(call.app(), body, ErrorCode.GROUP_INVALID_PARAMETER);
    String from = call.find(FROM_ACCOUNT).orElse(call.administrator().userId());
    Account sender =
        accounts
            .find(call.app(), from)
            .orElseThrow(() -> new ImException(ErrorCode.GROUP_ACCOUNT_NOT_FOUND));
    long seq = broadcasts.send(call.app(), sender, random, body, call.cause());
    return RestReply.ok(Json.object().put("MsgSeq", seq));
  }

  private Group room(RestCall call) {
    Group group = groups.require(call.app(), call.get(GROUP_ID));
    if (!group.type().isLive()) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not a live room");
    }
    return group;
  }

  private static Operator operator(RestCall call) {
    return new Operator(call.administrator().userId(), call.cause());
  }

  private static Field<List<String>> accounts(String name, int most, String meaning) {
    return Field.userIds(name, 1, most, meaning)
        .whenWrong(ErrorCode.GROUP_INVALID_PARAMETER)
        .whenTooMany(ErrorCode.GROUP_TOO_MANY_ACCOUNTS);
  }
}
