package im.palisade.server.sync;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.conversation.Contact;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.conversation.RecentContacts;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.group.GroupFeature;
import im.palisade.server.group.MsgFlag;
import im.palisade.server.groupmessage.GroupMessageFeature;
import im.palisade.server.message.ReadService;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
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
    App app = call.principal().app();
    switch (contact.kind()) {
      case GROUP -> groups.setOption(call, contact.id(), flag);
      case C2C -> {
        if (flag == MsgFlag.DISCARD) {
          // What is discarded must not wait as unread once it is wanted again.
          markRead(call, owner, contact);
        }
        contacts.setOption(app, owner, contact.id(), flag.code());
      }
    }
  }

  /**
   * Holds that members may take a group's history from themselves.
   *
   * @throws ImException GROUP_NOT_PERMITTED
   */
  void checkClearable(App app, Contact contact) {
    if (contact.kind() == Contact.Kind.GROUP && groups.isCommunity(app, contact.id())) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "communities keep their history");
    }
  }
}
