package im.palisade.server.profile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.moderation.ModerationHook.Subject;
import im.palisade.server.moderation.TextModeration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import im.palisade.server.store.SqlFunction;
import im.palisade.server.store.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The rules of profiles (rest-accounts Part B). */
public final class ProfileService {
  private static final String SCENE = "UserInfo";

  private final Regions regions;
  private final AccountService accounts;
  private final TextModeration texts;
  private final ProfileStore store = new ProfileStore();
  private final List<Listener> listeners = new ArrayList<>();
  private final List<ProfileHook> hooks = new ArrayList<>();

  public ProfileService(Regions regions, AccountService accounts, TextModeration texts) {
    this.texts = texts;
    this.regions = regions;
    this.accounts = accounts;
    accounts.onDeletion((unit, account) -> store.deleteAll(unit.connection(), account.id()));
    accounts.onProfileImport(
        (app, account, nick, faceUrl) -> {
          Map<ProfileField, String> changed = new LinkedHashMap<>();
          if (nick) {
            changed.put(ProfileFields.NICK, account.nick());
          }
          if (faceUrl) {
            changed.put(ProfileFields.IMAGE, account.faceUrl());
          }
          tell(app, account, changed);
        });
  }

  /** A field and the value it is to have. */
  public record Item(String tag, JsonNode value) {}

  /** Is told of every change after its commit. */
  @FunctionalInterface
  public interface Listener {
    /**
     * The account's profile is another now.
     *
     * @param account before the change
     * @param changed only what now has another value; empty text when it was cleared
     */
    void changed(App app, Account account, Map<ProfileField, String> changed);
  }

  /** Registers who takes part in changes; at composition only. */
  public void onWrite(ProfileHook hook) {
    hooks.add(hook);
  }

  /** Registers a listener; at composition only. */
  public void onChange(Listener listener) {
    listeners.add(listener);
  }

  /**
   * Writes fields for an administrator, all or none; the last value of a tag wins.
   *
   * @throws ImException 40003, 40005, 40008, 40009, 40601, 40605, 40610; then nothing was written
   */
  public void set(App app, String userId, List<Item> items, Cause cause) {
    Judged judged = judged(app, userId, items, cause);
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              set(unit, app, userId, judged, cause);
              return null;
            });
  }

  /**
   * Writes fields of an account for the account itself, all or none.
   *
   * @throws ImException as when an administrator writes
   */
  public void setOwn(App app, String userId, List<Item> items, Cause cause) {
    for (Item item : items) {
      if (!field(app, item.tag()).isWritableByItself()) {
        throw new ImException(ErrorCode.PROFILE_NOT_WRITABLE, item.tag() + " may not be written");
      }
    }
    Map<ProfileField, String> wanted = wanted(app, userId, items, cause);
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              write(unit, app, userId, wanted, cause);
              return null;
            });
  }

  /** What an administrator may write, as word lists and moderation let it be kept. */
  public record Judged(Map<ProfileField, String> values) {}

  /**
   * Judges fields before they are written; not within a transaction, since an app's own service may
   * be asked.
   *
   * @throws ImException as {@link #set(App, String, List, Cause)}
   */
  public Judged judged(App app, String userId, List<Item> items, Cause cause) {
    for (Item item : items) {
      if (!field(app, item.tag()).isWritableByAdministrators()) {
        throw new ImException(ErrorCode.PROFILE_NOT_WRITABLE, item.tag() + " may not be written");
      }
    }
    return new Judged(wanted(app, userId, items, cause));
  }

  /** Writes fields within a caller's transaction; see the other {@code set}. */
  public void set(UnitOfWork unit, App app, String userId, Judged judged, Cause cause)
      throws SQLException {
    write(unit, app, userId, judged.values(), cause);
  }

  private Map<ProfileField, String> wanted(App app, String userId, List<Item> items, Cause cause) {
    Map<ProfileField, String> wanted = new LinkedHashMap<>();
    for (Item item : items) {
      ProfileField field = field(app, item.tag());
      String text = field.textOf(item.value());
      wanted.put(field, field.isProse() ? moderated(app, userId, field, text, cause) : text);
    }
    return wanted;
  }

  /**
   * The profiles of accounts of one app, by internal id, in one query.
   *
   * @param accounts live ones
   */
  public Map<Long, Profile> find(App app, Collection<Account> accounts) {
    return profiles(app, accounts, connection -> store.find(connection, ids(accounts)));
  }

  /** Profiles that know no more than {@code AllowType} and {@code AdminForbidType}. */
  public Map<Long, Profile> findPolicies(App app, Collection<Account> accounts) {
    return profiles(app, accounts, connection -> store.findPolicies(connection, ids(accounts)));
  }

  /** Profiles that know nickname and avatar only; reads nothing. */
  public Map<Long, Profile> named(App app, Collection<Account> accounts) {
    return profiles(app, accounts, Map.of());
  }

  /**
   * The fields of these tags, for an administrator who reads.
   *
   * @throws ImException 40009 for an unknown tag, 40007 for one that may not be read
   */
  public List<ProfileField> readable(App app, Collection<String> tags) {
    List<ProfileField> fields = new ArrayList<>();
    for (String tag : tags) {
      ProfileField field = field(app, tag);
      if (!field.isReadableByAdministrators()) {
        throw new ImException(ErrorCode.PROFILE_NOT_READABLE, tag + " may not be read");
      }
      fields.add(field);
    }
    return fields;
  }

  /** The text as the app's word lists let it be kept; within the field's limit all the same. */
  private String moderated(App app, String userId, ProfileField field, String text, Cause cause) {
    String passed =
        texts
            .pass(app, TextModeration.Author.of(cause), Subject.of(SCENE, userId), text)
            .orElseThrow(() -> new ImException(ErrorCode.PROFILE_TEXT_PROHIBITED));
    return passed.equals(text) ? text : field.textOf(TextNode.valueOf(passed));
  }

  private static ProfileField field(App app, String tag) {
    return ProfileFields.find(app, tag)
        .orElseThrow(
            () -> new ImException(ErrorCode.PROFILE_FIELD_UNKNOWN, "no such field: " + tag));
  }

  private void write(
      UnitOfWork unit, App app, String userId, Map<ProfileField, String> wanted, Cause cause)
      throws SQLException {
    Account account =
        accounts
            .changeProfile(
                unit,
                app,
                userId,
                Optional.ofNullable(wanted.get(ProfileFields.NICK)),
                Optional.ofNullable(wanted.get(ProfileFields.IMAGE)))
            .orElseThrow(() -> new ImException(ErrorCode.PROFILE_ACCOUNT_NOT_FOUND));
    Map<String, String> stored =
        store.find(unit.connection(), Set.of(account.id())).getOrDefault(account.id(), Map.of());
    Map<ProfileField, String> changed = new LinkedHashMap<>();
    Map<String, String> put = new HashMap<>();
    List<String> cleared = new ArrayList<>();
    wanted.forEach(
        (field, value) -> {
          boolean withAccount =
              field.equals(ProfileFields.NICK) || field.equals(ProfileFields.IMAGE);
          String present =
              field.equals(ProfileFields.NICK)
                  ? account.nick()
                  : withAccount ? account.faceUrl() : stored.getOrDefault(field.tag(), "");
          if (present.equals(value)) {
            return;
          }
          changed.put(field, value);
          if (withAccount) {
            return;
          }
          if (value.isEmpty()) {
            cleared.add(field.tag());
          } else {
            put.put(field.tag(), value);
          }
        });
    if (changed.isEmpty()) {
      return;
    }
    store.put(unit.connection(), account.id(), put);
    store.delete(unit.connection(), account.id(), cleared);
    unit.record(
        cause
            .within(app.appId())
            .event("user.update", Outcome.SUCCESS, List.of(AccountService.target(account)))
            .withChange(Map.of("fields", tags(changed))));
    for (ProfileHook hook : hooks) {
      hook.changed(unit, app, account, changed, cause);
    }
    unit.onCommit(() -> tell(app, account, changed));
  }

  /** Names of fields, never their values: those are personal. */
  private static List<String> tags(Map<ProfileField, String> changed) {
    Set<String> tags = new TreeSet<>();
    changed.keySet().forEach(field -> tags.add(field.tag()));
    return List.copyOf(tags);
  }

  private void tell(App app, Account account, Map<ProfileField, String> changed) {
    if (!changed.isEmpty()) {
      listeners.forEach(listener -> listener.changed(app, account, changed));
    }
  }

  private Map<Long, Profile> profiles(
      App app,
      Collection<Account> accounts,
      SqlFunction<Connection, Map<Long, Map<String, String>>> read) {
    return profiles(app, accounts, accounts.isEmpty() ? Map.of() : regions.of(app).read(read));
  }

  private static Map<Long, Profile> profiles(
      App app, Collection<Account> accounts, Map<Long, Map<String, String>> stored) {
    Map<Long, Profile> profiles = HashMap.newHashMap(accounts.size());
    for (Account account : accounts) {
      profiles.put(
          account.id(),
          new Profile(
              account,
              stored.getOrDefault(account.id(), Map.of()),
              app.settings().defaultAllowType()));
    }
    return profiles;
  }

  private static Set<Long> ids(Collection<Account> accounts) {
    Set<Long> ids = new TreeSet<>();
    accounts.forEach(account -> ids.add(account.id()));
    return ids;
  }
}
