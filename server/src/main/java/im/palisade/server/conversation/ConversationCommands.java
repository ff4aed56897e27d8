package im.palisade.server.conversation;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.Param;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.List;

/** What clients may do with their conversation list (client-features §8). */
public final class ConversationCommands {
  private static final String C2C = "C2C";
  private static final String GROUP = "GROUP";

  private static final Param<String> CONVERSATION =
      Param.id("conversation", "`C2C<userId>` or `GROUP<groupId>`").required();
  private static final Param<Boolean> PINNED =
      Param.flag("pinned", "whether it is to be; false without");

  private final RecentContacts contacts;
  private final AccountService accounts;

  public ConversationCommands(RecentContacts contacts, AccountService accounts) {
    this.contacts = contacts;
    this.accounts = accounts;
  }

  /** The commands. */
  public List<Command> commands() {
    return List.of(
        Command.of("conversation.pin", ErrorCode.CONVERSATION_INVALID_PARAMETER)
            .meaning("Pins a conversation to the top of the list, or takes the pin away.")
            .params(CONVERSATION, PINNED)
            .inTurnBy(CONVERSATION)
            .codes(
                ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND,
                ErrorCode.CONTACT_GROUP_CHAT_UNKNOWN,
                ErrorCode.PINNED_EXCEEDED)
            .handledBy(AuditDeclaration.none("users arrange their own lists"), this::pin));
  }

  private void pin(CommandCall call) {
    String conversation = call.get(CONVERSATION);
    Account owner =
        accounts
            .find(call.principal().app(), call.principal().userId())
            .filter(account -> account.id() == call.principal().accountId())
            .orElseThrow(() -> new ImException(ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND));
    boolean pinned = call.is(PINNED);
    if (conversation.startsWith(C2C)) {
      contacts.pin(call.principal().app(), owner, conversation.substring(C2C.length()), pinned);
    } else if (conversation.startsWith(GROUP)) {
      contacts.pinGroup(
          call.principal().app(), owner, conversation.substring(GROUP.length()), pinned);
    } else {
      throw new ImException(ErrorCode.CONTACT_GROUP_CHAT_UNKNOWN);
    }
    call.reply();
  }
}
