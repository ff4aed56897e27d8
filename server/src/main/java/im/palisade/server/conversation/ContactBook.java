package im.palisade.server.conversation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.conversation.ContactBookStore.Item;
import im.palisade.server.conversation.ContactBookStore.Target;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Texts;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Conversation groups and marks of an account (rest-conversations E3–E8). They are kept apart from
 * the recent list: a conversation need not be on it, and what is kept outlives its deletion there.
 */
public final class ContactBook {
  /** Most groups of an account. */
  public static final int MAX_GROUPS = 20;

  /** Longest group name in UTF-8 bytes. */
  public static final int MAX_GROUP_NAME = 32;

  /** Longest custom mark in UTF-8 bytes. */
  public static final int MAX_CUSTOM_MARK = 256;

  /** Bits of a standard mark, numbered from 1. */
  public static final int MARK_BITS = 64;

  private static final int PAGE = 100;

  private final Regions regions;
  private final AccountService accounts;
  private final OwnDevices devices;
  private final Clock clock;
  private final ContactBookStore store = new ContactBookStore();

  public ContactBook(
      Regions regions, AccountService accounts, SessionDirectory sessions, Clock clock) {
    this.regions = regions;
    this.accounts = accounts;
    this.devices = new OwnDevices(sessions);
    this.clock = clock;
    accounts.onDeletion((unit, account) -> store.deleteAll(unit.connection(), account.id()));
  }

  /** A conversation group; numbers start at 1 and are never reused by its owner. */
  public record Group(long number, String name) {}

  /** A conversation to put into a group or to take out. */
  public record Move(Contact contact, boolean in) {}

  /**
   * What to do with a conversation's marks. Bits are cleared before others are set.
   *
   * @param clear bit numbers, 1 to {@value #MARK_BITS}
   * @param set bit numbers
   * @param custom absent leaves it, empty removes it
   */
  public record Marking(
      Contact contact, List<Long> clear, List<Long> set, Optional<String> custom) {}

  /** What became of one conversation of a request; no fault means success. */
  public record Outcome(Contact contact, Optional<ErrorCode> fault) {}

  /** A group after a change, and what became of each conversation named. */
  public record Change(Group group, List<Outcome> outcomes) {}

  /**
   * What is kept of a conversation.
   *
   * @param standardMark 64 bits, number 1 the lowest
   * @param customMark empty for none
   * @param groups their numbers
   * @param changedAt UNIX seconds
   */
  public record Kept(
      Contact contact, long standardMark, String customMark, Set<Long> groups, long changedAt) {}

  /**
   * A page of what is kept.
   *
   * @param next where the next page begins; 0 when there is none
   */
  public record Page(List<Kept> kept, List<Group> groups, long next) {}

  /**
   * Creates a group, or adds to the one of that name. It is there even if every item fails.
   *
   * @throws ImException CONTACT_GROUP_NAME_TOO_LONG, CONVERSATION_INVALID_PARAMETER for an empty
   *     name, CONTACT_GROUPS_EXCEEDED
   */
  public Change create(App app, Account owner, String name, List<Contact> contacts, Cause cause) {
    checkName(name);
    List<Move> moves = contacts.stream().map(contact -> new Move(contact, true)).toList();
    Map<Contact, Target> targets = resolve(app, contacts);
    Change change =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> {
                  ContactDraft draft = draft(unit, owner, targets);
                  Map<String, Long> groups = store.groups(unit.connection(), owner.id());
                  Long number = groups.get(name);
                  if (number == null) {
                    if (groups.size() >= MAX_GROUPS) {
                      throw new ImException(ErrorCode.CONTACT_GROUPS_EXCEEDED);
                    }
                    number = draft.nextGroup();
                    store.insertGroup(unit.connection(), owner.id(), number, name);
                  }
                  Change done = move(draft, new Group(number, name), moves, targets);
                  draft.save();
                  record(unit, owner, cause);
                  return done;
                });
    tell(owner, "created", change.group(), moved(change, moves));
    return change;
  }

  /**
   * Renames a group.
   *
   * @throws ImException CONTACT_GROUP_NOT_FOUND; CONTACT_GROUP_NAME_TOO_LONG;
   *     CONVERSATION_INVALID_PARAMETER when the name is empty or another group's
   */
  public Group rename(App app, Account owner, String oldName, String newName, Cause cause) {
    checkName(newName);
    Group renamed =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> {
                  store.lock(unit.connection(), owner.id());
                  Map<String, Long> groups = store.groups(unit.connection(), owner.id());
                  Group group = group(groups, oldName);
                  if (!newName.equals(oldName) && groups.containsKey(newName)) {
                    throw new ImException(
                        ErrorCode.CONVERSATION_INVALID_PARAMETER, "another group has that name");
                  }
                  store.renameGroup(unit.connection(), owner.id(), group.number(), newName);
                  record(unit, owner, cause);
                  return new Group(group.number(), newName);
                });
    ObjectNode data = Json.object();
    data.put("oldName", oldName);
    tell(owner, "renamed", renamed, data);
    return renamed;
  }

  /**
   * Puts conversations into a group or takes them out; an emptied group stays.
   *
   * @throws ImException CONTACT_GROUP_NOT_FOUND
   */
  public Change change(App app, Account owner, String name, List<Move> moves, Cause cause) {
    Map<Contact, Target> targets = resolve(app, moves.stream().map(Move::contact).toList());
    Change change =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> {
                  ContactDraft draft = draft(unit, owner, targets);
                  Group group = group(store.groups(unit.connection(), owner.id()), name);
                  Change done = move(draft, group, moves, targets);
                  draft.save();
                  record(unit, owner, cause);
                  return done;
                });
    tell(owner, "changed", change.group(), moved(change, moves));
    return change;
  }

  /**
   * Deletes a group; conversations and marks stay.
   *
   * @throws ImException CONTACT_GROUP_NOT_FOUND
   */
  public Group delete(App app, Account owner, String name, Cause cause) {
    Group deleted =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> {
                  store.lock(unit.connection(), owner.id());
                  Group group = group(store.groups(unit.connection(), owner.id()), name);
                  store.deleteGroup(unit.connection(), owner.id(), group.number(), now());
                  record(unit, owner, cause);
                  return group;
                });
    tell(owner, "deleted", deleted, Json.object());
    return deleted;
  }

  /** Sets and clears marks, each item on its own; results in the order of the request. */
  public List<Outcome> mark(App app, Account owner, List<Marking> markings, Cause cause) {
    Map<Contact, Target> targets = resolve(app, markings.stream().map(Marking::contact).toList());
    Map<Contact, Item> after = new LinkedHashMap<>();
    List<Outcome> outcomes =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> {
                  after.clear();
                  ContactDraft draft = draft(unit, owner, targets);
                  List<Outcome> done = new ArrayList<>();
                  for (Marking each : markings) {
                    Optional<ErrorCode> fault = mark(draft, each, targets);
                    if (fault.isEmpty()) {
                      Target target = targets.get(each.contact());
                      after.put(each.contact(), draft.current(target));
                    }
                    done.add(new Outcome(each.contact(), fault));
                  }
                  draft.save();
                  record(unit, owner, cause);
                  return done;
                });
    if (!after.isEmpty()) {
      tellMarks(owner, after);
    }
    return outcomes;
  }

  /** What is kept of these conversations, in their order; nothing for those of which nothing is. */
  public Page find(App app, Account owner, List<Contact> contacts) {
    Map<Contact, Target> targets = resolve(app, contacts);
    return regions
        .of(app)
        .read(
            connection -> {
              Map<Target, Item> items =
                  store.find(connection, owner.id(), new LinkedHashSet<>(targets.values()));
              List<Kept> kept = new ArrayList<>();
              targets.forEach(
                  (contact, target) -> {
                    Item item = items.get(target);
                    if (item != null) {
                      kept.add(kept(contact, item));
                    }
                  });
              return new Page(kept, list(store.groups(connection, owner.id())), 0);
            });
  }

  /** Everything that is kept. */
  public Page all(App app, Account owner) {
    return regions
        .of(app)
        .read(
            connection ->
                new Page(
                    store.page(connection, owner.id(), 0, Integer.MAX_VALUE).stream()
                        .map(
                            item ->
                                kept(new Contact(item.target().kind(), item.targetName()), item))
                        .toList(),
                    list(store.groups(connection, owner.id())),
                    0));
  }

  /** Everything that is kept, with the names of those groups that something is kept in. */
  public Page kept(App app, Account owner) {
    return regions
        .of(app)
        .read(
            connection -> {
              List<Kept> kept =
                  store.page(connection, owner.id(), 0, Integer.MAX_VALUE).stream()
                      .map(item -> kept(new Contact(item.target().kind(), item.targetName()), item))
                      .toList();
              boolean grouped = kept.stream().anyMatch(each -> !each.groups().isEmpty());
              return new Page(
                  kept, grouped ? list(store.groups(connection, owner.id())) : List.of(), 0);
            });
  }

  /**
   * Everything that is kept, in the order in which it began.
   *
   * @param from 0, then {@link Page#next}
   */
  public Page page(App app, Account owner, long from) {
    return regions
        .of(app)
        .read(
            connection -> {
              List<Item> items = store.page(connection, owner.id(), from, PAGE + 1);
              boolean more = items.size() > PAGE;
              List<Kept> kept =
                  items.stream()
                      .limit(PAGE)
                      .map(item -> kept(new Contact(item.target().kind(), item.targetName()), item))
                      .toList();
              return new Page(
                  kept,
                  list(store.groups(connection, owner.id())),
                  more ? items.get(PAGE - 1).number() : 0);
            });
  }

  private Optional<ErrorCode> mark(
      ContactDraft draft, Marking marking, Map<Contact, Target> targets) {
    Target target = targets.get(marking.contact());
    if (target == null) {
      return Optional.of(unknown(marking.contact()));
    }
    if (!areBits(marking.clear())
        || !areBits(marking.set())
        || !Texts.isWellFormed(marking.custom().orElse(""))
        || bytes(marking.custom().orElse("")) > MAX_CUSTOM_MARK) {
      return Optional.of(ErrorCode.CONVERSATION_INVALID_PARAMETER);
    }
    return draft.setMarks(
        target, mark -> (mark & ~bits(marking.clear())) | bits(marking.set()), marking.custom());
  }

  private static Change move(
      ContactDraft draft, Group group, List<Move> moves, Map<Contact, Target> targets) {
    List<Outcome> outcomes = new ArrayList<>();
    for (Move each : moves) {
      Target target = targets.get(each.contact());
      outcomes.add(
          new Outcome(
              each.contact(),
              target == null
                  ? Optional.of(unknown(each.contact()))
                  : draft.setGroup(target, group.number(), each.in())));
    }
    return new Change(group, outcomes);
  }

  private ContactDraft draft(UnitOfWork unit, Account owner, Map<Contact, Target> targets)
      throws SQLException {
    return new ContactDraft(
        store, unit.connection(), owner.id(), new LinkedHashSet<>(targets.values()), now());
  }

  /** The conversations that exist; that of a group is anybody's to keep, as in its list. */
  private Map<Contact, Target> resolve(App app, List<Contact> contacts) {
    Set<String> peers = new LinkedHashSet<>();
    contacts.stream()
        .filter(contact -> contact.kind() == Contact.Kind.C2C)
        .forEach(contact -> peers.add(contact.id()));
    Map<String, Account> known = accounts.findAll(app, peers);
    List<String> groupIds =
        contacts.stream()
            .filter(contact -> contact.kind() == Contact.Kind.GROUP)
            .map(Contact::id)
            .distinct()
            .toList();
    Map<String, Long> groups =
        groupIds.isEmpty()
            ? Map.of()
            : regions.of(app).read(c -> store.groupConversations(c, app.appId(), groupIds));
    Map<Contact, Target> targets = new LinkedHashMap<>();
    for (Contact contact : contacts) {
      if (contact.kind() == Contact.Kind.C2C && known.containsKey(contact.id())) {
        targets.put(contact, new Target(Contact.Kind.C2C, known.get(contact.id()).id()));
      }
      if (contact.kind() == Contact.Kind.GROUP && groups.containsKey(contact.id())) {
        targets.put(contact, new Target(Contact.Kind.GROUP, groups.get(contact.id())));
      }
    }
    return targets;
  }

  private static ErrorCode unknown(Contact contact) {
    return switch (contact.kind()) {
      case C2C -> ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND;
      case GROUP -> ErrorCode.CONTACT_GROUP_CHAT_UNKNOWN;
    };
  }

  private static Group group(Map<String, Long> groups, String name) {
    Long number = groups.get(name);
    if (number == null) {
      throw new ImException(ErrorCode.CONTACT_GROUP_NOT_FOUND);
    }
    return new Group(number, name);
  }

  private static List<Group> list(Map<String, Long> groups) {
    return groups.entrySet().stream().map(e -> new Group(e.getValue(), e.getKey())).toList();
  }

  private static Kept kept(Contact contact, Item item) {
    return new Kept(
        contact, item.standardMark(), item.customMark(), item.groups(), item.changedAt());
  }

  private static void checkName(String name) {
    if (name.isEmpty() || !Texts.isWellFormed(name)) {
      throw new ImException(
          ErrorCode.CONVERSATION_INVALID_PARAMETER, "the group name is empty or no text");
    }
    if (bytes(name) > MAX_GROUP_NAME) {
      throw new ImException(ErrorCode.CONTACT_GROUP_NAME_TOO_LONG);
    }
  }

  private static boolean areBits(List<Long> numbers) {
    return numbers.stream().allMatch(number -> number >= 1 && number <= MARK_BITS);
  }

  private static long bits(List<Long> numbers) {
    return numbers.stream().mapToLong(number -> 1L << (number - 1)).reduce(0, (a, b) -> a | b);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  /** What users do to their own lists is nobody's record. */
  private static void record(UnitOfWork unit, Account owner, Cause cause) {
    if (cause.source().channel() == Channel.REST) {
      unit.record(cause.event("rest.call", AccountService.target(owner)));
    }
  }

  private static ObjectNode moved(Change change, List<Move> moves) {
    ObjectNode data = Json.object();
    ArrayNode added = data.putArray("added");
    ArrayNode removed = data.putArray("removed");
    for (int i = 0; i < moves.size(); i++) {
      if (change.outcomes().get(i).fault().isEmpty()) {
        (moves.get(i).in() ? added : removed).add(moves.get(i).contact().wireName());
      }
    }
    return data;
  }

  private void tell(Account owner, String what, Group group, ObjectNode data) {
    data.put("change", what).put("groupId", group.number()).put("name", group.name());
    devices.tell(owner, ClientEvent.CONVERSATION_GROUP, data);
  }

  private void tellMarks(Account owner, Map<Contact, Item> after) {
    ObjectNode data = Json.object();
    ArrayNode list = data.putArray("conversations");
    after.forEach(
        (contact, item) -> {
          ObjectNode entry = list.addObject().put("conversation", contact.wireName());
          ArrayNode marks = entry.putArray("marks");
          for (int bit = 1; bit <= MARK_BITS; bit++) {
            if ((item.standardMark() >>> (bit - 1) & 1) == 1) {
              marks.add(bit);
            }
          }
          entry.put("customData", item.customMark());
        });
    devices.tell(owner, ClientEvent.CONVERSATION_MARKED, data);
  }
}
