package im.palisade.server.liveroom;

import im.palisade.server.account.AccountService;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.group.GroupHook;
import im.palisade.server.group.GroupService;
import im.palisade.server.message.GroupTip;
import im.palisade.server.message.MessageHooks;
import im.palisade.server.message.MessageService;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.mute.MuteService;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.stats.Statistics;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The parts of this feature, put together; the rest of the server sees its doors only. */
public final class LiveRoomFeature implements AutoCloseable {
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("live-rooms").factory());
  private final Rooms known;
  private final LiveRoomService rooms;
  private final Attendance attendance;
  private final RoomAuthority authority;
  private final RoomMessages messages;
  private final List<Endpoint> endpoints;
  private final List<Command> commands;

  public LiveRoomFeature(
      Regions regions,
      AccountService accounts,
      GroupService groups,
      SessionDirectory sessions,
      Audiences audiences,
      MessageService sending,
      MessageHooks hooks,
      GroupHook hook,
      MuteService mutes,
      Statistics statistics,
      Metrics registry,
      Clock clock) {
    LiveRoomStore store = new LiveRoomStore();
    LiveRoomMetrics metrics = new LiveRoomMetrics(registry);
    known = new Rooms(regions, audiences, store, clock);
    RoomTips tips =
        new RoomTips(
            (room, content) ->
                audiences.say(
                    room.audience(),
                    sending.tip(new GroupTip("GROUP" + room.group().groupId(), content, false))),
            timer);
    authority =
        new RoomAuthority(
            regions, accounts, sessions, known, tips, hook, store, metrics, statistics, clock);
    attendance = new Attendance(accounts, known, audiences, metrics, clock);
    rooms =
        new LiveRoomService(
            regions,
            accounts,
            sessions,
            audiences,
            known,
            tips,
            hook,
            authority,
            attendance,
            store,
            metrics,
            statistics,
            timer,
            clock);
    messages =
        new RoomMessages(
            regions, groups, sessions, audiences, sending, hooks, mutes, known, store, metrics,
            clock);
    Broadcasts broadcasts = new Broadcasts(regions, audiences, store, metrics, clock);
    endpoints =
        new LiveRoomRestApi(
                groups, accounts, rooms, attendance, authority, broadcasts, () -> sending.bundles())
            .endpoints();
    commands = new LiveRoomCommands(groups, rooms, attendance).commands();
  }

  /** Who is where; hears of sessions that end. */
  public LiveRoomService rooms() {
    return rooms;
  }

  /** Lists and marks. */
  public Attendance attendance() {
    return attendance;
  }

  /** Bans and admins. */
  public RoomAuthority authority() {
    return authority;
  }

  /** Sending and recalling. */
  public RoomMessages messages() {
    return messages;
  }

  /** REST endpoints. */
  public List<Endpoint> endpoints() {
    return endpoints;
  }

  /** Client commands. */
  public List<Command> commands() {
    return commands;
  }

  /** Ends its timer and gives back what rooms have reserved. */
  @Override
  public void close() {
    timer.shutdownNow();
    known.close();
  }
}
