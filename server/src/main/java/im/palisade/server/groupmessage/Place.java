package im.palisade.server.groupmessage;

import im.palisade.server.conversation.Conversation;
import im.palisade.server.group.Group;
import im.palisade.server.message.GroupRef;
import java.util.Optional;

/**
 * Where a group message lies: in a group's own stream, or in a topic of a community.
 *
 * @param topic empty for the group's own
 */
record Place(Group group, Optional<Topic> topic) {
  /** Begins a group's or topic's name on the client wire. */
  static final String PREFIX = "GROUP";

  /**
   * A topic.
   *
   * @param id of its conversation
   * @param version of its conversation
   */
  record Topic(long id, String topicId, long version) {}

  /** The conversation, at the version last seen. */
  Conversation conversation() {
    return topic
        .map(each -> Conversation.topic(each.id(), each.version()))
        .orElseGet(group::conversation);
  }

  /** The conversation at a version. */
  Conversation conversation(long version) {
    return topic
        .map(each -> Conversation.topic(each.id(), version))
        .orElseGet(() -> Conversation.group(group.id(), version));
  }

  long id() {
    return topic.map(Topic::id).orElseGet(group::id);
  }

  /** The conversation's name on the client wire. */
  String wireName() {
    return PREFIX + topic.map(Topic::topicId).orElseGet(group::groupId);
  }

  /** What webhooks call it. */
  GroupRef ref() {
    return new GroupRef(group.groupId(), group.type().name(), topic.map(Topic::topicId));
  }
}
