package im.palisade.server.conversation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.conversation.ContactBook.Change;
import im.palisade.server.conversation.ContactBook.Group;
import im.palisade.server.conversation.ContactBook.Kept;
import im.palisade.server.conversation.ContactBook.Marking;
import im.palisade.server.conversation.ContactBook.Move;
import im.palisade.server.conversation.ContactBook.Outcome;
import im.palisade.server.conversation.ContactBook.Page;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Conversation groups and marks (rest-conversations E3–E8). */
public final class ContactBookRestApi {
  private static final int MAX_CHANGES = 100;
  private static final int MAX_LOOKUPS = 300;
  private static final int MAX_TEXT = 1 << 20;
  private static final int STANDARD = 1;
  private static final int CUSTOM = 2;
  private static final int RENAME = 1;

  private static final Field<String> FROM_ACCOUNT = RecentContactRestApi.FROM_ACCOUNT;
  private static final Field<Integer> TYPE =
      Field.integer("Type", 1, 2, "1 one-to-one, 2 group").required();
  private static final Field<String> TO_ACCOUNT =
      Field.text("To_Account", MAX_TEXT, "the peer, for Type 1")
          .whenWrongType(ErrorCode.ACCOUNT_WRONG_TYPE);
  private static final Field<String> TO_GROUP_ID =
      Field.text("ToGroupId", MAX_TEXT, "the group, for Type 2");
  private static final List<Field<?>> CONTACT = List.of(TYPE, TO_ACCOUNT, TO_GROUP_ID);

  private static final Field<String> NEW_GROUP =
      Field.text("GroupName", MAX_TEXT, "1 to 32 bytes").required();
  private static final Field<List<Fields>> CONTACTS = contacts(MAX_CHANGES);
  private static final Field<List<Fields>> GROUP_CONTACT_ITEM =
      Field.objects("GroupContactItem", 1, 1, List.of(NEW_GROUP, CONTACTS), "the group to create")
          .required();

  private static final Field<Integer> UPDATE_TYPE =
      Field.integer("UpdateType", 1, 1, "always 1").required();
  private static final Field<Integer> UPDATE_GROUP_TYPE =
      Field.integer("UpdateGroupType", 1, 2, "1 renames, 2 changes members").required();
  private static final Field<String> OLD_GROUP_NAME =
      Field.text("OldGroupName", MAX_TEXT, "the group").required();
  private static final Field<String> NEW_GROUP_NAME =
      Field.text("NewGroupName", MAX_TEXT, "1 to 32 bytes, when renaming");
  private static final Field<Integer> CONTACT_OPT_TYPE =
      Field.integer("ContactOptType", 1, 2, "1 adds, 2 removes").required();
  private static final Field<Fields> CONTACT_ITEM =
      Field.object("ContactItem", CONTACT, "a conversation").required();
  private static final Field<List<Fields>> CONTACT_UPDATE_ITEM =
      Field.objects(
              "ContactUpdateItem",
              1,
              MAX_CHANGES,
              List.of(CONTACT_OPT_TYPE, CONTACT_ITEM),
              "changes of members")
          .whenTooMany(ErrorCode.CONTACT_LIST_SIZE);
  private static final Field<Fields> UPDATE_GROUP =
      Field.object(
              "UpdateGroup",
              List.of(UPDATE_GROUP_TYPE, OLD_GROUP_NAME, NEW_GROUP_NAME, CONTACT_UPDATE_ITEM),
              "the change")
          .required();

  private static final Field<List<String>> GROUP_NAME =
      Field.list("GroupName", new Shape.Text(0, MAX_TEXT), 1, 1, "exactly one name").required();

  private static final Field<Integer> OPT_TYPE =
      Field.integer("OptType", 1, 3, "1 standard marks, 2 custom mark, 3 both").required();
  private static final Field<List<Long>> CLEAR_MARK = bits("ClearMark", "bit numbers to clear");
  private static final Field<List<Long>> SET_MARK = bits("SetMark", "bit numbers to set");
  private static final Field<String> CUSTOM_MARK =
      Field.text("CustomMark", MAX_TEXT, "at most 256 bytes; empty removes it");
  private static final Field<List<Fields>> MARK_ITEM =
      Field.objects(
              "MarkItem",
              1,
              MAX_CHANGES,
              List.of(OPT_TYPE, CONTACT_ITEM, CLEAR_MARK, SET_MARK, CUSTOM_MARK),
              "marks to change")
          .whenTooMany(ErrorCode.CONTACT_LIST_SIZE)
          .required();

  private static final Field<List<Fields>> LOOKUPS = contacts(MAX_LOOKUPS);
  private static final Field<Long> START_INDEX =
      Field.u32("StartIndex", "0, then NextStartIndex").required();

  private final ContactBook book;
  private final AccountService accounts;

  public ContactBookRestApi(ContactBook book, AccountService accounts) {
    this.book = book;
    this.accounts = accounts;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration changes = AuditDeclaration.records("rest.call");
    AuditDeclaration none = AuditDeclaration.none("tells marks and groups, no content");
    return List.of(
        endpoint("create_contact_group")
            .meaning("Creates a conversation group or adds to it")
            .fields(FROM_ACCOUNT, GROUP_CONTACT_ITEM)
            .handledBy(changes, this::create),
        endpoint("update_contact_group")
            .meaning("Renames a conversation group or changes its members")
            .fields(FROM_ACCOUNT, UPDATE_TYPE, UPDATE_GROUP)
            .handledBy(changes, this::update),
        endpoint("del_contact_group")
            .meaning("Deletes a conversation group")
            .fields(FROM_ACCOUNT, GROUP_NAME)
            .handledBy(changes, this::delete),
        endpoint("mark_contact")
            .meaning("Sets or clears marks of conversations")
            .fields(FROM_ACCOUNT, MARK_ITEM)
            .handledBy(changes, this::mark),
        endpoint("search_contact_group")
            .meaning("Looks up marks and groups of conversations")
            .fields(FROM_ACCOUNT, LOOKUPS)
            .handledBy(none, this::search),
        endpoint("get_contact_group")
            .meaning("Pages through all marks and groups")
            .fields(FROM_ACCOUNT, START_INDEX)
            .handledBy(none, this::page));
  }

  private RestReply create(RestCall call) {
    requireGroups(call);
    Fields group = call.get(GROUP_CONTACT_ITEM).getFirst();
    String name = group.get(NEW_GROUP);
    List<Contact> contacts = group.get(CONTACTS).stream().map(this::contact).toList();
    Change created = book.create(call.app(), owner(call), name, contacts, call.cause());
    ObjectNode reply = Json.object();
    ObjectNode result = reply.putArray("GroupResultItem").addObject();
    put(result.putObject("GroupItem"), created.group());
    ArrayNode items = result.putArray("ResultItem");
    created.outcomes().forEach(outcome -> put(items.addObject(), outcome, "CreateContactGroup"));
    return RestReply.ok(reply);
  }

  private RestReply update(RestCall call) {
    requireGroups(call);
    int updateType = call.get(UPDATE_TYPE);
    Fields change = call.get(UPDATE_GROUP);
    int type = change.get(UPDATE_GROUP_TYPE);
    String oldName = change.get(OLD_GROUP_NAME);
    ObjectNode reply = Json.object().put("UpdateType", updateType);
    ObjectNode result = reply.putObject("UpdateGroupResult").put("UpdateGroupType", type);
    if (type == RENAME) {
      String newName = change.get(NEW_GROUP_NAME);
      Group group = book.rename(call.app(), owner(call), oldName, newName, call.cause());
      put(result, group);
      result.putArray("ContactResultItem");
    } else {
      List<Fields> items = items(change);
      List<Move> moves =
          items.stream()
              .map(
                  item ->
                      new Move(contact(item.get(CONTACT_ITEM)), item.get(CONTACT_OPT_TYPE) == 1))
              .toList();
      Change changed = book.change(call.app(), owner(call), oldName, moves, call.cause());
      put(result, changed.group());
      ArrayNode results = result.putArray("ContactResultItem");
      for (int i = 0; i < moves.size(); i++) {
        ObjectNode each = results.addObject().put("ContactOptType", moves.get(i).in() ? 1 : 2);
        put(each, changed.outcomes().get(i), "UpdateContactGroup");
      }
    }
    result.put("OldGroupName", oldName);
    return RestReply.ok(reply);
  }

  private RestReply delete(RestCall call) {
    requireGroups(call);
    String name = call.get(GROUP_NAME).getFirst();
    Group deleted = book.delete(call.app(), owner(call), name, call.cause());
    ObjectNode reply = Json.object();
    put(reply.putArray("GroupItem").addObject(), deleted);
    return RestReply.ok(reply);
  }

  private RestReply mark(RestCall call) {
    List<Fields> items = call.get(MARK_ITEM);
    boolean groups = call.app().settings().conversationGroups();
    List<Integer> types = new ArrayList<>();
    List<Marking> markings = new ArrayList<>();
    List<Boolean> allowed = new ArrayList<>();
    for (Fields item : items) {
      int type = item.get(OPT_TYPE);
      Contact contact = contact(item.get(CONTACT_ITEM));
      boolean standard = (type & STANDARD) != 0;
      boolean custom = (type & CUSTOM) != 0;
      types.add(type);
      allowed.add(groups || !standard);
      markings.add(
          new Marking(
              contact,
              standard ? item.get(CLEAR_MARK) : List.of(),
              standard ? item.get(SET_MARK) : List.of(),
              custom ? item.find(CUSTOM_MARK) : Optional.empty()));
    }
    List<Marking> done = new ArrayList<>();
    for (int i = 0; i < markings.size(); i++) {
      if (allowed.get(i)) {
        done.add(markings.get(i));
      }
    }
    Account owner = owner(call);
    if (done.isEmpty()) {
      throw new ImException(ErrorCode.CONTACT_GROUPS_OFF);
    }
    var outcomes = book.mark(call.app(), owner, done, call.cause()).iterator();
    ObjectNode reply = Json.object();
    ArrayNode results = reply.putArray("ResultItem");
    for (int i = 0; i < markings.size(); i++) {
      Outcome outcome =
          allowed.get(i)
              ? outcomes.next()
              : new Outcome(markings.get(i).contact(), Optional.of(ErrorCode.CONTACT_GROUPS_OFF));
      put(results.addObject().put("OptType", types.get(i)), outcome, "MarkContact");
    }
    return RestReply.ok(reply);
  }

  private RestReply search(RestCall call) {
    requireGroups(call);
    List<Contact> contacts = call.get(LOOKUPS).stream().map(this::contact).toList();
    Page found = book.find(call.app(), owner(call), contacts);
    ObjectNode reply = Json.object();
    put(reply.putArray("ContactResultItem"), found.kept());
    putGroups(reply, found);
    return RestReply.ok(reply);
  }

  private RestReply page(RestCall call) {
    requireGroups(call);
    long from = call.get(START_INDEX);
    Page page = book.page(call.app(), owner(call), from);
    ObjectNode reply = Json.object();
    put(reply.putArray("ContactItem"), page.kept());
    putGroups(reply, page);
    reply.put("CompleteFlag", page.next() == 0 ? 1 : 0).put("NextStartIndex", page.next());
    return RestReply.ok(reply);
  }

  private Account owner(RestCall call) {
    return RecentContactRestApi.owner(accounts, call, call.get(FROM_ACCOUNT));
  }

  private static List<Fields> items(Fields change) {
    return change.get(CONTACT_UPDATE_ITEM);
  }

  private Contact contact(Fields item) {
    Contact.Kind kind = Contact.Kind.ofCode(item.get(TYPE));
    return new Contact(
        kind,
        switch (kind) {
          case C2C -> item.get(TO_ACCOUNT);
          case GROUP -> item.get(TO_GROUP_ID);
        });
  }

  private static void requireGroups(RestCall call) {
    if (!call.app().settings().conversationGroups()) {
      throw new ImException(ErrorCode.CONTACT_GROUPS_OFF);
    }
  }

  private static void put(ObjectNode into, Group group) {
    into.put("GroupName", group.name()).put("GroupId", group.number());
  }

  private static void putGroups(ObjectNode reply, Page page) {
    ArrayNode groups = reply.putArray("GroupItem");
    page.groups().forEach(group -> put(groups.addObject(), group));
  }

  private static void put(ObjectNode into, Outcome outcome, String command) {
    put(into.putObject("ContactItem"), outcome.contact());
    into.put("ResultCode", outcome.fault().map(ErrorCode::number).orElse(0));
    into.put("ResultInfo", outcome.fault().map(fault -> info(command, fault)).orElse(""));
  }

  private static void put(ObjectNode into, Contact contact) {
    into.put("Type", contact.kind().code());
    into.put(contact.kind() == Contact.Kind.C2C ? "To_Account" : "ToGroupId", contact.id());
  }

  private static void put(ArrayNode into, List<Kept> all) {
    for (Kept each : all) {
      ObjectNode item = into.addObject();
      put(item, each.contact());
      if (each.standardMark() != 0) {
        item.put("StandardMark", bitString(each.standardMark()));
      }
      if (!each.customMark().isEmpty()) {
        item.put("CustomMark", each.customMark());
      }
      if (!each.groups().isEmpty()) {
        ArrayNode groups = item.putArray("ContactGroupId");
        each.groups().forEach(number -> groups.add((long) number));
      }
      item.put("Timestamp", each.changedAt());
    }
  }

  /** Bit 1 leftmost, up to the highest one set. */
  private static String bitString(long mark) {
    return new StringBuilder(Long.toBinaryString(mark)).reverse().toString();
  }

  private static String info(String command, ErrorCode fault) {
    String reason =
        switch (fault) {
          case CONVERSATION_ACCOUNT_NOT_FOUND -> "Account_Not_Exist";
          case CONTACT_GROUP_CHAT_UNKNOWN -> "Group_Not_Exist";
          case CONTACT_ITEMS_EXCEEDED -> "Contact_Exceeded";
          case CONTACT_GROUPS_OFF -> "Not_Enabled";
          default -> "Invalid_Parameter";
        };
    return "Err_RecentContact_" + command + "_" + reason;
  }

  private static Endpoint.Builder endpoint(String command) {
    return Endpoint.of(RecentContactRestApi.SERVICE, command, Family.RECENT_CONTACT);
  }

  private static Field<List<Fields>> contacts(int max) {
    return Field.objects("ContactItem", 1, max, CONTACT, "conversations")
        .whenTooMany(ErrorCode.CONTACT_LIST_SIZE)
        .required();
  }

  private static Field<List<Long>> bits(String name, String meaning) {
    return Field.list(
            name, new Shape.Whole(Long.MIN_VALUE, Long.MAX_VALUE, false), 0, 1000, meaning)
        .defaultsTo(List.of());
  }
}
