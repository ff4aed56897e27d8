package im.palisade.server.callback;

import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.gateway.SessionListener;
import im.palisade.server.group.GroupHook;
import im.palisade.server.group.GroupService;
import im.palisade.server.jobs.Job;
import im.palisade.server.message.Bundles;
import im.palisade.server.message.MessageHooks;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.moderation.ContentJudge;
import im.palisade.server.moderation.ModerationHook;
import im.palisade.server.official.OfficialHook;
import im.palisade.server.profile.ProfileHook;
import im.palisade.server.push.PushHook;
import im.palisade.server.relation.RelationHook;
import im.palisade.server.rest.RateListener;
import im.palisade.server.robot.RobotHook;
import im.palisade.server.security.SecretBox;
import im.palisade.server.stats.Statistics;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongPredicate;

/** The parts of webhooks, put together; other features see their own hooks only. */
public final class CallbackFeature implements AutoCloseable {
  private final Map<String, Delivery> deliveries = new HashMap<>();
  private final Receivers receivers;
  private final CallbackService service;
  private final CallbackRetention retention;
  private final MessageCallbacks messages;
  private final GroupCallbacks groups;
  private final ContentCallbacks content;
  private final RateCallbacks rates;
  private final RobotCallbacks robots;
  private final PushCallbacks pushes;
  private final StateCallbacks states;
  private final ProfileCallbacks profiles;
  private final RelationCallbacks relations;
  private final ExternalJudge judge;
  private final OfficialCallbacks official;

  public CallbackFeature(
      AppService apps,
      AccountService accounts,
      GroupService groupService,
      LongPredicate online,
      Regions regions,
      SecretBox box,
      Bundles bundles,
      CallbackSettings settings,
      Statistics statistics,
      Metrics registry,
      Clock clock) {
    CallbackMetrics metrics = new CallbackMetrics(registry.registry(), statistics);
    CallbackSecretStore secrets = new CallbackSecretStore(box);
    CallbackOutboxStore store = new CallbackOutboxStore(box);
    receivers = new Receivers(apps, regions, secrets, settings, metrics, clock);
    Queues queues = new Queues(receivers, metrics);
    MessageBodies bodies = new MessageBodies(apps, accounts, groupService, online, clock);
    Announcer announcer =
        new Announcer(
            queues,
            this::wake,
            (app, callback) -> bodies.completed(regions.of(app), callback),
            store,
            clock);
    service = new CallbackService(apps, regions, receivers, bodies, secrets, store, clock);
    retention = new CallbackRetention(apps, regions, metrics, store, clock);
    content = new ContentCallbacks(announcer);
    rates = new RateCallbacks(announcer);
    robots = new RobotCallbacks(announcer);
    pushes = new PushCallbacks(announcer);
    messages =
        new MessageCallbacks(
            new PairCallbacks(receivers, announcer, bundles),
            new GroupMessageCallbacks(receivers, announcer, bundles),
            content);
    groups = new GroupCallbacks(receivers, announcer);
    states = new StateCallbacks(apps, announcer);
    profiles = new ProfileCallbacks(announcer);
    relations = new RelationCallbacks(receivers, announcer);
    judge = new ExternalJudge(receivers);
    official = new OfficialCallbacks(receivers, announcer, bundles);
    String owner = UUID.randomUUID().toString();
    for (Region region : regions.all()) {
      deliveries.put(
          region.name(), new Delivery(region, queues, bodies, metrics, store, clock, owner));
    }
  }

  /** Begins to deliver what waits. */
  public void start() {
    deliveries.values().forEach(Delivery::start);
  }

  /** Settings, state and repair. */
  public CallbackService service() {
    return service;
  }

  /** Keeps the outbox within its bounds. */
  public Job retention() {
    return retention.job();
  }

  /** For messages. */
  public MessageHooks messages() {
    return messages;
  }

  /** For groups, live rooms and topics. */
  public GroupHook groups() {
    return groups;
  }

  /** For texts that are judged. */
  public ModerationHook content() {
    return content;
  }

  /** For commands that are called too often. */
  public RateListener rates() {
    return rates;
  }

  /** For robots. */
  public RobotHook robots() {
    return robots;
  }

  /** For pushes to all. */
  public PushHook pushes() {
    return pushes;
  }

  /** For sessions. */
  public SessionListener states() {
    return states;
  }

  /** For apps with a moderation service of their own. */
  public ContentJudge judge() {
    return judge;
  }

  /** For official accounts. */
  public OfficialHook official() {
    return official;
  }

  /** For profiles. */
  public ProfileHook profiles() {
    return profiles;
  }

  /** For friends and blocklists. */
  public RelationHook relations() {
    return relations;
  }

  /** Notes what has been answered and ends. */
  @Override
  public void close() {
    deliveries.values().forEach(Delivery::close);
    receivers.close();
  }

  private void wake(App app) {
    Delivery delivery = deliveries.get(app.region());
    if (delivery != null) {
      delivery.wake();
    }
  }
}
