package im.palisade.server.push;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.push.PushAudienceStore.Tag;
import im.palisade.server.push.PushAudienceStore.Value;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Tags and attributes of accounts, by which pushes are addressed (rest-messages D2–D10). Changes
 * are all-or-nothing over all accounts of a call.
 */
public final class PushAudience {
  /** Attribute slots of an app, numbered from 0. */
  public static final int SLOTS = 10;

  /** Longest tag, attribute name and attribute value in UTF-8 bytes. */
  public static final int MAX_BYTES = 50;

  /** Most tags of an account. */
  public static final int MAX_TAGS = 100;

  private final Regions regions;
  private final AccountService accounts;
  private final PushAudienceStore store = new PushAudienceStore();

  public PushAudience(Regions regions, AccountService accounts) {
    this.regions = regions;
    this.accounts = accounts;
    accounts.onDeletion((unit, account) -> store.deleteAll(unit.connection(), account.id()));
  }

  /** Names in use by slot. */
  public Map<Integer, String> names(App app) {
    return regions.of(app).read(connection -> store.names(connection, app.appId()));
  }

  /**
   * Names slots; the rest keep theirs, and accounts keep their values.
   *
   * @throws ImException ATTRIBUTE_OR_IMPORT_MODE_INVALID; PUSH_ATTRIBUTE_INVALID for a slot that
   *     does not exist or a name that is not unique
   */
  public void setNames(App app, Map<Integer, String> names, Cause cause) {
    for (Map.Entry<Integer, String> each : names.entrySet()) {
      if (each.getKey() < 0 || each.getKey() >= SLOTS) {
        throw new ImException(ErrorCode.PUSH_ATTRIBUTE_INVALID, "slots are 0 to 9");
      }
      checkLength(each.getValue());
    }
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              Map<Integer, String> after =
                  new TreeMap<>(store.names(unit.connection(), app.appId()));
              after.putAll(names);
              if (new HashSet<>(after.values()).size() < after.size()) {
                throw new ImException(ErrorCode.PUSH_ATTRIBUTE_INVALID, "names must be unique");
              }
              store.rename(unit.connection(), app.appId(), names);
              unit.record(cause.event("rest.call", new Target("app", Long.toString(app.appId()))));
              return null;
            });
  }

  /**
   * Sets values by attribute name; attributes not named are untouched.
   *
   * @throws ImException PUSH_ATTRIBUTE_INVALID, ATTRIBUTE_OR_IMPORT_MODE_INVALID,
   *     FROM_ACCOUNT_NOT_FOUND for an unknown account; then nothing was changed
   */
  public void setValues(App app, List<Map.Entry<String, Map<String, String>>> values, Cause cause) {
    Map<String, Integer> slots = slots(app);
    Map<String, Account> known = known(app, values.stream().map(Map.Entry::getKey).toList());
    Map<String, Value> changes = new LinkedHashMap<>();
    for (Map.Entry<String, Map<String, String>> user : values) {
      long id = known.get(user.getKey()).id();
      user.getValue()
          .forEach(
              (name, value) -> {
                int slot = slot(slots, name);
                checkLength(value);
                // The same account twice is applied in order: the later value stands.
                changes.put(id + "/" + slot, new Value(id, slot, value));
              });
    }
    change(
        app,
        known.values(),
        cause,
        unit -> store.setValues(unit.connection(), app.appId(), List.copyOf(changes.values())));
  }

  /**
   * Removes values by attribute name; one that is not set is no error.
   *
   * @throws ImException PUSH_ATTRIBUTE_INVALID, FROM_ACCOUNT_NOT_FOUND; then nothing was changed
   */
  public void removeValues(App app, List<Map.Entry<String, List<String>>> names, Cause cause) {
    Map<String, Integer> slots = slots(app);
    Map<String, Account> known = known(app, names.stream().map(Map.Entry::getKey).toList());
    List<Value> changes = new ArrayList<>();
    for (Map.Entry<String, List<String>> user : names) {
      for (String name : user.getValue()) {
        changes.add(new Value(known.get(user.getKey()).id(), slot(slots, name), ""));
      }
    }
    change(app, known.values(), cause, unit -> store.removeValues(unit.connection(), changes));
  }

  /** Values by attribute name, for each account asked for; unknown accounts have none. */
  public Map<String, Map<String, String>> values(App app, Collection<String> userIds) {
    Map<String, Long> ids = ids(app, userIds);
    return regions
        .of(app)
        .read(
            connection -> {
              Map<Integer, String> names = store.names(connection, app.appId());
              var values = store.values(connection, ids.values());
              Map<String, Map<String, String>> found = new HashMap<>();
              for (String userId : userIds) {
                Map<String, String> byName = new LinkedHashMap<>();
                Optional.ofNullable(ids.get(userId))
                    .map(values::get)
                    .orElse(Map.of())
                    .forEach((slot, value) -> byName.put(names.get(slot), value));
                found.put(userId, byName);
              }
              return found;
            });
  }

  /**
   * Adds tags; those already there stay.
   *
   * @throws ImException FROM_ACCOUNT_NOT_FOUND for an unknown account, PUSH_TAGS_EXCEEDED for one
   *     that would have more than {@value #MAX_TAGS}; then nothing was changed
   */
  public void addTags(App app, List<Map.Entry<String, List<String>>> tags, Cause cause) {
    Map<String, Account> known = known(app, tags.stream().map(Map.Entry::getKey).toList());
    change(
        app,
        known.values(),
        cause,
        unit -> {
          store.addTags(unit.connection(), app.appId(), rows(tags, known));
          List<Long> ids = known.values().stream().map(Account::id).toList();
          for (List<String> all : store.tags(unit.connection(), ids).values()) {
            if (all.size() > MAX_TAGS) {
              throw new ImException(
                  ErrorCode.PUSH_TAGS_EXCEEDED, "an account would have more than 100 tags");
            }
          }
        });
  }

  /**
   * Removes tags; those not there are no error.
   *
   * @throws ImException FROM_ACCOUNT_NOT_FOUND; then nothing was changed
   */
  public void removeTags(App app, List<Map.Entry<String, List<String>>> tags, Cause cause) {
    Map<String, Account> known = known(app, tags.stream().map(Map.Entry::getKey).toList());
    change(
        app, known.values(), cause, unit -> store.removeTags(unit.connection(), rows(tags, known)));
  }

  /**
   * Removes every tag.
   *
   * @throws ImException FROM_ACCOUNT_NOT_FOUND; then nothing was changed
   */
  public void removeAllTags(App app, Collection<String> userIds, Cause cause) {
    Map<String, Account> known = known(app, userIds);
    List<Long> ids = known.values().stream().map(Account::id).toList();
    change(app, known.values(), cause, unit -> store.removeAllTags(unit.connection(), ids));
  }

  /** Tags of each account asked for; unknown accounts have none. */
  public Map<String, List<String>> tags(App app, Collection<String> userIds) {
    Map<String, Long> ids = ids(app, userIds);
    var tags = regions.of(app).read(connection -> store.tags(connection, ids.values()));
    Map<String, List<String>> found = new HashMap<>();
    for (String userId : userIds) {
      found.put(userId, Optional.ofNullable(ids.get(userId)).map(tags::get).orElse(List.of()));
    }
    return found;
  }

  /** Slots by the name they have. */
  Map<String, Integer> slots(App app) {
    Map<String, Integer> slots = new HashMap<>();
    names(app).forEach((slot, name) -> slots.put(name, slot));
    return slots;
  }

  /** What is written in one transaction with its record. */
  private interface Write {
    void in(UnitOfWork unit) throws SQLException;
  }

  private void change(App app, Collection<Account> known, Cause cause, Write write) {
    List<Account> held = List.copyOf(known);
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              List<Long> ids = held.stream().map(Account::id).toList();
              if (store.hold(unit.connection(), ids) < ids.size()) {
                throw new ImException(ErrorCode.FROM_ACCOUNT_NOT_FOUND, "an account was deleted");
              }
              write.in(unit);
              unit.record(
                  cause.event(
                      "rest.call",
                      Outcome.SUCCESS,
                      held.stream().map(AccountService::target).toList()));
              return null;
            });
  }

  private Map<String, Account> known(App app, Collection<String> userIds) {
    Set<String> wanted = new TreeSet<>(userIds);
    Map<String, Account> known = accounts.findAll(app, wanted);
    if (known.size() < wanted.size()) {
      throw new ImException(ErrorCode.FROM_ACCOUNT_NOT_FOUND, "an account is not imported");
    }
    return known;
  }

  private Map<String, Long> ids(App app, Collection<String> userIds) {
    Map<String, Long> ids = new HashMap<>();
    accounts.findAll(app, userIds).forEach((userId, account) -> ids.put(userId, account.id()));
    return ids;
  }

  private static List<Tag> rows(
      List<Map.Entry<String, List<String>>> tags, Map<String, Account> known) {
    return tags.stream()
        .flatMap(
            user ->
                user.getValue().stream().map(tag -> new Tag(known.get(user.getKey()).id(), tag)))
        .distinct()
        .toList();
  }

  private static int slot(Map<String, Integer> slots, String name) {
    Integer slot = slots.get(name);
    if (slot == null) {
      throw new ImException(ErrorCode.PUSH_ATTRIBUTE_INVALID, "an attribute is not defined");
    }
    return slot;
  }

  private static void checkLength(String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > MAX_BYTES) {
      throw new ImException(ErrorCode.ATTRIBUTE_OR_IMPORT_MODE_INVALID);
    }
  }
}
