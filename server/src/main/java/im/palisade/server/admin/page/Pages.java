package im.palisade.server.admin.page;

import im.palisade.server.account.AccountService;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.app.AppService;
import im.palisade.server.auditlog.AuditLogFeature;
import im.palisade.server.auditlog.care.AuditCare;
import im.palisade.server.auditlog.forward.ForwardFeature;
import im.palisade.server.auditlog.search.AuditSearchFeature;
import im.palisade.server.callback.CallbackService;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.group.GroupOperations;
import im.palisade.server.groupmessage.GroupMessageOperations;
import im.palisade.server.liveroom.LiveRoomFeature;
import im.palisade.server.message.PairOperations;
import im.palisade.server.moderation.ModerationFeature;
import im.palisade.server.mute.MuteService;
import im.palisade.server.presence.PresenceService;
import im.palisade.server.profile.ProfileService;
import im.palisade.server.rest.Readiness;
import im.palisade.server.stats.Statistics;
import im.palisade.server.store.Regions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** What the console's pages ask of the features, put together. */
public final class Pages {
  private Pages() {}

  /** What they ask. */
  public record Features(
      Regions regions,
      AppService apps,
      AccountService accounts,
      ProfileService profiles,
      PresenceService presence,
      MuteService mutes,
      SessionDirectory sessions,
      GroupOperations groups,
      PairOperations pairs,
      GroupMessageOperations groupMessages,
      LiveRoomFeature liveRooms,
      ModerationFeature moderation,
      CallbackService callbacks,
      Statistics statistics,
      AuditLogFeature audit,
      AuditCare auditCare,
      AuditSearchFeature auditSearch,
      ForwardFeature forwarders) {}

  /** The machine they tell of. */
  public record Machine(
      String version, Readiness readiness, Path dataDirectory, LiveSeries series) {}

  /** Their calls, in the order of the reference. */
  public static List<AdminEndpoint<?, ?>> of(Features of, Machine machine, Clock clock) {
    Operators operators = new Operators(of.accounts());
    List<AdminEndpoint<?, ?>> all = new ArrayList<>();
    all.addAll(new OverviewApi(of.statistics(), machine.series()).endpoints());
    all.addAll(new AppsApi(of.apps(), of.accounts(), of.sessions()).endpoints());
    all.addAll(new SettingsApi(of.apps()).endpoints());
    all.addAll(
        new UsersApi(
                of.accounts(),
                of.profiles(),
                of.presence(),
                of.mutes(),
                of.sessions(),
                of.regions(),
                clock)
            .endpoints());
    all.addAll(new GroupsApi(of.groups(), operators).endpoints());
    all.addAll(
        new MessagesApi(of.pairs(), of.groupMessages(), operators, of.regions()).endpoints());
    all.addAll(new WebhooksApi(of.callbacks()).endpoints());
    all.addAll(
        new ModerationApi(
                of.moderation().localWords(),
                of.moderation().libraries(),
                of.moderation().reviews(),
                of.accounts(),
                of.pairs(),
                of.groups(),
                of.liveRooms().messages(),
                operators,
                of.regions())
            .endpoints());
    all.addAll(
        new RoomsApi(
                of.groups(), of.liveRooms().attendance(), of.liveRooms().authority(), operators)
            .endpoints());
    all.addAll(new UserSigApi(of.accounts(), of.regions(), clock).endpoints());
    all.addAll(new AuditCareApi(of.audit(), of.auditCare(), of.regions()).endpoints());
    all.addAll(
        new AuditApi(
                of.audit(),
                of.auditSearch(),
                of.forwarders(),
                of.apps(),
                of.accounts(),
                of.regions())
            .endpoints());
    all.addAll(
        new NodesApi(machine.version(), machine.readiness(), machine.dataDirectory(), of.regions())
            .endpoints());
    return all;
  }
}
