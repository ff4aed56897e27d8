package im.palisade.server.app;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.jobs.Job;
import im.palisade.server.security.SecretBox;
import im.palisade.server.security.VerificationKey;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The installation's apps. They are read from memory; every change is one transaction in the home
 * region together with its audit event, and is in force for the next request.
 */
public final class AppService {
  /** The SDKAppID of an installation's first app. */
  public static final long FIRST_APP_ID = 1_400_000_001L;

  /** Most administrators an app may have. */
  public static final int MAX_ADMINISTRATORS = 10;

  /** How long a closed app can be taken back (console-features §2, 7). */
  public static final Duration GRACE = Duration.ofDays(7);

  /** How long changes of settings can be looked at and undone. */
  public static final Duration HISTORY = Duration.ofDays(400);

  private static final int HISTORY_BATCH = 1000;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Region home;
  private final AppStore store;
  private final AppNotesStore notes = new AppNotesStore();
  private final Clock clock;
  private volatile Map<Long, App> apps;

  public AppService(Regions regions, SecretBox secrets, Clock clock) {
    this.home = regions.home();
    this.store = new AppStore(secrets);
    this.clock = clock;
    this.apps = readAll();
  }

  /** The app of that SDKAppID, disabled ones included. */
  public Optional<App> find(long appId) {
    return Optional.ofNullable(apps.get(appId));
  }

  /** Every app. */
  public Collection<App> all() {
    return apps.values();
  }

  /** Creates an active app with one fresh secret key and no administrator yet. */
  public synchronized App create(String name, String region, AppSettings settings, Cause cause) {
    byte[] secret = new byte[32];
    RANDOM.nextBytes(secret);
    VerificationKey key = new VerificationKey.Hmac(HexFormat.of().formatHex(secret));
    long appId =
        home.inUnitOfWork(
            unit -> {
              Instant now = clock.instant();
              long id = insertWithNextId(unit, name, region, settings, now);
              long keyId = store.insertKey(unit.connection(), id, key, now);
              unit.record(cause.within(id).event("app.create", appTarget(id)));
              unit.record(
                  cause.within(id).event("app.signkey.create", appTarget(id), keyTarget(keyId)));
              return id;
            });
    apps = readAll();
    return apps.get(appId);
  }

  /** Adds a key; the ones there stay active, so that signers can move over one by one. */
  public synchronized AppKey addKey(long appId, VerificationKey key, Cause cause) {
    long keyId =
        home.inUnitOfWork(
            unit -> {
              long id = store.insertKey(unit.connection(), appId, key, clock.instant());
              unit.record(
                  cause.within(appId).event("app.signkey.create", appTarget(appId), keyTarget(id)));
              return id;
            });
    apps = readAll();
    return apps.get(appId).keys().stream().filter(k -> k.id() == keyId).findFirst().orElseThrow();
  }

  /** Takes a key out of use at once; false when it was not in use. */
  public synchronized boolean retireKey(long appId, long keyId, Cause cause) {
    boolean retired =
        home.inUnitOfWork(
            unit -> {
              boolean done = store.retireKey(unit.connection(), appId, keyId, clock.instant());
              if (done) {
                unit.record(
                    cause
                        .within(appId)
                        .event("app.signkey.disable", appTarget(appId), keyTarget(keyId)));
              }
              return done;
            });
    apps = readAll();
    return retired;
  }

  /** Changes settings. */
  public App changeSettings(long appId, UnaryOperator<AppSettings> change, Cause cause) {
    return changeSettings(appId, change, "app.update", cause);
  }

  /** Changes settings that have an event type of their own. */
  public App changeSettings(
      long appId, UnaryOperator<AppSettings> change, String eventType, Cause cause) {
    return update(appId, eventType, app -> app.with(change.apply(app.settings())), cause);
  }

  /**
   * Changes settings of the catalogue, null to the default, and keeps the change in the app's
   * history.
   *
   * @param eventType {@code config.change}, or {@code config.rollback} for an undo
   * @return what is different now, by key
   * @throws IllegalArgumentException when a value is not allowed; nothing has changed then
   */
  public synchronized Map<String, JsonNode> changeSettings(
      long appId, Map<String, JsonNode> values, String eventType, Cause cause) {
    App before = apps.get(appId);
    AppSettings after = SettingCatalogue.with(before.settings(), values);
    Map<String, JsonNode> different = SettingCatalogue.differences(before.settings(), after);
    if (different.isEmpty()) {
      return different;
    }
    home.inUnitOfWork(
        unit -> {
          store.update(unit.connection(), before.with(after));
          store.insertChange(
              unit.connection(),
              appId,
              clock.instant(),
              cause.actor().ref(),
              SettingCatalogue.differences(after, before.settings()),
              different);
          unit.record(
              cause
                  .within(appId)
                  .event(eventType, appTarget(appId))
                  .withChange(Map.copyOf(different)));
          return null;
        });
    apps = readAll();
    return different;
  }

  /**
   * An app's changes of settings, newest first.
   *
   * @param before id of the last one of the page before; {@link Long#MAX_VALUE} for the first
   */
  public List<SettingsChange> settingsHistory(long appId, long before, int limit) {
    return home.read(connection -> store.changes(connection, appId, before, limit));
  }

  /** Changes the name. */
  public App rename(long appId, String name, Cause cause) {
    return update(appId, "app.update", app -> app.named(name), cause);
  }

  /** What is kept of each app for those who run it. */
  public Map<Long, AppNotes> notes() {
    return home.read(notes::all);
  }

  /** Gives an app these tags and no others. */
  public void setTags(long appId, Map<String, String> tags, Cause cause) {
    home.inUnitOfWork(
        unit -> {
          notes.setTags(unit.connection(), appId, tags);
          unit.record(cause.within(appId).event("app.update", appTarget(appId)));
          return null;
        });
  }

  /**
   * Closes a suspended app: its data are destroyed once {@link #GRACE} has passed.
   *
   * @return when that is; empty when the app is not suspended
   */
  public synchronized Optional<Instant> close(long appId, Cause cause) {
    App app = apps.get(appId);
    if (app.status() != App.Status.DISABLED) {
      return Optional.empty();
    }
    Instant purgeAt = clock.instant().plus(GRACE);
    home.inUnitOfWork(
        unit -> {
          store.update(unit.connection(), app.with(App.Status.CLOSED));
          notes.close(unit.connection(), appId, purgeAt);
          unit.record(cause.within(appId).event("app.close", appTarget(appId)));
          return null;
        });
    apps = readAll();
    return Optional.of(purgeAt);
  }

  /** Takes the closing of an app back, which is suspended again; false when it is not closed. */
  public synchronized boolean reopen(long appId, Cause cause) {
    App app = apps.get(appId);
    if (app.status() != App.Status.CLOSED) {
      return false;
    }
    // Once the destruction has begun there is no way back.
    boolean reopened =
        home.inUnitOfWork(
            unit -> {
              if (!notes.reopen(unit.connection(), appId, clock.instant())) {
                return false;
              }
              store.update(unit.connection(), app.with(App.Status.DISABLED));
              unit.record(cause.within(appId).event("app.update", appTarget(appId)));
              return true;
            });
    apps = readAll();
    return reopened;
  }

  /** Closed apps whose time has come. */
  public List<App> due(Instant now) {
    return home.read(connection -> notes.due(connection, now)).stream()
        .flatMap(appId -> find(appId).stream())
        .toList();
  }

  /**
   * Forgets a closed app whose data are gone. Its SDKAppID stays taken: a UserSig of the app that
   * had it must never count for another.
   */
  public synchronized void forget(UnitOfWork unit, long appId) throws SQLException {
    store.forget(unit.connection(), appId);
    notes.forget(unit.connection(), appId);
    unit.onCommit(() -> apps = readAll());
  }

  /** Deletes changes of settings that nobody will undo any more; the audit log keeps them. */
  public Job historyRetention() {
    return new Job(
        "settings-history",
        Duration.ofHours(1),
        AuditDeclaration.none("each change has its record in the audit log, which stays"),
        this::forgetChanges);
  }

  void forgetChanges() {
    long before = clock.instant().minus(HISTORY).toEpochMilli();
    int deleted;
    do {
      deleted =
          home.inUnitOfWork(unit -> store.deleteChanges(unit.connection(), before, HISTORY_BATCH));
    } while (deleted == HISTORY_BATCH);
  }

  /** Takes the right to call REST from an account; the last one keeps it. */
  public synchronized boolean removeAdministrator(long appId, String userId, Cause cause) {
    Set<String> present = apps.get(appId).administrators();
    if (!present.contains(userId) || present.size() == 1) {
      return false;
    }
    home.inUnitOfWork(
        unit -> {
          store.deleteAdministrator(unit.connection(), appId, userId);
          unit.record(cause.within(appId).event("app.admin.set", appTarget(appId)));
          return null;
        });
    apps = readAll();
    return true;
  }

  /** Disables or enables an app. */
  public App setStatus(long appId, App.Status status, Cause cause) {
    return update(
        appId,
        status == App.Status.ACTIVE ? "app.resume" : "app.suspend",
        app -> app.with(status),
        cause);
  }

  /**
   * Makes an account an administrator; the account itself must exist already.
   *
   * @throws IllegalArgumentException when there are {@value #MAX_ADMINISTRATORS} already
   */
  public synchronized App addAdministrator(long appId, String userId, Cause cause) {
    Set<String> present = apps.get(appId).administrators();
    if (!present.contains(userId)) {
      if (present.size() >= MAX_ADMINISTRATORS) {
        throw new IllegalArgumentException("an app has at most 10 administrators");
      }
      home.inUnitOfWork(
          unit -> {
            store.insertAdministrator(unit.connection(), appId, userId, clock.instant());
            unit.record(cause.within(appId).event("app.admin.set", appTarget(appId)));
            return null;
          });
      apps = readAll();
    }
    return apps.get(appId);
  }

  /** Another node may create an app at the same time: the one that comes second takes the next. */
  private long insertWithNextId(
      UnitOfWork unit, String name, String region, AppSettings settings, Instant now)
      throws SQLException {
    while (true) {
      long id = store.nextAppId(unit.connection(), FIRST_APP_ID);
      App app = new App(id, name, App.Status.ACTIVE, region, settings, List.of(), Set.of());
      if (store.insert(unit.connection(), app, now)) {
        return id;
      }
    }
  }

  private synchronized App update(
      long appId, String eventType, UnaryOperator<App> change, Cause cause) {
    App changed = change.apply(apps.get(appId));
    home.inUnitOfWork(
        unit -> {
          store.update(unit.connection(), changed);
          unit.record(cause.within(appId).event(eventType, appTarget(appId)));
          return null;
        });
    apps = readAll();
    return apps.get(appId);
  }

  private Map<Long, App> readAll() {
    return home.read(store::readAll).stream()
        .collect(Collectors.toUnmodifiableMap(App::appId, Function.identity()));
  }

  private static Target appTarget(long appId) {
    return new Target("app", Long.toString(appId));
  }

  private static Target keyTarget(long keyId) {
    return new Target("signkey", Long.toString(keyId));
  }
}
