package im.palisade.server;

import im.palisade.server.account.AccountService;
import im.palisade.server.account.SignOnService;
import im.palisade.server.app.AppService;
import im.palisade.server.archive.ArchiveFeature;
import im.palisade.server.auditlog.Erasure;
import im.palisade.server.callback.CallbackFeature;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.file.FileFeature;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.KickReason;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.group.GroupFeature;
import im.palisade.server.group.GroupService;
import im.palisade.server.groupmessage.GroupMessageFeature;
import im.palisade.server.liveroom.LiveRoomFeature;
import im.palisade.server.message.MessageFeature;
import im.palisade.server.message.SendPermission;
import im.palisade.server.message.SentListener;
import im.palisade.server.moderation.ModerationFeature;
import im.palisade.server.mute.MuteService;
import im.palisade.server.official.OfficialFeature;
import im.palisade.server.presence.PresenceService;
import im.palisade.server.presence.StatusService;
import im.palisade.server.profile.ProfileService;
import im.palisade.server.push.PushFeature;
import im.palisade.server.relation.RelationFeature;
import im.palisade.server.robot.RobotFeature;
import im.palisade.server.security.FailedVerifications;
import im.palisade.server.security.UserSigVerifier;
import im.palisade.server.stats.Statistics;
import java.time.Clock;
import java.util.function.Supplier;

/** Every feature, made once and handed to those that need it, from what knows least on. */
final class Features {
  final AppService apps;
  final AccountService accounts;
  final Erasure erasure;
  final Statistics statistics;
  final SessionDirectory sessions;
  final FileFeature files;
  final CallbackFeature callbacks;
  final SignOnService signOn;
  final ConversationService conversations;
  final ModerationFeature moderation;
  final ProfileService profiles;
  final RelationFeature relations;
  final PresenceService presence;
  final StatusService statuses;
  final MuteService mutes;
  final MessageFeature messages;
  final RobotFeature robots;
  final OfficialFeature official;
  final LiveRoomFeature liveRooms;
  final GroupFeature groups;
  final GroupMessageFeature groupMessages;
  final PushFeature pushes;
  final ArchiveFeature archive;

  Features(
      Ground ground, GivenSettings settings, Supplier<String> restUrl, Parts parts, Clock clock) {
    apps = new AppService(ground.regions, ground.box, clock);
    accounts = new AccountService(ground.regions, clock);
    statistics = parts.add("statistics", new Statistics(ground.regions, apps, clock));
    GroupService groupService = new GroupService(ground.regions);
    sessions = new SessionDirectory();
    erasure = ground.audit.erasure(accounts::forgetReference);
    accounts.onDeletion(
        (unit, account) ->
            erasure.deleted(unit, account.appId(), account.id(), account.subjectRef()));
    files =
        parts.add(
            "media files",
            new FileFeature(
                ground.regions,
                apps,
                ground.directory.resolve("media"),
                ground.directory.secret("media-links"),
                ground.disk::isLow,
                settings.files(),
                restUrl,
                clock));
    callbacks =
        parts.add(
            "webhooks",
            new CallbackFeature(
                apps,
                accounts,
                groupService,
                account -> !sessions.of(account).isEmpty(),
                ground.regions,
                ground.box,
                files.bundles(),
                settings.callbacks(),
                statistics,
                ground.metrics,
                clock));
    signOn =
        new SignOnService(
            apps, accounts, new UserSigVerifier(clock), new FailedVerifications(clock), clock);
    Audiences audiences = new Audiences();
    accounts.onRevocation(account -> sessions.kickAccount(account.id(), KickReason.ADMIN));
    conversations = new ConversationService(ground.regions, accounts);
    moderation =
        new ModerationFeature(
            ground.regions,
            callbacks.judge(),
            callbacks.content(),
            app -> apps.find(app.appId()).orElse(app),
            clock);
    profiles = new ProfileService(ground.regions, accounts, moderation.texts());
    profiles.onWrite(callbacks.profiles());
    relations =
        new RelationFeature(
            ground.regions,
            accounts,
            profiles,
            sessions,
            moderation.texts(),
            callbacks.relations(),
            clock);
    presence =
        parts.add("presence", new PresenceService(ground.regions, accounts, sessions, clock));
    statuses = parts.add("status", new StatusService(sessions));
    mutes = new MuteService(ground.regions, accounts, clock);
    messages =
        parts.add(
            "messages",
            new MessageFeature(
                ground.regions,
                accounts,
                conversations,
                mutes,
                sessions,
                audiences,
                new SendPermission(relations.blocklists()::blocks, relations.friends()::between),
                SentListener.both(statistics, files.sentListener()),
                ground.disk::isLow,
                moderation.texts(),
                files.bundles(),
                callbacks.messages(),
                ground.summaries,
                settings.messages(),
                ground.metrics,
                clock));
    robots =
        new RobotFeature(
            ground.regions, accounts, profiles, messages.growingTexts(), callbacks.robots(), clock);
    official =
        parts.add(
            "official accounts",
            new OfficialFeature(
                ground.regions,
                accounts,
                conversations,
                sessions,
                messages.broadcasts(),
                callbacks.official(),
                clock));
    liveRooms =
        parts.add(
            "live rooms",
            new LiveRoomFeature(
                ground.regions,
                accounts,
                groupService,
                sessions,
                audiences,
                messages.messages(),
                callbacks.messages(),
                callbacks.groups(),
                mutes,
                statistics,
                ground.metrics,
                clock));
    groups =
        new GroupFeature(
            ground.regions,
            accounts,
            groupService,
            messages.messages(),
            sessions,
            audiences,
            liveRooms.rooms(),
            moderation.texts(),
            callbacks.groups(),
            clock);
    robots.robots().onDeletion(groups.departure());
    groupMessages =
        new GroupMessageFeature(
            ground.regions,
            accounts,
            groupService,
            mutes,
            messages,
            sessions,
            audiences,
            liveRooms.rooms(),
            RoomDoor.of(liveRooms.messages()),
            groups.activation()::activate,
            groups.topicOptions(),
            ground.metrics,
            clock);
    pushes =
        parts.add(
            "pushes",
            new PushFeature(
                ground.regions,
                apps,
                accounts,
                sessions,
                files.bundles(),
                callbacks.pushes(),
                clock));
    archive =
        parts.add(
            "message archive",
            new ArchiveFeature(
                ground.regions,
                apps,
                ground.directory.resolve("archive"),
                ground.directory.secret("archive-links"),
                ground.disk::isLow,
                settings.archive(),
                restUrl,
                clock));
    messages.onImport(archive::changed);
  }
}
