package im.palisade.server.conversation;

/**
 * A conversation on an account's list.
 *
 * @param id internal; 0 when another feature keeps it
 * @param peerId internal id of the other account; 0 in groups
 * @param time UNIX seconds of the last message
 * @param empty whether no message of it can be read any more
 * @param name of the peer or the group, as it is now
 * @param option receive option: 1 or 0 notify, 2 silent, 3 discard
 * @param groupType code of the group's base type; 0 for none
 */
public record ListedConversation(
    Contact contact,
    long id,
    long peerId,
    long time,
    boolean pinned,
    boolean empty,
    ConversationNumbers numbers,
    String name,
    String faceUrl,
    int option,
    int groupType) {

  RecentContacts.Entry entry() {
    return new RecentContacts.Entry(contact, time, pinned, empty);
  }
}
