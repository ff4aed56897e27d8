package im.palisade.server.group;

import im.palisade.server.conversation.Conversation;

/**
 * A topic of a community: a conversation of its own within it.
 *
 * @param id of its conversation
 * @param customString free text of the app
 * @param createTime UNIX seconds
 * @param lastSeq of its last stored message
 * @param lastMsgTime UNIX seconds of that; 0 before the first
 */
public record Topic(
    long id,
    long communityId,
    String topicId,
    GroupTexts texts,
    String customString,
    long createTime,
    boolean muteAll,
    long version,
    long lastSeq,
    long lastMsgTime) {
  /** Longest free text in UTF-8 bytes. */
  public static final int MAX_CUSTOM_STRING = 3_000;

  /** The conversation its messages are of. */
  public Conversation conversation() {
    return Conversation.topic(id, version);
  }
}
