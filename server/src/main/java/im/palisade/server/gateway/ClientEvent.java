package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every event the server sends to clients, with its fields: what is sent is made with these, and
 * the reference is generated from them.
 */
public enum ClientEvent {
  SESSION_KICKED(
      "session.kicked",
      "The session ends; the connection is closed next.",
      field("reason", "`multiLogin`, `admin` or `sigExpired`"),
      field("platform?", "of the login that made it end")),
  SESSION_EXPIRING(
      "session.expiring",
      "The UserSig expires within a minute: fetch another one and send `session.renew`.",
      field("sigExpires", "UNIX seconds")),
  PRESENCE_CHANGED(
      "presence.changed",
      "Others whom the account has subscribed to, or the account itself, have another status.",
      field("users", "`userId`, `status`, `customStatus` of each")),
  MESSAGE_NEW(
      "message.new",
      "Messages, to every device of their receivers and to their sender's other devices.",
      field("messages", "messages, of one or several conversations")),
  MESSAGE_RECALLED(
      "message.recalled",
      "A message keeps its place and loses its body.",
      changed(
          field("from?", "its sender"),
          field("revoker?", "who recalled it; in live rooms `operator`"),
          field("operator?", "live rooms: who recalled it"),
          field("reason?", "why"))),
  MESSAGE_MODIFIED(
      "message.modified",
      "A message has another content, also for its sender when the server changed it.",
      changed(
          field("from", "its sender"),
          field("body", "the elements it has now"),
          field("cloudCustomData?", "the text it has now"))),
  MESSAGE_EXTENSION(
      "message.extension",
      "Key-value pairs of a message were set or deleted.",
      changed(
          field("from?", "its sender, in groups"),
          field("extensions?", "`key`, `seq`, and `value` that was set or `deleted` true"),
          field("deleted?", "keys that were deleted"),
          field("cleared?", "true: all pairs are gone"),
          field("latestSeq", "the highest number of a pair of the message"),
          field("clearSeq", "pairs with lower numbers are gone"))),
  MESSAGE_DELETED(
      "message.deleted",
      "The account's own copies are gone, to its own devices.",
      field("conversation", "of them"),
      field("messages", "`seq`, `msgKey`, `changeSeq` of each")),
  MESSAGE_RECEIPT(
      "message.receipt",
      "Receipts were given, to the sender of the messages.",
      field("conversation", "of them"),
      field(
          "messages", "`seq`, `msgKey`, `changeSeq` of each; in groups `readCount`, `unreadCount`"),
      field("time", "UNIX seconds")),
  MESSAGE_READ(
      "message.read",
      "The peer has read, one-to-one.",
      field("conversation", "with the peer"),
      field("readSeq", "up to which"),
      field("readTime", "UNIX seconds up to which")),
  CONVERSATION_READ(
      "conversation.read",
      "The account has read, to its own devices.",
      field("conversation", "what it has read"),
      field("readSeq", "up to which"),
      field("readTime?", "UNIX seconds up to which, one-to-one"),
      field("unread", "left")),
  CONVERSATION_CHANGED(
      "conversation.changed",
      "Conversations on the account's list are other ones now, to its own devices.",
      field("conversations", "their entries, as in `sync`"),
      field("gone", "those that are not on the list any more")),
  CONVERSATION_PINNED(
      "conversation.pinned",
      "The account has pinned a conversation or taken the pin away, to its own devices.",
      field("conversation", "which"),
      field("pinned", "whether it is")),
  CONVERSATION_DELETED(
      "conversation.deleted",
      "The account has taken a conversation off its list, to its own devices, when the app's"
          + " settings say so.",
      field("conversation", "which"),
      field("cleared", "whether its history went as well")),
  CONVERSATION_GROUP(
      "conversation.group",
      "The account has changed its conversation groups, to its own devices.",
      field("change", "`created`, `deleted`, `renamed` or `changed`"),
      field("groupId", "number of the conversation group, for ever its own"),
      field("name", "of the conversation group, now"),
      field("oldName?", "since it was renamed"),
      field("added?", "conversations that came in"),
      field("removed?", "conversations that went out")),
  CONVERSATION_MARKED(
      "conversation.marked",
      "The account has marked conversations, to its own devices.",
      field("conversations", "each with its marks")),
  GROUP_CLEARED(
      "group.cleared",
      "Messages can no longer be loaded by anybody.",
      field("conversation", "which"),
      field("seq", "up to which")),
  GROUP_NOTICE(
      "group.notice",
      "Something that concerns the account.",
      field(
          "code",
          "1 asks to join, 2 approved, 3 refused, 4 removed, 5 dissolved, 6 created, 7 invited, 8"
              + " left, 9 made admin, 10 no longer admin, 11 recycled, 12 asked for consent, 13"
              + " invitation accepted, 14 refused, 15 read position, 255 of the app"),
      field("groupId", "which group"),
      field("name", "its name"),
      field("type", "its type"),
      field("operator", "who did it"),
      field("requestId?", "what to answer, with code 1"),
      field("applicant?", "who asks"),
      field("message?", "what it says"),
      field("reason?", "why"),
      field("topicId?", "of a topic"),
      field("content?", "what the app says, with code 255"),
      field("time?", "UNIX seconds, with code 255"),
      field("bannedUntil?", "UNIX seconds, of a live room")),
  GROUP_SELF(
      "group.self",
      "What the account is in a group, to its own devices.",
      field("groupId", "which group"),
      field("topicId?", "of a topic, which has only `msgFlag` besides"),
      field("role?", "`Owner`, `Admin` or `Member`"),
      field("msgFlag", "receive option"),
      field("nameCard?", "its name there"),
      field("custom?", "its custom fields there")),
  GROUP_MARKED(
      "group.marked",
      "Marks were set on or taken from accounts in a live room, to everybody in it.",
      field("groupId", "the room"),
      field("operator", "who did it"),
      field("set", "whether they were set"),
      field("members", "`userId`, `marks` of each")),
  GROUP_ATTRIBUTES(
      "group.attributes",
      "Attributes were written, to the members.",
      field("groupId", "which group"),
      field("attributes", "all there are"),
      field("version", "of them")),
  GROUP_COUNTERS(
      "group.counters",
      "Counters were written, to the members.",
      field("groupId", "which group"),
      field("counters", "`key`, `value` of those that changed")),
  GROUP_TOPIC(
      "group.topic",
      "Topics were created, changed or deleted, to the members of the community.",
      field("groupId", "the community"),
      field("what", "`created`, `changed` or `deleted`"),
      field("operator", "who did it"),
      field("topics", "`topicId`, and as they are now")),
  PROFILE_CHANGED(
      "profile.changed",
      "A profile has changed, to the account's own devices and to those who have it as a friend.",
      field("userId", "whose"),
      field("profile", "`tag`, `value` of what changed"),
      field("changed", "the same by the names of `profile.get`")),
  FRIEND_ADDED(
      "friend.added",
      "Entries came into the account's friend list, to its own devices.",
      friends(field("friends", "the entries"))),
  FRIEND_UPDATED(
      "friend.updated",
      "Entries of the account's friend list, or its named lists, have changed.",
      friends(field("friends", "the entries"), field("groups?", "names of all lists"))),
  FRIEND_DELETED(
      "friend.deleted",
      "Entries of the account's friend list are gone.",
      field("userIds", "whose"),
      field("standardSequence", "of the friend list")),
  FRIEND_REQUEST(
      "friend.request",
      "Friend requests came or ended.",
      field("added", "`userId`, `type`, `time`, `source`, `wording` of each"),
      field("removed", "`userId`, `type` of each")),
  BLOCK_ADDED("block.added", "Accounts came onto the account's blocklist.", blocks()),
  BLOCK_DELETED("block.deleted", "Accounts are off the account's blocklist.", blocks()),
  FOLLOW_CHANGED(
      "follow.changed",
      "Whom the account follows, or who follows it, has changed.",
      field("users", "`userId`, `followType` of each"),
      field("followerCount", "now"),
      field("followingCount", "now"),
      field("mutualCount", "now")),
  OFFICIAL_SUBSCRIBED(
      "official.subscribed", "The account subscribes to an official account now.", official()),
  OFFICIAL_CHANGED(
      "official.changed", "An official account that is subscribed to has changed.", official()),
  OFFICIAL_UNSUBSCRIBED(
      "official.unsubscribed", "The subscription has ended.", field("officialAccount", "which")),
  OFFICIAL_DESTROYED(
      "official.destroyed",
      "There is no such official account any more.",
      field("officialAccount", "which"));

  private final String wireName;
  private final String meaning;

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<ReplyField> fields;

  @SuppressWarnings("ImmutableEnumChecker") // toUnmodifiableSet
  private final Set<String> names;

  ClientEvent(String wireName, String meaning, ReplyField... fields) {
    this.wireName = wireName;
    this.meaning = meaning;
    this.fields = List.of(fields);
    this.names =
        Stream.of(fields).map(ReplyField::plainName).collect(Collectors.toUnmodifiableSet());
  }

  /** The name on the wire. */
  public String wireName() {
    return wireName;
  }

  /** When it is sent and to whom. */
  public String meaning() {
    return meaning;
  }

  /** What its data holds. */
  public List<ReplyField> fields() {
    return fields;
  }

  /** Whether every field of the data is declared, and every declared one that must be is there. */
  boolean fits(ObjectNode data) {
    boolean known = data.propertyStream().allMatch(each -> names.contains(each.getKey()));
    return known && fields.stream().allMatch(field -> field.isOptional() || data.has(field.name()));
  }

  private static ReplyField field(String name, String meaning) {
    return ReplyField.of(name, meaning);
  }

  private static ReplyField[] changed(ReplyField... more) {
    return join(
        new ReplyField[] {
          field("conversation", "of the message"),
          field("seq", "of the message"),
          field("msgKey", "of the message"),
          field("changeSeq?", "number of the change in its conversation")
        },
        more);
  }

  private static ReplyField[] friends(ReplyField... more) {
    return join(
        more,
        field("standardSequence", "of the friend list"),
        field("customSequence", "of its custom fields"));
  }

  private static ReplyField[] blocks() {
    return new ReplyField[] {field("userIds", "whose"), field("sequence", "of the blocklist")};
  }

  private static ReplyField[] official() {
    return new ReplyField[] {
      field("officialAccount", "which"),
      field("name", "of it"),
      field("introduction", "of it"),
      field("faceUrl", "of it"),
      field("organization", "of it"),
      field("customString", "of it"),
      field("owner", "of it"),
      field("createTime", "UNIX seconds"),
      field("subscribers", "how many")
    };
  }

  private static ReplyField[] join(ReplyField[] some, ReplyField... more) {
    ReplyField[] all = new ReplyField[some.length + more.length];
    System.arraycopy(some, 0, all, 0, some.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }
}
