package im.palisade.server.admin.page;

import im.palisade.server.account.Account;
import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.door.Within;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupOperations;
import im.palisade.server.group.GroupRow;
import im.palisade.server.liveroom.Attendance;
import im.palisade.server.liveroom.RoomAuthority;
import im.palisade.server.mute.Mute;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Live rooms of an app: who is in them, and who must stay out. */
public final class RoomsApi {
  private static final String TAG = "rooms";
  private static final String TYPE = "AVChatRoom";

  private final GroupOperations groups;
  private final Attendance attendance;
  private final RoomAuthority authority;
  private final Operators operators;

  RoomsApi(
      GroupOperations groups, Attendance attendance, RoomAuthority authority, Operators operators) {
    this.groups = groups;
    this.attendance = attendance;
    this.authority = authority;
    this.operators = operators;
  }

  List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get("/apps/{app}/rooms", TAG, "Lists live rooms with how many are there")
            .needs(Permission.ROOMS_READ)
            .recordsNone("a list of ids, names and counts changes nothing")
            .handledBy(RoomQuery.class, RoomPage.class, this::list),
        AdminEndpoint.get("/apps/{app}/rooms/attendees", TAG, "Who is in a room, latest first")
            .needs(Permission.ROOMS_READ)
            .recordsNone("who is in a live room everybody in it may see")
            .handledBy(AttendeeQuery.class, AttendeePage.class, this::attendees),
        AdminEndpoint.get("/apps/{app}/rooms/bans", TAG, "Who must stay out of a room")
            .needs(Permission.ROOMS_READ)
            .recordsNone("a list of ids and times changes nothing")
            .handledBy(BanQuery.class, BanPage.class, this::bans),
        AdminEndpoint.post("/apps/{app}/rooms/ban", TAG, "Puts users out and keeps them out")
            .needs(Permission.ROOMS_WRITE)
            .records("group.member.remove")
            .handledBy(Ban.class, Nothing.class, this::ban),
        AdminEndpoint.post("/apps/{app}/rooms/unban", TAG, "Lets users in again")
            .needs(Permission.ROOMS_WRITE)
            .records("group.update")
            .handledBy(RoomUsers.class, Nothing.class, this::unban));
  }

  /** Which page. */
  public record RoomQuery(
      @Meaning("next of the page before") @Within(max = 20) Optional<String> after,
      @Meaning("how many; 50 unless given") @Within(min = 1, max = 200) Optional<Integer> limit) {}

  /** A page. */
  @Meaning("A page of live rooms.")
  public record RoomPage(
      @Meaning("in the order of creation") List<ListedRoom> rooms,
      @Meaning("to be given as after for the next page; absent at the end")
          Optional<String> next) {}

  /** A room. */
  @Meaning("A live room.")
  public record ListedRoom(
      @Meaning("GroupID") String group,
      @Meaning("name") String name,
      @Meaning("how many are there now") int online,
      @Meaning("since when") Instant createdAt) {}

  /** Which page. */
  public record AttendeeQuery(
      @Meaning("GroupID") @Within(min = 1, max = 48) String group,
      @Meaning("next of the page before; good for a minute") @Within(max = Integer.MAX_VALUE)
          Optional<Integer> after) {}

  /** A page. */
  @Meaning("A page of who is in a room.")
  public record AttendeePage(
      @Meaning("the latest first") List<Attendee> attendees,
      @Meaning("to be given as after for the next page; absent at the end")
          Optional<Integer> next) {}

  /** Somebody. */
  @Meaning("Somebody in a room.")
  public record Attendee(
      @Meaning("UserID") String user,
      @Meaning("nickname") String nick,
      @Meaning("since when") Instant since) {}

  /** Which page. */
  public record BanQuery(
      @Meaning("GroupID") @Within(min = 1, max = 48) String group,
      @Meaning("next of the page before") @Within(max = Integer.MAX_VALUE) Optional<Long> after) {}

  /** A page. */
  @Meaning("A page of bans.")
  public record BanPage(
      @Meaning("bans") List<ListedBan> bans,
      @Meaning("to be given as after for the next page; absent at the end") Optional<Long> next) {}

  /** A ban. */
  @Meaning("Somebody who must stay out.")
  public record ListedBan(
      @Meaning("UserID") String user, @Meaning("until then; far away for ever") Instant until) {}

  /** Who. */
  public record Ban(
      @Meaning("GroupID") @Within(min = 1, max = 48) String group,
      @Meaning("UserIDs") @Within(min = 1, max = 20, each = 32) List<String> users,
      @Meaning("seconds; 4294967295 is for ever") @Within(min = 1, max = Mute.FOR_EVER_SECONDS)
          long seconds,
      @Meaning("shown to those banned") @Within(max = 200) Optional<String> reason) {}

  /** Who. */
  public record RoomUsers(
      @Meaning("GroupID") @Within(min = 1, max = 48) String group,
      @Meaning("UserIDs") @Within(min = 1, max = 20, each = 32) List<String> users) {}

  private RoomPage list(AdminCall call, RoomQuery in) {
    GroupOperations.Page page =
        groups.byType(call.app(), TYPE, in.after().orElse(""), in.limit().orElse(50));
    return new RoomPage(page.groups().stream().map(row -> listed(call, row)).toList(), page.next());
  }

  private ListedRoom listed(AdminCall call, GroupRow row) {
    return new ListedRoom(
        row.group().groupId(),
        row.group().texts().name(),
        groups.online(call.app(), row.group()),
        Instant.ofEpochSecond(row.group().createTime()));
  }

  private AttendeePage attendees(AdminCall call, AttendeeQuery in) {
    Attendance.Page page =
        attendance.list(call.app(), room(call, in.group()), in.after().orElse(0), Optional.empty());
    return new AttendeePage(
        page.attendees().stream()
            .map(
                each ->
                    new Attendee(
                        each.account().userId(),
                        each.account().nick(),
                        Instant.ofEpochSecond(each.joinTime())))
            .toList(),
        page.next() == 0 ? Optional.empty() : Optional.of(page.next()));
  }

  private BanPage bans(AdminCall call, BanQuery in) {
    RoomAuthority.BanPage page =
        authority.bans(call.app(), room(call, in.group()), in.after().orElse(0L), 50);
    long most = 253_402_300_799L;
    return new BanPage(
        page.bans().stream()
            .map(
                each ->
                    new ListedBan(
                        each.account().userId(),
                        Instant.ofEpochSecond(
                            each.until() == Mute.FOR_EVER_SECONDS ? most : each.until())))
            .toList(),
        page.next() == 0 ? Optional.empty() : Optional.of(page.next()));
  }

  private Nothing ban(AdminCall call, Ban in) {
    authority.ban(
        call.app(),
        room(call, in.group()),
        known(call, in.users()),
        in.seconds(),
        in.reason().orElse(""),
        operator(call));
    return Nothing.NOTHING;
  }

  private Nothing unban(AdminCall call, RoomUsers in) {
    authority.unban(call.app(), room(call, in.group()), known(call, in.users()), operator(call));
    return Nothing.NOTHING;
  }

  /** Over REST unknown accounts are passed over; a typing error here must not look like success. */
  private List<String> known(AdminCall call, List<String> users) {
    return users.stream()
        .map(user -> operators.user(call.app(), user))
        .map(Account::userId)
        .toList();
  }

  private RoomAuthority.Operator operator(AdminCall call) {
    return new RoomAuthority.Operator(operators.of(call).userId(), call.cause());
  }

  private Group room(AdminCall call, String groupId) {
    Group group = groups.get(call.app(), groupId).group();
    if (!group.type().isLive()) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "the group is no live room");
    }
    return group;
  }
}
