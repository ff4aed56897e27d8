package im.palisade.server.admin.page;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountImport;
import im.palisade.server.account.AccountService;
import im.palisade.server.account.ListedAccount;
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
import im.palisade.server.gateway.KickReason;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.mute.Mute;
import im.palisade.server.mute.MuteService;
import im.palisade.server.presence.PresenceService;
import im.palisade.server.presence.PresenceService.Presence;
import im.palisade.server.profile.Profile;
import im.palisade.server.profile.ProfileField;
import im.palisade.server.profile.ProfileFields;
import im.palisade.server.profile.ProfileService;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Platform;
import im.palisade.server.protocol.UserIds;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Users of an app. UserIDs never stand in a path. */
public final class UsersApi {
  private static final String TAG = "users";
  private static final int PAGE = 50;

  private final AccountService accounts;
  private final ProfileService profiles;
  private final PresenceService presence;
  private final MuteService mutes;
  private final SessionDirectory sessions;
  private final Regions regions;
  private final Clock clock;

  UsersApi(
      AccountService accounts,
      ProfileService profiles,
      PresenceService presence,
      MuteService mutes,
      SessionDirectory sessions,
      Regions regions,
      Clock clock) {
    this.accounts = accounts;
    this.profiles = profiles;
    this.presence = presence;
    this.mutes = mutes;
    this.sessions = sessions;
    this.regions = regions;
    this.clock = clock;
  }

  List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get("/apps/{app}/users", TAG, "Finds users by id or its beginning, by id")
            .needs(Permission.USERS_READ)
            .recordsNone("a list of ids, names and states changes nothing")
            .handledBy(UserQuery.class, UserPage.class, this::list),
        AdminEndpoint.get("/apps/{app}/users/profile", TAG, "Shows a user's profile and state")
            .needs(Permission.USERS_READ)
            .records("content.profile.view")
            .handledBy(OneUser.class, UserDetail.class, this::show),
        AdminEndpoint.get("/apps/{app}/users/sessions", TAG, "Shows a user's sessions and devices")
            .needs(Permission.USERS_READ)
            .records("user.session.list")
            .handledBy(OneUser.class, UserSessions.class, this::sessions),
        act("create", "Creates a user", Permission.USERS_CREATE, "user.import")
            .handledBy(UserNames.class, Nothing.class, this::create),
        act(
                "update",
                "Changes fields of a profile, all or none",
                Permission.USERS_CREATE,
                "user.update")
            .handledBy(ProfileChange.class, Nothing.class, this::update),
        act(
                "kick",
                "Ends a user's sessions and makes every UserSig up to now invalid",
                Permission.USERS_KICK,
                "auth.usersig.revoked",
                "auth.user.kicked")
            .handledBy(
                OneUser.class,
                Nothing.class,
                (call, in) -> {
                  accounts.revokeSignatures(call.app(), in.user(), call.cause());
                  return Nothing.NOTHING;
                }),
        act("sessions/end", "Ends one session", Permission.USERS_KICK, "auth.user.kicked")
            .handledBy(OneSession.class, Nothing.class, this::endSession),
        act("mute", "Silences a user, or ends that", Permission.USERS_MUTE, "user.mute")
            .handledBy(Muting.class, Nothing.class, this::mute),
        act(
                "deactivate",
                "Deactivates a user: no session, no sign-in, data stay",
                Permission.USERS_DEACTIVATE,
                "user.disable")
            .confirmed()
            .handledBy(
                OneUser.class,
                Nothing.class,
                (call, in) -> {
                  accounts.deactivate(call.app(), in.user(), call.cause());
                  return Nothing.NOTHING;
                }),
        act("reactivate", "Lets a user in again", Permission.USERS_DEACTIVATE, "user.enable")
            .handledBy(
                OneUser.class,
                Nothing.class,
                (call, in) -> {
                  accounts.reactivate(call.app(), in.user(), call.cause());
                  return Nothing.NOTHING;
                }),
        act("delete", "Deletes a user for good", Permission.USERS_DEACTIVATE, "user.delete")
            .confirmed()
            .handledBy(OneUser.class, Nothing.class, this::delete));
  }

  /** What is looked for. */
  public record UserQuery(
      @Meaning("what the UserIDs begin with; a whole UserID finds that one first") @Within(max = 32)
          Optional<String> prefix,
      @Meaning("UserID of the last one of the page before") @Within(max = 32)
          Optional<String> after,
      @Meaning("how many; 50 unless given") @Within(min = 1, max = 200) Optional<Integer> limit) {}

  /** A page. */
  @Meaning("A page of users.")
  public record UserPage(
      @Meaning("by UserID") List<ListedUser> users,
      @Meaning("to be given as after for the next page; absent at the end")
          Optional<String> next) {}

  /** A user in a list. */
  @Meaning("A user.")
  public record ListedUser(
      @Meaning("UserID") String user,
      @Meaning("nickname") String nick,
      @Meaning("address of the avatar") String faceUrl,
      @Meaning("since when") Instant createdAt,
      @Meaning("whether signing in is allowed") boolean active,
      @Meaning("whether REST may be called") boolean restAdministrator,
      @Meaning("how the user is to be reached") PresenceService.Status status) {}

  /** Which user. */
  public record OneUser(@Meaning("UserID") @Within(min = 1, max = 32) String user) {}

  /** A user. */
  @Meaning("A user's profile and state.")
  public record UserDetail(
      @Meaning("who") ListedUser user,
      @Meaning("what the profile holds: the standard fields, then the app's own")
          List<ShownField> profile,
      @Meaning("silenced in one-to-one chats until then; far away for ever")
          Optional<Instant> mutedUntil,
      @Meaning("silenced in groups until then; far away for ever")
          Optional<Instant> mutedInGroupsUntil,
      @Meaning("platforms that are not offline") Map<String, String> platforms) {}

  /** A field of a profile. */
  @Meaning("A field of a profile with what it may hold.")
  public record ShownField(
      @Meaning("tag") String tag,
      @Meaning("whether the app declared it") boolean custom,
      @Meaning("what kind of value it holds") ProfileField.Form form,
      @Meaning("the words it may hold") List<String> words,
      @Meaning("most UTF-8 bytes of a text, or the greatest number") long most,
      @Meaning("whether the console may change it") boolean writable,
      @Meaning("its value; absent when it has none") Optional<JsonNode> value) {
    static ShownField of(ProfileField field, Profile profile) {
      return new ShownField(
          field.tag(),
          field.custom(),
          field.form(),
          field.words(),
          field.most(),
          field.isWritableByAdministrators(),
          profile.find(field).map(field::json));
    }
  }

  /** Sessions. */
  @Meaning("Where a user is signed in.")
  public record UserSessions(
      @Meaning("oldest sign-in first") List<UserSession> sessions,
      @Meaning("platforms reached by push without a session") List<Platform> push) {}

  /** A session. */
  @Meaning("A signed-in connection of a user.")
  public record UserSession(
      @Meaning("its id") String session,
      @Meaning("platform") Platform platform,
      @Meaning("device") String device,
      @Meaning("client's name and version as it gave them") String client,
      @Meaning("IP address") String address,
      @Meaning("since when") Instant since) {}

  /** Which session. */
  public record OneSession(
      @Meaning("UserID") @Within(min = 1, max = 32) String user,
      @Meaning("the session's id") @Within(min = 1, max = 100) String session) {}

  /** A user's names. */
  public record UserNames(
      @Meaning("UserID") @Within(min = 1, max = 32) String user,
      @Meaning("nickname; unchanged unless given") @Within(max = 100) Optional<String> nick,
      @Meaning("address of the avatar; unchanged unless given") @Within(max = 500)
          Optional<String> faceUrl) {}

  /** Fields of a profile. */
  public record ProfileChange(
      @Meaning("UserID") @Within(min = 1, max = 32) String user,
      @Meaning("values by tag; an empty text clears a field") @Within(min = 1, max = 50)
          Map<String, JsonNode> values) {}

  /** How long somebody is silenced. */
  public record Muting(
      @Meaning("UserID") @Within(min = 1, max = 32) String user,
      @Meaning("seconds in one-to-one chats; 0 ends it, 4294967295 is for ever")
          @Within(max = Mute.FOR_EVER_SECONDS)
          Optional<Long> seconds,
      @Meaning("the same in groups") @Within(max = Mute.FOR_EVER_SECONDS)
          Optional<Long> groupSeconds) {}

  private static AdminEndpoint.Builder act(
      String name, String meaning, Permission permission, String... events) {
    return AdminEndpoint.post("/apps/{app}/users/" + name, TAG, meaning)
        .needs(permission)
        .records(events);
  }

  private UserPage list(AdminCall call, UserQuery in) {
    int limit = in.limit().orElse(PAGE);
    List<ListedAccount> found =
        accounts.page(call.app(), in.prefix().orElse(""), in.after().orElse(""), limit + 1);
    boolean more = found.size() > limit;
    List<ListedAccount> page = more ? found.subList(0, limit) : found;
    Map<Long, Presence> states =
        presence.of(call.app(), page.stream().map(ListedAccount::account).toList());
    return new UserPage(
        page.stream()
            .map(each -> listed(call.app(), each.account(), each.createdAt(), states))
            .toList(),
        more ? Optional.of(page.getLast().account().userId()) : Optional.empty());
  }

  private UserDetail show(AdminCall call, OneUser in) {
    Account account = account(call.app(), in.user());
    recordIntent(call, account, "content.profile.view");
    // Exactly one begins the range of its own id.
    ListedAccount listed = accounts.page(call.app(), in.user(), "", 1).getFirst();
    Presence state = presence.of(call.app(), List.of(account)).get(account.id());
    Profile profile = profiles.find(call.app(), List.of(account)).get(account.id());
    Mute mute = mutes.of(call.app(), account);
    Map<String, String> platforms = new TreeMap<>();
    state
        .platforms()
        .forEach((platform, how) -> platforms.put(platform.wireName(), how.restName()));
    return new UserDetail(
        listed(call.app(), account, listed.createdAt(), Map.of(account.id(), state)),
        ProfileFields.readableByAdministrators(call.app()).stream()
            .map(field -> ShownField.of(field, profile))
            .toList(),
        until(mute.c2cUntil()),
        until(mute.groupUntil()),
        platforms);
  }

  private UserSessions sessions(AdminCall call, OneUser in) {
    Account account = account(call.app(), in.user());
    recordIntent(call, account, "user.session.list");
    List<UserSession> open = new ArrayList<>();
    for (Session session : sessions.of(account.id())) {
      open.add(
          new UserSession(
              session.id(),
              session.platform(),
              session.deviceId(),
              session.client(),
              session.address(),
              session.loggedInAt()));
    }
    List<Platform> push =
        presence.of(call.app(), List.of(account)).get(account.id()).platforms().entrySet().stream()
            .filter(entry -> entry.getValue() == PresenceService.Status.PUSH_ONLINE)
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    return new UserSessions(open, push);
  }

  private Nothing create(AdminCall call, UserNames in) {
    if (!UserIds.isImportable(in.user())) {
      throw AdminException.invalid("user", Fault.NOT_ALLOWED, Reason.BAD_USER_ID);
    }
    if (accounts.find(call.app(), in.user()).isPresent()) {
      throw AdminException.invalid("user", Fault.TAKEN, "");
    }
    accounts.importAccount(
        call.app(), new AccountImport(in.user(), in.nick(), in.faceUrl()), call.cause());
    return Nothing.NOTHING;
  }

  private Nothing update(AdminCall call, ProfileChange in) {
    profiles.set(
        call.app(),
        in.user(),
        in.values().entrySet().stream()
            .map(entry -> new ProfileService.Item(entry.getKey(), entry.getValue()))
            .toList(),
        call.cause());
    return Nothing.NOTHING;
  }

  private Nothing endSession(AdminCall call, OneSession in) {
    Account account = account(call.app(), in.user());
    if (sessions.of(account.id()).stream().noneMatch(each -> each.id().equals(in.session()))) {
      throw AdminException.of(Refusal.NOT_FOUND);
    }
    regions
        .of(call.app())
        .inUnitOfWork(
            unit -> {
              unit.record(call.cause().event("auth.user.kicked", AccountService.target(account)));
              return null;
            });
    sessions.kick(account.id(), in.session(), KickReason.ADMIN);
    return Nothing.NOTHING;
  }

  private Nothing mute(AdminCall call, Muting in) {
    Account account = account(call.app(), in.user());
    if (in.seconds().isEmpty() && in.groupSeconds().isEmpty()) {
      throw AdminException.invalid("seconds", Fault.MISSING, Reason.NOTHING_CHOSEN);
    }
    mutes.set(call.app(), account, in.seconds(), in.groupSeconds(), call.cause());
    return Nothing.NOTHING;
  }

  private Nothing delete(AdminCall call, OneUser in) {
    if (call.app().administrators().contains(in.user())) {
      throw AdminException.of(Refusal.CONFLICT, Reason.MAY_CALL_REST);
    }
    if (!accounts.delete(call.app(), in.user(), call.cause())) {
      throw new ImException(ErrorCode.ACCOUNT_NOT_FOUND);
    }
    return Nothing.NOTHING;
  }

  private Account account(App app, String userId) {
    return accounts
        .find(app, userId)
        .orElseThrow(() -> new ImException(ErrorCode.ACCOUNT_NOT_FOUND));
  }

  /** What is personal is on record before it is shown, or it is not shown. */
  private void recordIntent(AdminCall call, Account account, String type) {
    regions
        .of(call.app())
        .inUnitOfWork(
            unit -> {
              unit.record(
                  call.cause()
                      .event(type, Outcome.INTENT, List.of(AccountService.target(account))));
              return null;
            });
  }

  private static ListedUser listed(
      App app, Account account, Instant createdAt, Map<Long, Presence> states) {
    return new ListedUser(
        account.userId(),
        account.nick(),
        account.faceUrl(),
        createdAt,
        account.isActive(),
        app.administrators().contains(account.userId()),
        states.get(account.id()).status());
  }

  private Optional<Instant> until(long seconds) {
    long now = clock.instant().getEpochSecond();
    // Ten thousand years stand for ever: what is later is no time of the calendar's.
    long most = 253_402_300_799L;
    return seconds <= now
        ? Optional.empty()
        : Optional.of(Instant.ofEpochSecond(Math.min(seconds, most)));
  }
}
