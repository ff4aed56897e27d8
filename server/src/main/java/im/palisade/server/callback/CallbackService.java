package im.palisade.server.callback;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.app.AppSettings;
import im.palisade.server.app.Webhook;
import im.palisade.server.audit.Cause;
import im.palisade.server.callback.CallbackCommand.Kind;
import im.palisade.server.callback.CallbackOutboxStore.Backlog;
import im.palisade.server.callback.CallbackOutboxStore.Due;
import im.palisade.server.message.CommittedMessageStore;
import im.palisade.server.message.CommittedMessageStore.Batch;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Origin;
import im.palisade.server.security.OutgoingTls;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** Settings, state and repair of an app's webhooks: what the console offers. */
public final class CallbackService {
  private static final int BATCHES = 500;

  private final AppService apps;
  private final Regions regions;
  private final Receivers receivers;
  private final MessageBodies bodies;
  private final CallbackSecretStore secrets;
  private final Clock clock;
  private final CallbackOutboxStore store;
  private final CommittedMessageStore feed = new CommittedMessageStore();

  CallbackService(
      AppService apps,
      Regions regions,
      Receivers receivers,
      MessageBodies bodies,
      CallbackSecretStore secrets,
      CallbackOutboxStore store,
      Clock clock) {
    this.apps = apps;
    this.regions = regions;
    this.receivers = receivers;
    this.bodies = bodies;
    this.secrets = secrets;
    this.store = store;
    this.clock = clock;
  }

  /** Where webhooks wait. */
  CallbackOutboxStore outbox() {
    return store;
  }

  /**
   * How an app's webhooks are doing.
   *
   * @param waiting stored webhooks that have not arrived
   * @param oldest since when the oldest of them waits
   * @param suspended whether the receiver is not called for now, having failed again and again
   * @param failures the last ones on this node, newest first
   */
  public record Status(
      long waiting, Optional<Instant> oldest, boolean suspended, List<FailedCall> failures) {}

  /** A call that failed; the diagnosis is one of callbacks §1.3. */
  public record FailedCall(Instant at, String command, String diagnosis, String detail) {}

  /** Which secrets an app has. */
  public record SecretState(boolean token, boolean authorities, boolean identity) {}

  /** What came of a trial call. */
  public record Ping(boolean answered, String diagnosis, long millis) {}

  /**
   * Changes an app's settings.
   *
   * @throws IllegalArgumentException naming an event that is none
   */
  public App configure(long appId, UnaryOperator<Webhook> change, Cause cause) {
    return apps.changeSettings(
        appId, settings -> changed(settings, change), "config.callback.set", cause);
  }

  /**
   * Replaces an app's secrets.
   *
   * @throws IllegalArgumentException when the TLS material is wrong
   */
  public void setSecrets(App app, CallbackSecrets changed, Cause cause) {
    OutgoingTls.context(changed.authorities(), changed.identity(), OutgoingTls.Verification.ON);
    regions
        .home()
        .inUnitOfWork(
            unit -> {
              secrets.write(unit.connection(), app.appId(), changed, clock.instant());
              unit.record(
                  cause
                      .within(app.appId())
                      .event(
                          "config.callback.secret", new Target("app", Long.toString(app.appId()))));
              return null;
            });
    receivers.changed(app.appId());
  }

  /** Replaces the token that signs an app's webhooks; nothing happens when it is the same. */
  public void setToken(App app, Optional<String> token, Cause cause) {
    CallbackSecrets present =
        regions.home().read(connection -> secrets.read(connection, app.appId()));
    if (!present.token().equals(token)) {
      setSecrets(app, new CallbackSecrets(token, present.authorities(), present.identity()), cause);
    }
  }

  /** What of an app's secrets is there; none of it can be read again. */
  public SecretState secrets(App app) {
    CallbackSecrets present =
        regions.home().read(connection -> secrets.read(connection, app.appId()));
    return new SecretState(
        present.token().isPresent(),
        present.authorities().isPresent(),
        present.identity().isPresent());
  }

  /**
   * Replaces some of an app's secrets; those that are empty stay, an empty text takes one away.
   *
   * @throws IllegalArgumentException when the TLS material is wrong
   */
  public void changeSecrets(
      App app,
      Optional<String> token,
      Optional<String> authorities,
      Optional<String> identity,
      Cause cause) {
    CallbackSecrets held = regions.home().read(connection -> secrets.read(connection, app.appId()));
    setSecrets(
        app,
        new CallbackSecrets(
            token.or(held::token).filter(text -> !text.isEmpty()),
            authorities.or(held::authorities).filter(text -> !text.isEmpty()),
            identity.or(held::identity).filter(text -> !text.isEmpty())),
        cause);
  }

  /** How the app's webhooks are doing. */
  public Status status(App app) {
    Backlog backlog = regions.of(app).read(connection -> store.backlog(connection, app.appId()));
    return new Status(
        backlog.waiting(),
        backlog.oldest().map(Instant::ofEpochMilli),
        receivers.isSuspended(app),
        receivers.failures(app).stream()
            .map(
                each ->
                    new FailedCall(
                        each.at(),
                        each.command(),
                        each.failure().reason().text(),
                        each.failure().detail()))
            .toList());
  }

  /**
   * Sends the after-webhooks of a past time again, as far as they are kept: messages a day, other
   * facts as long as they would be tried.
   *
   * @param from inclusive
   * @param to exclusive
   * @return how many
   */
  public int replay(App app, Instant from, Instant to, Cause cause) {
    Region region = regions.of(app);
    int facts =
        region.inUnitOfWork(
            unit -> {
              int due =
                  store.replay(
                      unit.connection(),
                      app.appId(),
                      from.toEpochMilli(),
                      to.toEpochMilli(),
                      clock.millis());
              unit.record(
                  cause
                      .within(app.appId())
                      .event(
                          "callback.replay",
                          Outcome.SUCCESS,
                          List.of(new Target("app", Long.toString(app.appId()))))
                      .withChange(Map.of("from", from.toString(), "to", to.toString())));
              return due;
            });
    return facts + replayMessages(region, app, from, to);
  }

  /** Calls the receiver once with a command of no meaning, signed like any other. */
  public Ping ping(App app) {
    long begin = System.nanoTime();
    Callback callback =
        new Callback(
            "Palisade.Ping",
            Origin.SERVER,
            MessageBodies.text(
                Json.object()
                    .put("CallbackCommand", "Palisade.Ping")
                    .put("EventTime", clock.millis())));
    Answer answer = receivers.call(app, Kind.BEFORE, callback);
    long millis = (System.nanoTime() - begin) / 1_000_000;
    return switch (answer) {
      case Answer.Given given -> new Ping(true, "ErrorCode " + given.errorCode(), millis);
      case Answer.Failed(Failure why) ->
          new Ping(false, why.reason().text() + ": " + why.detail(), millis);
    };
  }

  private int replayMessages(Region region, App app, Instant from, Instant to) {
    int count = 0;
    long after = 0;
    while (true) {
      long last = after;
      List<Batch> batches =
          region.read(
              connection ->
                  feed.between(connection, from.toEpochMilli(), to.toEpochMilli(), last, BATCHES));
      for (Batch batch : batches) {
        after = batch.id();
        List<Due> due =
            bodies.of(region, batch.messages()).stream()
                .filter(kept -> kept.appId() == app.appId())
                .map(kept -> new Due(kept, clock.millis()))
                .toList();
        region.inUnitOfWork(
            unit -> {
              store.insert(unit.connection(), due);
              return null;
            });
        count += due.size();
      }
      if (batches.size() < BATCHES) {
        return count;
      }
    }
  }

  private static AppSettings changed(AppSettings settings, UnaryOperator<Webhook> change) {
    Webhook webhook = change.apply(settings.webhook());
    Set<String> unknown = new TreeSet<>(webhook.events());
    unknown.removeAll(CallbackCommand.switches());
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("no such webhook: " + String.join(", ", unknown));
    }
    return settings.withWebhook(webhook);
  }
}
