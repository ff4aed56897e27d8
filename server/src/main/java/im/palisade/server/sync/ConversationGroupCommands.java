package im.palisade.server.sync;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.conversation.Contact;
import im.palisade.server.conversation.ContactBook;
import im.palisade.server.conversation.ContactBook.Change;
import im.palisade.server.conversation.ContactBook.Move;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.CommandHandler;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ParamType;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What clients may do with groups of conversations (client-features §8). */
public final class ConversationGroupCommands {
  private static final ErrorCode WRONG = ErrorCode.CONVERSATION_INVALID_PARAMETER;
  private static final Param<String> NAME = name("name", "of the conversation group");
  private static final Param<String> NEW_NAME = name("newName", "that it is to have");
  private static final Param<List<String>> CONVERSATIONS =
      Param.ids("conversations", 1, 1000, "which").required();
  private static final ReplyField FAILED =
      ReplyField.of("failed", "`conversation`, `code` of those that could not be");

  private final ContactBook book;
  private final InboxEvents events;
  private final AccountService accounts;

  public ConversationGroupCommands(ContactBook book, InboxEvents events, AccountService accounts) {
    this.book = book;
    this.events = events;
    this.accounts = accounts;
  }

  private static Param<String> name(String name, String meaning) {
    return Param.of(name, new ParamType.Text(1, ContactBook.MAX_GROUP_NAME), meaning).required();
  }

  /** The commands. */
  public List<Command> commands() {
    AuditDeclaration own = AuditDeclaration.none("users arrange their own lists");
    return List.of(
        Command.of("conversation.groups", WRONG)
            .meaning("The caller's conversation groups and what is in them.")
            .reply(ReplyField.of("groups", "`name`, `conversations` of each"))
            .handledBy(AuditDeclaration.none("users read their own lists"), this::list),
        of("conversation.group.create")
            .meaning("Makes a conversation group, or adds to the one of that name.")
            .params(NAME, CONVERSATIONS)
            .reply(FAILED)
            .codes(ErrorCode.CONTACT_GROUPS_EXCEEDED, ErrorCode.CONTACT_GROUPS_OFF)
            .handledBy(own, whenOn(this::create)),
        of("conversation.group.delete")
            .meaning("Deletes a conversation group; its conversations stay.")
            .params(NAME)
            .codes(ErrorCode.CONTACT_GROUP_NOT_FOUND, ErrorCode.CONTACT_GROUPS_OFF)
            .handledBy(own, whenOn(this::delete)),
        of("conversation.group.rename")
            .meaning("Renames a conversation group.")
            .params(NAME, NEW_NAME)
            .codes(ErrorCode.CONTACT_GROUP_NOT_FOUND, ErrorCode.CONTACT_GROUPS_OFF)
            .handledBy(own, whenOn(this::rename)),
        of("conversation.group.add")
            .meaning("Puts conversations into a conversation group.")
            .params(NAME, CONVERSATIONS)
            .reply(FAILED)
            .codes(ErrorCode.CONTACT_GROUP_NOT_FOUND, ErrorCode.CONTACT_GROUPS_OFF)
            .handledBy(own, whenOn(call -> move(call, true))),
        of("conversation.group.remove")
            .meaning("Takes conversations out of a conversation group.")
            .params(NAME, CONVERSATIONS)
            .reply(FAILED)
            .codes(ErrorCode.CONTACT_GROUP_NOT_FOUND, ErrorCode.CONTACT_GROUPS_OFF)
            .handledBy(own, whenOn(call -> move(call, false))));
  }

  private static Command.Builder of(String name) {
    return Command.of(name, WRONG).inTurnBy(NAME);
  }

  private static CommandHandler whenOn(CommandHandler handler) {
    return call -> {
      if (!app(call).settings().conversationGroups()) {
        throw new ImException(ErrorCode.CONTACT_GROUPS_OFF);
      }
      handler.handle(call);
    };
  }

  private void list(CommandCall call) {
    ContactBook.Page all = book.all(app(call), self(call));
    ObjectNode reply = Json.object();
    ArrayNode groups = reply.putArray("groups");
    for (ContactBook.Group group : all.groups()) {
      ArrayNode members = groups.addObject().put("name", group.name()).putArray("conversations");
      all.kept().stream()
          .filter(kept -> kept.groups().contains(group.number()))
          .forEach(kept -> members.add(kept.contact().wireName()));
    }
    call.reply(reply);
  }

  private void create(CommandCall call) {
    List<Contact> contacts = contacts(call);
    finish(
        call, contacts, book.create(app(call), self(call), call.get(NAME), contacts, call.cause()));
  }

  private void move(CommandCall call, boolean in) {
    List<Contact> contacts = contacts(call);
    List<Move> moves = contacts.stream().map(contact -> new Move(contact, in)).toList();
    finish(call, contacts, book.change(app(call), self(call), call.get(NAME), moves, call.cause()));
  }

  private void delete(CommandCall call) {
    List<Contact> members = members(call);
    book.delete(app(call), self(call), call.get(NAME), call.cause());
    events.changed(app(call), self(call), members);
    call.reply();
  }

  private void rename(CommandCall call) {
    List<Contact> members = members(call);
    book.rename(app(call), self(call), call.get(NAME), call.get(NEW_NAME), call.cause());
    events.changed(app(call), self(call), members);
    call.reply();
  }

  private void finish(CommandCall call, List<Contact> contacts, Change change) {
    Map<String, Integer> failed = new LinkedHashMap<>();
    change
        .outcomes()
        .forEach(
            each ->
                each.fault()
                    .ifPresent(fault -> failed.put(each.contact().wireName(), fault.number())));
    events.changed(app(call), self(call), contacts);
    call.reply(ConversationCommands.failed(failed));
  }

  /** What is in the group now. */
  private List<Contact> members(CommandCall call) {
    ContactBook.Page all = book.all(app(call), self(call));
    return all.groups().stream()
        .filter(group -> group.name().equals(call.get(NAME)))
        .flatMap(
            group -> all.kept().stream().filter(kept -> kept.groups().contains(group.number())))
        .map(ContactBook.Kept::contact)
        .toList();
  }

  private static List<Contact> contacts(CommandCall call) {
    return call.get(CONVERSATIONS).stream().distinct().map(ConversationCommands::contact).toList();
  }

  private static App app(CommandCall call) {
    return call.principal().app();
  }

  private Account self(CommandCall call) {
    return accounts.caller(call, ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND);
  }
}
