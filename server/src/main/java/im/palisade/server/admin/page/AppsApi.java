package im.palisade.server.admin.page;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountImport;
import im.palisade.server.account.AccountService;
import im.palisade.server.admin.door.Access;
import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.FieldFault.Fault;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.admin.door.Within;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.app.App;
import im.palisade.server.app.AppKey;
import im.palisade.server.app.AppNotes;
import im.palisade.server.app.AppService;
import im.palisade.server.app.AppSettings;
import im.palisade.server.audit.Cause;
import im.palisade.server.gateway.KickReason;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.security.VerificationKey;
import im.palisade.server.store.Regions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Apps: life cycle, keys, and who may call REST. */
public final class AppsApi {
  private static final String TAG = "apps";

  /** The account every new app can be administered by over REST. */
  private static final String ADMINISTRATOR = "administrator";

  private static final SecureRandom RANDOM = new SecureRandom();

  private final AppService apps;
  private final AccountService accounts;
  private final SessionDirectory sessions;

  AppsApi(AppService apps, AccountService accounts, SessionDirectory sessions) {
    this.apps = apps;
    this.accounts = accounts;
    this.sessions = sessions;
  }

  List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get("/apps", TAG, "Lists the apps the administrator may see")
            .allows(new Access.NeedsSomewhere(Permission.APPS_READ))
            .recordsNone("names and states of apps are no secret among those who run them")
            .handledBy(Nothing.class, AppList.class, this::list),
        AdminEndpoint.post("/apps", TAG, "Creates an app with a key and a REST administrator")
            .needs(Permission.APPS_CREATE)
            .records("app.create", "app.signkey.create", "user.import", "app.admin.set")
            .handledBy(NewApp.class, NewKey.class, this::create),
        AdminEndpoint.get("/apps/{app}", TAG, "Shows an app with the ids of its keys")
            .needs(Permission.APPS_READ)
            .recordsNone("shows no secret and no user's data")
            .handledBy(Nothing.class, AppDetail.class, (call, in) -> detail(call.app())),
        AdminEndpoint.post("/apps/{app}/rename", TAG, "Renames an app")
            .needs(Permission.APPS_MANAGE)
            .records("app.update")
            .handledBy(
                NewApp.class,
                Nothing.class,
                (call, in) -> {
                  apps.rename(call.app().appId(), in.name(), call.cause());
                  return Nothing.NOTHING;
                }),
        AdminEndpoint.post("/apps/{app}/suspend", TAG, "Suspends an app: its sessions end")
            .needs(Permission.APPS_MANAGE)
            .confirmed()
            .records("app.suspend")
            .handledBy(Nothing.class, Nothing.class, this::suspend),
        AdminEndpoint.post("/apps/{app}/resume", TAG, "Lets a suspended app go on")
            .needs(Permission.APPS_MANAGE)
            .records("app.resume")
            .handledBy(Nothing.class, Nothing.class, this::resume),
        AdminEndpoint.post("/apps/{app}/tags", TAG, "Gives an app these tags and no others")
            .needs(Permission.APPS_MANAGE)
            .records("app.update")
            .handledBy(AppTags.class, Nothing.class, this::tag),
        AdminEndpoint.post(
                "/apps/{app}/close",
                TAG,
                "Closes a suspended app: in seven days its data are destroyed")
            .needs(Permission.APPS_CLOSE)
            .confirmed()
            .records("app.close")
            .handledBy(AppName.class, Closing.class, this::close),
        AdminEndpoint.post("/apps/{app}/reopen", TAG, "Takes the closing of an app back")
            .needs(Permission.APPS_CLOSE)
            .records("app.update")
            .handledBy(Nothing.class, Nothing.class, this::reopen),
        AdminEndpoint.post("/apps/{app}/keys", TAG, "Adds a key and shows it this one time")
            .needs(Permission.APPS_KEYS)
            .confirmed()
            .records("app.signkey.create")
            .handledBy(Nothing.class, NewKey.class, this::addKey),
        AdminEndpoint.post("/apps/{app}/keys/{id}/retire", TAG, "Takes a key out of use at once")
            .needs(Permission.APPS_KEYS)
            .confirmed()
            .records("app.signkey.disable")
            .handledBy(Nothing.class, Nothing.class, this::retireKey),
        AdminEndpoint.post(
                "/apps/{app}/rest-administrators/add", TAG, "Lets a user of the app call REST")
            .needs(Permission.APPS_MANAGE)
            .confirmed()
            .records("app.admin.set")
            .handledBy(UserName.class, Nothing.class, this::addAdministrator),
        AdminEndpoint.post(
                "/apps/{app}/rest-administrators/remove", TAG, "Takes that right away again")
            .needs(Permission.APPS_MANAGE)
            .confirmed()
            .records("app.admin.set")
            .handledBy(UserName.class, Nothing.class, this::removeAdministrator));
  }

  /** Apps. */
  @Meaning("Apps the administrator may see.")
  public record AppList(@Meaning("by SDKAppID") List<ListedApp> apps) {}

  /** An app in a list. */
  @Meaning("An app.")
  public record ListedApp(
      @Meaning("SDKAppID") long app,
      @Meaning("name") String name,
      @Meaning("whether it is served") App.Status status,
      @Meaning("region that holds its data") String region,
      @Meaning("since when") Instant createdAt,
      @Meaning("tags by name") Map<String, String> tags,
      @Meaning("when the data of a closed app are destroyed") Optional<Instant> purgeAt) {}

  /** A name. */
  public record NewApp(@Meaning("name") @Within(min = 1, max = 50) String name) {}

  /** Tags. */
  public record AppTags(
      @Meaning("tags by name; names have at most 50 characters")
          @Within(max = AppNotes.MAX_TAGS, each = 100)
          Map<String, String> tags) {
    private static final int LONGEST_NAME = 50;

    public AppTags {
      if (tags.keySet().stream()
          .anyMatch(
              name -> name.isBlank() || name.codePointCount(0, name.length()) > LONGEST_NAME)) {
        throw new IllegalArgumentException("a tag has a name of 1 to 50 characters");
      }
    }
  }

  /** A name that was typed. */
  public record AppName(
      @Meaning("the app's name, typed by whoever closes it") @Within(max = 50) String name) {}

  /** A closing. */
  @Meaning("When a closed app's data are destroyed.")
  public record Closing(@Meaning("until then it can be taken back") Instant purgeAt) {}

  /** An app. */
  @Meaning("An app with the ids of its keys.")
  public record AppDetail(
      @Meaning("the app") ListedApp app,
      @Meaning("keys in use, newest first") List<ListedKey> keys,
      @Meaning("users who may call REST") List<String> restAdministrators) {}

  /** A key, without what is secret. */
  @Meaning("A key in use.")
  public record ListedKey(
      @Meaning("number") long id,
      @Meaning("how UserSigs are signed with it") KeyKind kind,
      @Meaning("since when") Instant createdAt) {}

  /** How UserSigs are signed. */
  public enum KeyKind {
    HMAC,
    ECDSA
  }

  /** A fresh key. */
  @Meaning("A fresh key, shown this one time.")
  public record NewKey(
      @Meaning("SDKAppID") long app,
      @Meaning("number of the key") long id,
      @Meaning("the key itself") String secret) {}

  /** Which user. */
  public record UserName(@Meaning("UserID") @Within(min = 1, max = 32) String user) {}

  private AppList list(AdminCall call, Nothing in) {
    Map<Long, AppNotes> notes = apps.notes();
    return new AppList(
        apps.all().stream()
            .filter(app -> call.allows(Permission.APPS_READ, app.appId()))
            .sorted(Comparator.comparingLong(App::appId))
            .map(app -> listed(app, notes))
            .toList());
  }

  private NewKey create(AdminCall call, NewApp in) {
    Cause cause = call.cause();
    App app = apps.create(in.name(), Regions.HOME, AppSettings.DEFAULT, cause);
    accounts.importAccount(app, AccountImport.of(ADMINISTRATOR), cause.within(app.appId()));
    return shown(apps.addAdministrator(app.appId(), ADMINISTRATOR, cause));
  }

  private AppDetail detail(App app) {
    return new AppDetail(
        listed(app, apps.notes()),
        app.keys().stream().map(AppsApi::listed).toList(),
        app.administrators().stream().sorted().toList());
  }

  private Nothing resume(AdminCall call, Nothing in) {
    checkOpen(call.app());
    apps.setStatus(call.app().appId(), App.Status.ACTIVE, call.cause());
    return Nothing.NOTHING;
  }

  private Nothing tag(AdminCall call, AppTags in) {
    apps.setTags(call.app().appId(), in.tags(), call.cause());
    return Nothing.NOTHING;
  }

  private Closing close(AdminCall call, AppName in) {
    if (!call.app().name().equals(in.name())) {
      throw AdminException.invalid("name", Fault.NOT_ALLOWED, Reason.NAME_DIFFERS);
    }
    return new Closing(
        apps.close(call.app().appId(), call.cause())
            .orElseThrow(() -> AdminException.of(Refusal.CONFLICT, Reason.NOT_SUSPENDED)));
  }

  private Nothing reopen(AdminCall call, Nothing in) {
    if (!apps.reopen(call.app().appId(), call.cause())) {
      throw AdminException.of(Refusal.CONFLICT, Reason.NOT_CLOSED);
    }
    return Nothing.NOTHING;
  }

  private static void checkOpen(App app) {
    if (app.status() == App.Status.CLOSED) {
      throw AdminException.of(Refusal.CONFLICT, Reason.APP_CLOSED);
    }
  }

  private Nothing suspend(AdminCall call, Nothing in) {
    checkOpen(call.app());
    apps.setStatus(call.app().appId(), App.Status.DISABLED, call.cause());
    sessions.kickApp(call.app().appId(), KickReason.ADMIN);
    return Nothing.NOTHING;
  }

  private NewKey addKey(AdminCall call, Nothing in) {
    byte[] secret = new byte[32];
    RANDOM.nextBytes(secret);
    VerificationKey.Hmac key = new VerificationKey.Hmac(HexFormat.of().formatHex(secret));
    AppKey added = apps.addKey(call.app().appId(), key, call.cause());
    return new NewKey(call.app().appId(), added.id(), key.secret());
  }

  private Nothing retireKey(AdminCall call, Nothing in) {
    if (call.app().keys().size() == 1) {
      throw AdminException.of(Refusal.CONFLICT, Reason.LAST_KEY);
    }
    if (!apps.retireKey(call.app().appId(), call.id(), call.cause())) {
      throw AdminException.of(Refusal.NOT_FOUND);
    }
    return Nothing.NOTHING;
  }

  private Nothing addAdministrator(AdminCall call, UserName in) {
    Account account =
        accounts
            .find(call.app(), in.user())
            .orElseThrow(() -> new ImException(ErrorCode.ACCOUNT_NOT_FOUND));
    if (call.app().administrators().size() >= AppService.MAX_ADMINISTRATORS) {
      throw AdminException.of(Refusal.CONFLICT, Reason.REST_USERS_FULL);
    }
    apps.addAdministrator(call.app().appId(), account.userId(), call.cause());
    return Nothing.NOTHING;
  }

  private Nothing removeAdministrator(AdminCall call, UserName in) {
    if (!call.app().administrators().contains(in.user())) {
      throw AdminException.invalid("user", Fault.NOT_ALLOWED, Reason.NOT_REST_USER);
    }
    if (!apps.removeAdministrator(call.app().appId(), in.user(), call.cause())) {
      throw AdminException.of(Refusal.CONFLICT, Reason.LAST_REST_USER);
    }
    return Nothing.NOTHING;
  }

  private static ListedApp listed(App app, Map<Long, AppNotes> all) {
    // An app that was made since the notes were read has none yet.
    AppNotes notes =
        all.getOrDefault(app.appId(), new AppNotes(Instant.EPOCH, Map.of(), Optional.empty()));
    return new ListedApp(
        app.appId(),
        app.name(),
        app.status(),
        app.region(),
        notes.createdAt(),
        notes.tags(),
        notes.purgeAt());
  }

  private static ListedKey listed(AppKey key) {
    KeyKind kind =
        switch (key.key()) {
          case VerificationKey.Hmac _ -> KeyKind.HMAC;
          case VerificationKey.Ecdsa _ -> KeyKind.ECDSA;
        };
    return new ListedKey(key.id(), kind, key.createdAt());
  }

  private static NewKey shown(App app) {
    AppKey key = app.keys().getFirst();
    return switch (key.key()) {
      case VerificationKey.Hmac hmac -> new NewKey(app.appId(), key.id(), hmac.secret());
      case VerificationKey.Ecdsa _ -> throw new IllegalStateException("a fresh key is a secret");
    };
  }
}
