package im.palisade.server.sync;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.conversation.Contact;
import im.palisade.server.conversation.ContactBook;
import im.palisade.server.conversation.ContactBook.Marking;
import im.palisade.server.conversation.ContactBook.Outcome;
import im.palisade.server.conversation.RecentContacts;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.group.MsgFlag;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** What clients may do with their conversation list (client-features §8, §9). */
public final class ConversationCommands {
  private static final ErrorCode WRONG = ErrorCode.CONVERSATION_INVALID_PARAMETER;
  private static final Param<String> CONVERSATION =
      Param.id("conversation", "`C2C<userId>` or `GROUP<groupId>`").required();
  private static final Param<Boolean> PINNED =
      Param.flag("pinned", "whether it is to be; false without");
  private static final Param<Integer> LIMIT = Param.limit(100, 100);
  private static final Param<String> CURSOR =
      Param.text("cursor", Param.ANY_LENGTH, "of the last reply").defaultsTo("");
  private static final Param<List<String>> CONVERSATIONS =
      Param.ids("conversations", 1, 100, "which").required();
  private static final Param<List<String>> FEW =
      Param.ids("conversations", 1, 30, "which").required();
  private static final Param<Long> MARK =
      Param.number(
              "mark",
              1,
              ContactBook.MARK_BITS,
              "1 star, 2 unread, 3 fold, 4 hide, 33 to 64 the app's own")
          .required();
  private static final Param<Boolean> MARKED =
      Param.flag("marked", "whether they are to be").required();
  private static final Param<String> CUSTOM_DATA =
      Param.text("customData", ContactBook.MAX_CUSTOM_MARK, "the app's own words; empty removes")
          .required();
  private static final Param<Boolean> CLEAR =
      Param.flag("clear", "whether the history goes as well").defaultsTo(true);
  private static final Param<String> MSG_FLAG =
      Param.word(
              "msgFlag",
              Stream.of(MsgFlag.values()).map(MsgFlag::wireName).toList(),
              "receive option")
          .required();
  private static final Param<String> SCOPE =
      Param.word("scope", List.of("all", "c2c", "group"), "of which kind").defaultsTo("all");
  private static final ReplyField FAILED =
      ReplyField.of("failed", "`conversation`, `code` of those that could not be");
  private static final ReplyField ENTRIES = ReplyField.of("conversations", "entries");

  private final Inbox inbox;
  private final InboxEvents events;
  private final RecentContacts contacts;
  private final ContactBook book;
  private final InboxWrites writes;
  private final AccountService accounts;

  public ConversationCommands(
      Inbox inbox,
      InboxEvents events,
      RecentContacts contacts,
      ContactBook book,
      InboxWrites writes,
      AccountService accounts) {
    this.inbox = inbox;
    this.events = events;
    this.contacts = contacts;
    this.book = book;
    this.writes = writes;
    this.accounts = accounts;
  }

  /** The commands. */
  public List<Command> commands() {
    AuditDeclaration reads = AuditDeclaration.none("users read their own lists");
    AuditDeclaration own = AuditDeclaration.none("users arrange their own lists");
    return List.of(
        Command.of("conversation.list", WRONG)
            .meaning("The caller's conversations, pinned ones first, then the newest.")
            .params(LIMIT, CURSOR)
            .reply(
                ENTRIES,
                ReplyField.of("cursor", "of the next page; empty at the end"),
                ReplyField.of("totalUnread", "of all that are neither silent nor hidden"))
            .handledBy(reads, this::list),
        Command.of("conversation.get", WRONG)
            .meaning("Some of the caller's conversations.")
            .params(CONVERSATIONS)
            .reply(ENTRIES, ReplyField.of("gone", "those that are not on the list"))
            .handledBy(reads, this::get),
        Command.of("conversation.unread", WRONG)
            .meaning("Unread messages of all conversations that are neither silent nor hidden.")
            .reply(ReplyField.of("total", "how many"))
            .handledBy(reads, this::unread),
        Command.of("conversation.pin", WRONG)
            .meaning("Pins a conversation to the top of the list, or takes the pin away.")
            .params(CONVERSATION, PINNED)
            .inTurnBy(CONVERSATION)
            .codes(
                ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND,
                ErrorCode.CONTACT_GROUP_CHAT_UNKNOWN,
                ErrorCode.PINNED_EXCEEDED)
            .handledBy(own, this::pin),
        Command.of("conversation.mark", WRONG)
            .meaning("Sets or clears a mark of conversations.")
            .params(CONVERSATIONS, MARK, MARKED)
            .reply(FAILED)
            .codes(ErrorCode.CONTACT_ITEMS_EXCEEDED, ErrorCode.CONTACT_GROUPS_OFF)
            .handledBy(own, this::mark),
        Command.of("conversation.customData", WRONG)
            .meaning("Keeps a text with conversations.")
            .params(CONVERSATIONS, CUSTOM_DATA)
            .reply(FAILED)
            .codes(ErrorCode.CONTACT_ITEMS_EXCEEDED)
            .handledBy(own, this::customData),
        Command.of("conversation.option", WRONG)
            .meaning("Says how messages of conversations are received.")
            .params(FEW, MSG_FLAG)
            .reply(FAILED)
            .codes(
                ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND,
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED)
            .handledBy(AuditDeclaration.records("group.update"), this::option),
        Command.of("conversation.delete", WRONG)
            .meaning("Takes conversations off the list until their next message.")
            .params(CONVERSATIONS, CLEAR)
            .reply(FAILED)
            .handledBy(own, this::delete),
        Command.of("conversation.clear", WRONG)
            .meaning("Takes the history of a conversation from the caller alone.")
            .params(CONVERSATION)
            .inTurnBy(CONVERSATION)
            .codes(
                ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND,
                ErrorCode.CONTACT_GROUP_CHAT_UNKNOWN,
                ErrorCode.GROUP_NOT_PERMITTED)
            .handledBy(own, this::clear),
        Command.of("conversation.readAll", WRONG)
            .meaning("Marks everything as read.")
            .params(SCOPE)
            .handledBy(own, this::readAll));
  }

  private void list(CommandCall call) {
    List<InboxEntry> all = inbox.list(app(call), self(call));
    String cursor = call.get(CURSOR);
    int limit = call.get(LIMIT);
    // A page goes on behind the conversation the page before ended with; one that has moved since
    // is found again where it is now.
    int from = 0;
    for (int i = 0; i < all.size() && !cursor.isEmpty(); i++) {
      if (all.get(i).contact().wireName().equals(cursor)) {
        from = i + 1;
      }
    }
    List<InboxEntry> page = all.subList(from, Math.min(all.size(), from + limit));
    ObjectNode reply = entries(page);
    boolean more = from + limit < all.size();
    call.reply(
        reply
            .put("cursor", more ? page.getLast().contact().wireName() : "")
            .put("totalUnread", Inbox.total(all)));
  }

  private void get(CommandCall call) {
    List<Contact> named = named(call, CONVERSATIONS);
    List<InboxEntry> found = inbox.some(app(call), self(call), named);
    ObjectNode reply = entries(found);
    ArrayNode gone = reply.putArray("gone");
    named.stream()
        .filter(each -> found.stream().noneMatch(entry -> entry.contact().equals(each)))
        .forEach(each -> gone.add(each.wireName()));
    call.reply(reply);
  }

  private void unread(CommandCall call) {
    call.reply(Json.object().put("total", Inbox.total(inbox.list(app(call), self(call)))));
  }

  private void pin(CommandCall call) {
    App app = app(call);
    Account owner = self(call);
    Contact contact = contact(call.get(CONVERSATION));
    boolean pinned = call.is(PINNED);
    switch (contact.kind()) {
      case C2C -> contacts.pin(app, owner, contact.id(), pinned);
      case GROUP -> contacts.pinGroup(app, owner, contact.id(), pinned);
    }
    events.changed(app, owner, List.of(contact));
    call.reply();
  }

  private void mark(CommandCall call) {
    if (!app(call).settings().conversationGroups()) {
      throw new ImException(ErrorCode.CONTACT_GROUPS_OFF);
    }
    List<Long> bit = List.of(call.get(MARK));
    boolean set = call.get(MARKED);
    marking(
        call,
        contact ->
            new Marking(contact, set ? List.of() : bit, set ? bit : List.of(), Optional.empty()));
  }

  private void customData(CommandCall call) {
    marking(
        call,
        contact -> new Marking(contact, List.of(), List.of(), Optional.of(call.get(CUSTOM_DATA))));
  }

  private void marking(CommandCall call, Function<Contact, Marking> marking) {
    List<Contact> named = named(call, CONVERSATIONS);
    List<Outcome> outcomes =
        book.mark(app(call), self(call), named.stream().map(marking).toList(), call.cause());
    Map<String, Integer> failed = new LinkedHashMap<>();
    outcomes.forEach(
        each ->
            each.fault().ifPresent(fault -> failed.put(each.contact().wireName(), fault.number())));
    events.changed(app(call), self(call), named);
    call.reply(failed(failed));
  }

  private void option(CommandCall call) {
    MsgFlag flag = MsgFlag.named(call.get(MSG_FLAG)).orElseThrow();
    each(call, FEW, contact -> writes.setOption(call, self(call), contact, flag));
  }

  private void delete(CommandCall call) {
    boolean clear = call.get(CLEAR);
    each(
        call,
        CONVERSATIONS,
        contact -> contacts.delete(app(call), self(call), contact, clear, call.cause()));
  }

  private void clear(CommandCall call) {
    App app = app(call);
    Account owner = self(call);
    Contact contact = contact(call.get(CONVERSATION));
    writes.checkClearable(app, contact);
    contacts.clear(app, owner, contact);
    events.changed(app, owner, List.of(contact));
    call.reply();
  }

  private void readAll(CommandCall call) {
    App app = app(call);
    Account owner = self(call);
    String scope = call.get(SCOPE);
    List<Contact> unread =
        inbox.list(app, owner).stream()
            .filter(each -> each.unread() > 0)
            .map(InboxEntry::contact)
            .filter(
                each ->
                    switch (each.kind()) {
                      case C2C -> !scope.equals("group");
                      case GROUP -> !scope.equals("c2c");
                    })
            .toList();
    unread.forEach(contact -> writes.markRead(call, owner, contact));
    events.changed(app, owner, unread);
    call.reply();
  }

  private void each(CommandCall call, Param<List<String>> param, Consumer<Contact> work) {
    Map<String, Integer> failed = new LinkedHashMap<>();
    List<Contact> done = new ArrayList<>();
    for (Contact contact : named(call, param)) {
      try {
        work.accept(contact);
        done.add(contact);
      } catch (ImException e) {
        failed.put(contact.wireName(), e.code());
      }
    }
    events.changed(app(call), self(call), done);
    call.reply(failed(failed));
  }

  private static List<Contact> named(CommandCall call, Param<List<String>> param) {
    return call.get(param).stream().distinct().map(ConversationCommands::contact).toList();
  }

  static Contact contact(String name) {
    return Contact.named(name)
        .orElseThrow(
            () -> new ImException(WRONG, "conversation must be C2C<userId> or GROUP<groupId>"));
  }

  private static ObjectNode entries(List<InboxEntry> page) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("conversations");
    page.forEach(each -> list.add(each.json()));
    return reply;
  }

  static ObjectNode failed(Map<String, Integer> codes) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("failed");
    codes.forEach((name, code) -> list.addObject().put("conversation", name).put("code", code));
    return reply;
  }

  private static App app(CommandCall call) {
    return call.principal().app();
  }

  private Account self(CommandCall call) {
    return accounts.caller(call, ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND);
  }
}
