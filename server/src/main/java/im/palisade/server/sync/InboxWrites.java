package im.palisade.server.sync;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.conversation.Contact;
import im.palisade.server.conversation.ConversationKeeper;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.conversation.ReceiveOption;
import im.palisade.server.conversation.RecentContacts;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupFeature;
import im.palisade.server.group.MsgFlag;
import im.palisade.server.groupmessage.GroupMessageFeature;
import im.palisade.server.message.ReadService;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.Optional;
import java.util.OptionalLong;

/** Acts on conversations of either kind, each by the service whose it is. */
public final class InboxWrites {
  private final RecentContacts contacts;
  private final ConversationService conversations;
  private final ReadService reads;
  private final GroupFeature groups;
  private final GroupMessageFeature groupMessages;
  private final AccountService accounts;

  public InboxWrites(
      RecentContacts contacts,
      ConversationService conversations,
      ReadService reads,
      GroupFeature groups,
      GroupMessageFeature groupMessages,
      AccountService accounts) {
    this.contacts = contacts;
    this.conversations = conversations;
    this.reads = reads;
    this.groups = groups;
    this.groupMessages = groupMessages;
    this.accounts = accounts;
  }

  /** Marks a conversation as read, up to its newest message. */
  void markRead(CommandCall call, Account owner, Contact contact) {
    App app = call.principal().app();
    switch (contact.kind()) {
      case GROUP -> groupMessages.markRead(app, contact.wireName(), owner);
      case C2C -> {
        if (conversations.keeper(contact.id()).isPresent()) {
          conversations
              .keeper(contact.id())
              .get()
              .markRead(app, owner, contact.id(), OptionalLong.empty(), call.cause());
        } else {
          accounts
              .findLatest(app, contact.id())
              .ifPresent(peer -> reads.markReadTo(app, owner, peer, Long.MAX_VALUE, call.cause()));
        }
      }
    }
  }

  /** Says how messages are received. */
  void setOption(CommandCall call, Account owner, Contact contact, MsgFlag flag) {
    switch (contact.kind()) {
      case GROUP -> {
        Optional<Group> community =
            groupMessages.communityOf(call.principal().app(), contact.wireName());
        if (community.isPresent()) {
          groups.setTopicOption(call, community.get(), contact.id(), flag);
        } else {
          groups.setOption(call, contact.id(), flag);
        }
      }
      case C2C -> setOption(call, owner, contact, ReceiveOption.ofCode(flag.code()));
    }
  }

  private void setOption(CommandCall call, Account owner, Contact contact, ReceiveOption option) {
    App app = call.principal().app();
    Optional<ConversationKeeper> keeper = conversations.keeper(contact.id());
    if (keeper.isPresent()) {
      if (!keeper.get().setOption(app, owner, contact.id(), option)) {
        throw new ImException(ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND);
      }
    } else {
      Account peer =
          accounts
              .find(app, contact.id())
              .orElseThrow(() -> new ImException(ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND));
      contacts.setOption(app, owner, peer, option);
    }
    if (option == ReceiveOption.DISCARD) {
      // Nothing counts from now on; what has counted before must not wait for ever.
      markRead(call, owner, contact);
    }
  }

  /**
   * Holds that members may take a group's history from themselves.
   *
   * @throws ImException GROUP_NOT_PERMITTED
   */
  void checkClearable(App app, Contact contact) {
    if (contact.kind() == Contact.Kind.GROUP && isOfCommunity(app, contact)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "communities keep their history");
    }
  }

  private boolean isOfCommunity(App app, Contact contact) {
    try {
      return groups.isCommunity(app, contact.id())
          || groupMessages.communityOf(app, contact.wireName()).isPresent();
    } catch (ImException unknown) {
      // One that is gone may still stand on the list.
      return false;
    }
  }
}
