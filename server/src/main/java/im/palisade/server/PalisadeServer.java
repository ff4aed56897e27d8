package im.palisade.server;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountRestApi;
import im.palisade.server.account.AccountService;
import im.palisade.server.account.LoginJournal;
import im.palisade.server.account.RefusalJournal;
import im.palisade.server.account.SignOnService;
import im.palisade.server.addresses.AddressRestApi;
import im.palisade.server.addresses.AddressSettings;
import im.palisade.server.admin.AdminFeature;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.AdminServer;
import im.palisade.server.admin.door.AdminTable;
import im.palisade.server.admin.door.ConsoleSettings;
import im.palisade.server.admin.page.LiveSeries;
import im.palisade.server.admin.page.Pages;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.archive.ArchiveFeature;
import im.palisade.server.archive.ArchiveSettings;
import im.palisade.server.audit.Cause;
import im.palisade.server.auditlog.AuditLogFeature;
import im.palisade.server.auditlog.AuditLogSettings;
import im.palisade.server.auditlog.Erasure;
import im.palisade.server.auditlog.JobFailures;
import im.palisade.server.auditlog.StartRecords;
import im.palisade.server.auditlog.care.AuditCare;
import im.palisade.server.auditlog.forward.ForwardFeature;
import im.palisade.server.auditlog.forward.ForwardSettings;
import im.palisade.server.auditlog.search.AuditSearchFeature;
import im.palisade.server.callback.CallbackFeature;
import im.palisade.server.callback.CallbackService;
import im.palisade.server.callback.CallbackSettings;
import im.palisade.server.callback.TrialWebhook;
import im.palisade.server.closing.AppRemoval;
import im.palisade.server.config.LoggingSettings;
import im.palisade.server.config.Settings;
import im.palisade.server.conversation.ContactBook;
import im.palisade.server.conversation.ContactBookRestApi;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.conversation.RecentContactRestApi;
import im.palisade.server.conversation.RecentContacts;
import im.palisade.server.demo.DemoFeature;
import im.palisade.server.demo.DemoSettings;
import im.palisade.server.file.FileFeature;
import im.palisade.server.file.FileSettings;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandTable;
import im.palisade.server.gateway.Gateway;
import im.palisade.server.gateway.GatewaySettings;
import im.palisade.server.gateway.KickReason;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupFeature;
import im.palisade.server.group.GroupService;
import im.palisade.server.groupmessage.GroupMessageFeature;
import im.palisade.server.groupmessage.RoomSends;
import im.palisade.server.jobs.JobRunner;
import im.palisade.server.liveroom.LiveRoomFeature;
import im.palisade.server.liveroom.RoomMessages;
import im.palisade.server.message.FeedRetention;
import im.palisade.server.message.MessageFeature;
import im.palisade.server.message.MessageSettings;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.message.Receipt;
import im.palisade.server.message.RoamingRetention;
import im.palisade.server.message.SendPermission;
import im.palisade.server.message.SentListener;
import im.palisade.server.message.SequenceHeads;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.moderation.ModerationFeature;
import im.palisade.server.moderation.ReviewService;
import im.palisade.server.mute.MuteRestApi;
import im.palisade.server.mute.MuteService;
import im.palisade.server.official.OfficialFeature;
import im.palisade.server.presence.PresenceCommands;
import im.palisade.server.presence.PresenceRestApi;
import im.palisade.server.presence.PresenceService;
import im.palisade.server.presence.StatusService;
import im.palisade.server.profile.ProfileRestApi;
import im.palisade.server.profile.ProfileService;
import im.palisade.server.protocol.Origin;
import im.palisade.server.push.PushFeature;
import im.palisade.server.relation.RelationFeature;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.EndpointTable;
import im.palisade.server.rest.Readiness;
import im.palisade.server.rest.RestServer;
import im.palisade.server.rest.RestSettings;
import im.palisade.server.robot.RobotFeature;
import im.palisade.server.security.FailedVerifications;
import im.palisade.server.security.SecretBox;
import im.palisade.server.security.TlsMaterial;
import im.palisade.server.security.TlsSettings;
import im.palisade.server.security.TransportSecurity;
import im.palisade.server.security.UserSigVerifier;
import im.palisade.server.stats.Statistics;
import im.palisade.server.stats.StatisticsRestApi;
import im.palisade.server.store.AuditJournal;
import im.palisade.server.store.AuditSummary;
import im.palisade.server.store.DataDirectory;
import im.palisade.server.store.Database;
import im.palisade.server.store.DatabaseSettings;
import im.palisade.server.store.DiskGuard;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import im.palisade.server.sync.ConversationCommands;
import im.palisade.server.sync.ConversationGroupCommands;
import im.palisade.server.sync.Inbox;
import im.palisade.server.sync.InboxEvents;
import im.palisade.server.sync.InboxWrites;
import im.palisade.server.sync.SyncCommands;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole server: every part made once, handed to those that need it, started from the ground up
 * and stopped in the opposite order.
 */
public final class PalisadeServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PalisadeServer.class);
  private static final Duration DRAIN = Duration.ofSeconds(5);

  private final Deque<Part> started = new ArrayDeque<>();
  private volatile boolean draining;
  private Facts facts;
  private EndpointTable endpoints;
  private CommandTable commands;
  private JobRunner jobs;
  private AppService apps;
  private AccountService accounts;
  private Regions regions;
  private CallbackService webhooks;
  private ReviewService reviews;
  private AuditLogFeature audit;
  private AuditCare care;
  private AuditSummary summaries;
  private AdminFeature admin;

  /** What is stopped at the end, and by which name it is missed when that fails. */
  private record Part(String name, AutoCloseable close) {}

  /** Where a started server is to be reached. */
  public record Facts(
      String restUrl,
      String imUrl,
      Optional<String> chatUrl,
      String consoleUrl,
      Optional<String> firstAdministratorLink,
      App app,
      String administrator,
      Path connectionFile) {}

  private PalisadeServer() {}

  /**
   * Starts a server; it is ready when this returns.
   *
   * @param dataDirectory where everything is kept
   * @throws im.palisade.server.config.SettingException naming the setting that is wrong
   * @throws im.palisade.server.config.StartException for any other reason an operator can act on
   */
  public static PalisadeServer start(Path dataDirectory, Settings settings, Clock clock) {
    PalisadeServer server = new PalisadeServer();
    boolean done = false;
    try {
      server.startParts(dataDirectory, settings, clock);
      done = true;
      return server;
    } finally {
      if (!done) {
        server.close();
      }
    }
  }

  private void startParts(Path dataDirectory, Settings settings, Clock clock) {
    Logging.configure(LoggingSettings.from(settings));
    // What the settings alone can refuse is refused before anything is started.
    RestSettings restSettings = RestSettings.from(settings);
    GatewaySettings gatewaySettings = GatewaySettings.from(settings);
    ArchiveSettings archiveSettings = ArchiveSettings.from(settings);
    FileSettings fileSettings = FileSettings.from(settings);
    AddressSettings addressSettings = AddressSettings.from(settings);
    CallbackSettings callbackSettings = CallbackSettings.from(settings);
    TrialWebhook trialWebhook = TrialWebhook.from(settings);
    ForwardSettings forwardSettings = ForwardSettings.from(settings);
    ConsoleSettings consoleSettings = ConsoleSettings.from(settings);
    AuditCare.Wanted careWanted = AuditCare.Wanted.from(settings);
    TransportSecurity transport = part("tls", TransportSecurity.load(TlsSettings.from(settings)));
    Optional<TlsMaterial> restTls = transport.forListener("rest.host", restSettings.host());
    Optional<TlsMaterial> imTls = transport.forListener("im.host", gatewaySettings.host());
    DataDirectory directory = part("data directory", DataDirectory.open(dataDirectory));
    DatabaseSettings databaseSettings = DatabaseSettings.from(settings);
    Database database = part("database", Database.open(databaseSettings, directory));
    DiskGuard disk =
        part("disk guard", DiskGuard.start(directory, databaseSettings.storageReserve()));
    Metrics metrics = new Metrics();
    regions = new Regions(Map.of(Regions.HOME, new Region(Regions.HOME, database.dataSource())));
    audit =
        part(
            "audit log",
            new AuditLogFeature(
                regions,
                directory,
                AuditLogSettings.from(settings),
                careWanted.anchors().folder(),
                Version.ofBuild(),
                metrics,
                clock));
    StartRecords startRecords =
        new StartRecords(directory.resolve("audit-seen.json"), regions.home().trail(), clock);
    startRecords.started(Version.ofBuild(), database.isMigrated(), settings.given());
    part("node record", startRecords::stopping);
    care =
        part(
            "audit care",
            new AuditCare(regions, audit, careWanted, directory.root(), metrics, clock));
    AuditSearchFeature auditSearch =
        part(
            "audit index",
            new AuditSearchFeature(
                regions, audit, AuditSearchFeature.folder(directory.root()), metrics));
    ForwardFeature forwarders =
        part(
            "audit forwarders",
            new ForwardFeature(
                regions,
                audit,
                forwardSettings,
                ForwardFeature.folder(directory.root()),
                metrics,
                clock));
    AuditJournal journal = new AuditJournal(regions);

    summaries = part("audit summaries", new AuditSummary(journal));
    RefusalJournal refusals = part("refusal journal", new RefusalJournal(journal, summaries));
    SecretBox box = new SecretBox(directory.secret("master-key"));
    apps = new AppService(regions, box, clock);
    accounts = new AccountService(regions, clock);
    Statistics statistics = part("statistics", new Statistics(regions, apps, clock));
    GroupService groups = new GroupService(regions);
    SessionDirectory sessions = new SessionDirectory();
    Erasure erasure = audit.erasure(accounts::forgetReference);
    accounts.onDeletion(
        (unit, account) ->
            erasure.deleted(unit, account.appId(), account.id(), account.subjectRef()));
    FileFeature files =
        part(
            "media files",
            new FileFeature(
                regions,
                apps,
                directory.resolve("media"),
                directory.secret("media-links"),
                disk::isLow,
                fileSettings,
                () -> facts.restUrl(),
                clock));
    CallbackFeature callbacks =
        part(
            "webhooks",
            new CallbackFeature(
                apps,
                accounts,
                groups,
                account -> !sessions.of(account).isEmpty(),
                regions,
                box,
                files.bundles(),
                callbackSettings,
                statistics,
                metrics,
                clock));
    webhooks = callbacks.service();
    SignOnService signOn =
        new SignOnService(
            apps, accounts, new UserSigVerifier(clock), new FailedVerifications(clock), clock);
    Audiences audiences = new Audiences();
    accounts.onRevocation(account -> sessions.kickAccount(account.id(), KickReason.ADMIN));
    ConversationService conversations = new ConversationService(regions, accounts);
    ModerationFeature moderation =
        new ModerationFeature(
            regions,
            callbacks.judge(),
            callbacks.content(),
            app -> apps.find(app.appId()).orElse(app),
            clock);
    reviews = moderation.reviews();
    ProfileService profiles = new ProfileService(regions, accounts, moderation.texts());
    profiles.onWrite(callbacks.profiles());
    RelationFeature relations =
        new RelationFeature(
            regions,
            accounts,
            profiles,
            sessions,
            moderation.texts(),
            callbacks.relations(),
            clock);
    PresenceService presence =
        part("presence", new PresenceService(regions, accounts, sessions, clock));
    StatusService statuses = part("status", new StatusService(sessions));
    MuteService mutes = new MuteService(regions, accounts, clock);
    MessageFeature messages =
        part(
            "messages",
            new MessageFeature(
                regions,
                accounts,
                conversations,
                mutes,
                sessions,
                audiences,
                new SendPermission(relations.blocklists()::blocks, relations.friends()::between),
                SentListener.both(statistics, files.sentListener()),
                disk::isLow,
                moderation.texts(),
                files.bundles(),
                callbacks.messages(),
                summaries,
                MessageSettings.from(settings),
                metrics,
                clock));
    RobotFeature robots =
        new RobotFeature(
            regions, accounts, profiles, messages.growingTexts(), callbacks.robots(), clock);
    OfficialFeature official =
        part(
            "official accounts",
            new OfficialFeature(
                regions,
                accounts,
                conversations,
                sessions,
                messages.broadcasts(),
                callbacks.official(),
                clock));
    LiveRoomFeature liveRooms =
        part(
            "live rooms",
            new LiveRoomFeature(
                regions,
                accounts,
                groups,
                sessions,
                audiences,
                messages.messages(),
                callbacks.messages(),
                callbacks.groups(),
                mutes,
                statistics,
                metrics,
                clock));
    GroupFeature groupFeature =
        new GroupFeature(
            regions,
            accounts,
            groups,
            messages.messages(),
            sessions,
            audiences,
            liveRooms.rooms(),
            moderation.texts(),
            callbacks.groups(),
            clock);
    robots.robots().onDeletion(groupFeature.departure());
    GroupMessageFeature groupMessages =
        new GroupMessageFeature(
            regions,
            accounts,
            groups,
            mutes,
            messages,
            sessions,
            audiences,
            liveRooms.rooms(),
            sendsOf(liveRooms.messages()),
            groupFeature.activation()::activate,
            groupFeature.topicOptions(),
            metrics,
            clock);
    PushFeature pushes =
        part(
            "pushes",
            new PushFeature(
                regions, apps, accounts, sessions, files.bundles(), callbacks.pushes(), clock));
    ArchiveFeature archive =
        part(
            "message archive",
            new ArchiveFeature(
                regions,
                apps,
                directory.resolve("archive"),
                directory.secret("archive-links"),
                disk::isLow,
                archiveSettings,
                () -> facts.restUrl(),
                clock));
    messages.onImport(archive::changed);
    AppRemoval removal =
        new AppRemoval(
            regions,
            apps,
            erasure::deleted,
            app -> {
              files.deleteAll(app);
              archive.deleteAll(app);
            },
            clock);
    LiveSeries series = part("live series", new LiveSeries(metrics, sessions, clock));
    List<AdminEndpoint<?, ?>> pages =
        Pages.of(
            new Pages.Features(
                regions,
                apps,
                accounts,
                profiles,
                presence,
                mutes,
                sessions,
                groupFeature.operations(),
                messages.operations(),
                groupMessages.operations(),
                liveRooms,
                moderation,
                webhooks,
                statistics,
                audit,
                care,
                auditSearch,
                forwarders),
            new Pages.Machine(
                new Version().getVersion()[0], readiness(database, disk), directory.root(), series),
            clock);
    admin =
        new AdminFeature(
            consoleSettings, regions, apps, journal, box, directory.root(), pages, clock);
    jobs =
        part(
            "jobs",
            new JobRunner(
                Stream.concat(
                        care.jobs().stream(),
                        Stream.of(
                            new FeedRetention(regions, clock).job(),
                            official.removal(),
                            robots.streamClosing(),
                            pushes.retention(),
                            archive.retention(),
                            files.writing(),
                            files.retention(),
                            groupFeature.remains(),
                            groupFeature.recycling(apps::all),
                            groupFeature.awayMembers(apps::all),
                            callbacks.retention(),
                            statistics.writing(),
                            statistics.closing(),
                            admin.sweeping(),
                            audit.digests(new SequenceHeads()),
                            audit.heads(),
                            audit.commands(),
                            erasure.job(),
                            apps.historyRetention(),
                            removal.job(),
                            new RoamingRetention(regions, apps::all, clock).job()))
                    .toList(),
                new JobFailures(regions.home().trail(), clock)));

    App trial = new TrialApp(apps, accounts).ensure(Cause.system(clock.instant()));
    trialWebhook.apply(callbacks.service(), trial, Cause.system(clock.instant()));

    List<Endpoint> all = new ArrayList<>();
    all.addAll(new AccountRestApi(accounts).endpoints());
    all.addAll(new ProfileRestApi(profiles, accounts).endpoints());
    all.addAll(relations.endpoints());
    all.addAll(new PresenceRestApi(accounts, presence).endpoints());
    all.addAll(messages.endpoints());
    all.addAll(new MuteRestApi(mutes, accounts, clock).endpoints());
    all.addAll(official.endpoints());
    all.addAll(robots.endpoints());
    all.addAll(pushes.endpoints());
    all.addAll(new StatisticsRestApi(statistics).endpoints());
    all.addAll(archive.endpoints());
    all.addAll(files.endpoints());
    all.addAll(new AddressRestApi(addressSettings).endpoints());
    RecentContacts recent = new RecentContacts(regions, accounts, conversations, sessions, clock);
    all.addAll(new RecentContactRestApi(recent, accounts, clock).endpoints());
    ContactBook book = new ContactBook(regions, accounts, sessions, clock);
    all.addAll(new ContactBookRestApi(book, accounts).endpoints());
    all.addAll(moderation.endpoints());
    all.addAll(liveRooms.endpoints());
    all.addAll(groupFeature.endpoints());
    all.addAll(groupMessages.endpoints());
    endpoints = new EndpointTable(all);
    List<Command> clientCommands =
        new ArrayList<>(messages.commands(groupMessages.messageCommands()));
    Inbox inbox = new Inbox(regions, recent, book, conversations, messages.reads(), groupMessages);
    InboxEvents inboxEvents = new InboxEvents(inbox, sessions);
    clientCommands.addAll(
        new SyncCommands(inbox, groupFeature::joined, relations::sections, accounts, clock)
            .commands());
    clientCommands.addAll(new PresenceCommands(presence, statuses, accounts).commands());
    clientCommands.addAll(
        new ConversationCommands(
                inbox,
                inboxEvents,
                recent,
                book,
                new InboxWrites(
                    recent, conversations, messages.reads(), groupFeature, groupMessages, accounts),
                accounts)
            .commands());
    clientCommands.addAll(new ConversationGroupCommands(book, inboxEvents, accounts).commands());
    clientCommands.addAll(groupFeature.commands());
    clientCommands.addAll(liveRooms.commands());
    clientCommands.addAll(files.commands());
    clientCommands.addAll(official.commands());
    clientCommands.addAll(robots.commands());
    clientCommands.addAll(relations.commands());
    commands = new CommandTable(clientCommands);

    Gateway gateway =
        new Gateway(
            gatewaySettings,
            signOn,
            commands,
            sessions,
            List.of(
                presence,
                statuses,
                signOn.recheck(),
                pushes.sessionListener(),
                statistics,
                groupFeature.sessionListener(),
                groupFeature.topicOptions(),
                groupFeature.presenceListener(),
                liveRooms.rooms(),
                callbacks.states()),
            new LoginJournal(journal, refusals, apps, clock),
            () -> imTls.map(material -> material.netty().get()),
            metrics.registry());
    int imPort = gateway.start();
    part("gateway", () -> gateway.stop(DRAIN));
    RestServer rest =
        new RestServer(
            restSettings,
            transport,
            endpoints,
            signOn,
            apps::find,
            readiness(database, disk),
            refusals,
            metrics,
            clock);
    rest.tellOfRates(callbacks.rates());
    DemoFeature demo =
        new DemoFeature(
            DemoSettings.from(settings),
            databaseSettings.url().isEmpty(),
            TlsSettings.isLoopback("rest.host", restSettings.host())
                && TlsSettings.isLoopback("im.host", gatewaySettings.host()),
            () -> apps.find(trial.appId()),
            imPort,
            imTls.isPresent(),
            () -> fileSettings.publicUrl().orElseGet(() -> facts.restUrl()),
            clock);
    demo.site().ifPresent(rest::serve);
    int restPort = rest.serve(archive.route()).serve(files.route()).start();
    part("rest", () -> rest.stop(DRAIN));
    AdminServer console = admin.server(transport);
    int consolePort = console.start();
    part("console", console::stop);
    callbacks.start();
    jobs.start();

    ConnectionFile connection = new ConnectionFile(directory.root());
    String restScheme = restTls.isPresent() ? "https" : "http";
    String imScheme = imTls.isPresent() ? "wss" : "ws";
    String restUrl = restScheme + "://" + reachable(restSettings.host()) + ":" + restPort;
    String imUrl = imScheme + "://" + reachable(gatewaySettings.host()) + ":" + imPort + "/im";
    String administrator =
        trial.administrators().stream().sorted().findFirst().orElse(TrialApp.ADMINISTRATOR);
    connection.write(restUrl, imUrl, trial, administrator);
    part("connection file", connection::delete);
    Optional<String> chatUrl = demo.path().map(path -> restUrl + path);
    String consoleUrl = restScheme + "://" + reachable(consoleSettings.host()) + ":" + consolePort;
    Optional<String> link = admin.first().invite(consoleUrl);
    facts =
        new Facts(
            restUrl, imUrl, chatUrl, consoleUrl, link, trial, administrator, connection.path());
  }

  /** Where the server is to be reached. */
  public Facts facts() {
    return facts;
  }

  /** Every REST endpoint. */
  public EndpointTable endpoints() {
    return endpoints;
  }

  /** Every call of the console. */
  public AdminTable adminTable() {
    return admin.table();
  }

  /** Every client command. */
  public CommandTable commands() {
    return commands;
  }

  /** Every job. */
  public JobRunner jobs() {
    return jobs;
  }

  /** Apps, for the command line and the console. */
  public AppService apps() {
    return apps;
  }

  /** Accounts, for the command line and the console. */
  public AccountService accounts() {
    return accounts;
  }

  /** Webhooks, for the console. */
  public CallbackService webhooks() {
    return webhooks;
  }

  /** Messages somebody should look at, for the console. */
  public ReviewService reviews() {
    return reviews;
  }

  /** The audit logs, to be read. */
  public AuditLogFeature audit() {
    return audit;
  }

  /** How the audit logs are looked after. */
  public AuditCare auditCare() {
    return care;
  }

  /** What is counted before it goes on record. */
  public AuditSummary summaries() {
    return summaries;
  }

  /** The stores. */
  public Regions regions() {
    return regions;
  }

  /** Stops in the opposite order: not ready, drain, close clients with 1012, write what is left. */
  @Override
  public void close() {
    draining = true;
    while (!started.isEmpty()) {
      Part part = started.pop();
      try {
        part.close().close();
      } catch (Exception e) {
        log.warn("stopping the {} failed", part.name(), e);
      }
    }
  }

  private static RoomSends sendsOf(RoomMessages rooms) {
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

  private Readiness readiness(Database database, DiskGuard disk) {
    return () ->
        List.of(
            check("database", database.isReachable(), "the database does not answer"),
            check("audit", audit.problem().isEmpty(), audit.problem().orElse("")),
            check("storage", !disk.isLow(), "free space is below the reserve"),
            check("server", !draining, "the server is stopping"));
  }

  private static Readiness.Check check(String name, boolean fine, String problem) {
    return fine ? Readiness.Check.ok(name) : Readiness.Check.failed(name, problem);
  }

  private <C extends AutoCloseable> C part(String name, C close) {
    started.push(new Part(name, close));
    return close;
  }

  /** An address that a client on this machine can connect to. */
  private static String reachable(String host) {
    if (host.equals("0.0.0.0") || host.equals("::")) {
      return "127.0.0.1";
    }
    return host.contains(":") ? "[" + host + "]" : host;
  }
}
