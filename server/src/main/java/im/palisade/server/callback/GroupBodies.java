package im.palisade.server.callback;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.message.GroupNote;
import im.palisade.server.message.GroupRef;
import im.palisade.server.message.MessageBody;
import im.palisade.server.message.MsgKey;
import im.palisade.server.robot.RobotService;
import java.util.Collection;
import java.util.List;

/** What the bodies of webhooks about groups have in common (callbacks §4.5). */
final class GroupBodies {
  private GroupBodies() {}

  /**
   * Who sent what.
   *
   * @param from UserID of the displayed sender
   * @param operator UserID of who had it sent
   */
  record Sent(
      GroupRef group,
      String from,
      String operator,
      long random,
      boolean onlineOnly,
      MessageBody body) {}

  /** A body about a group. */
  static ObjectNode head(CallbackCommand command, GroupRef group) {
    return MessageBodies.head(command).put("GroupId", group.groupId()).put("Type", group.type());
  }

  /** What is told of a message before it is sent, and in every other body about it. */
  static ObjectNode message(CallbackCommand command, Sent sent) {
    ObjectNode node =
        head(command, sent.group())
            .put("From_Account", sent.from())
            .put("Operator_Account", sent.operator())
            .put("Random", sent.random())
            .put("OnlineOnlyFlag", sent.onlineOnly() ? 1 : 0);
    MessageBodies.withContent(node, sent.body());
    return withTopic(node, sent.group());
  }

  /** The same of one that was sent. */
  static ObjectNode sent(CallbackCommand command, Sent sent, MsgKey key) {
    return message(command, sent).put("MsgSeq", key.msgSeq()).put("MsgTime", key.time());
  }

  /** Adds the topic if it is about one. */
  static ObjectNode withTopic(ObjectNode node, GroupRef group) {
    group.topicId().ifPresent(topic -> node.put("TopicId", topic));
    return node;
  }

  /** Adds who is mentioned, if anybody. */
  static ObjectNode withMentions(ObjectNode node, MessageBody body) {
    List<String> mentions = body.note().mentions();
    if (!mentions.isEmpty()) {
      ArrayNode list = node.putArray("GroupAtInfo");
      for (String each : mentions) {
        if (each.equals(GroupNote.EVERYBODY)) {
          list.addObject().put("GroupAtAllFlag", 1);
        } else {
          list.addObject().put("GroupAtAllFlag", 0).put("GroupAt_Account", each);
        }
      }
    }
    return node;
  }

  /**
   * The robots a message mentions; none when a robot says it, so that robots cannot go on alone.
   */
  static List<String> robots(String from, MessageBody body) {
    return from.startsWith(RobotService.PREFIX)
        ? List.of()
        : body.note().mentions().stream()
            .filter(each -> each.startsWith(RobotService.PREFIX))
            .distinct()
            .toList();
  }

  /** What robots are told of a message that mentions them. */
  static ObjectNode mentioned(Sent sent, MsgKey key, List<String> robots) {
    ObjectNode node = sent(CallbackCommand.BOT_GROUP, sent, key);
    robots.forEach(node.putArray("AtRobotAccount")::add);
    return node;
  }

  /** Adds accounts as objects with one member. */
  static void members(ObjectNode node, String name, Collection<String> userIds) {
    ArrayNode list = node.putArray(name);
    userIds.forEach(userId -> list.addObject().put("Member_Account", userId));
  }

  /** One entry of a receipt's list. */
  static void receipt(ArrayNode list, long seq, int read, int unread, List<String> readers) {
    ObjectNode entry =
        list.addObject().put("MsgSeq", seq).put("ReadNum", read).put("UnreadNum", unread);
    members(entry, "ReadReceiptMembers", readers);
  }
}
