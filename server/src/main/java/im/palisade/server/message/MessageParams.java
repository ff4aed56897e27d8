package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.gateway.Wrong;
import im.palisade.server.protocol.ErrorCode;
import java.util.List;

/** Fields that commands about messages share, one-to-one and in groups. */
public final class MessageParams {
  public static final Param<String> CONVERSATION =
      Param.id("conversation", "`C2C<userId>` or `GROUP<groupId>`, of a topic `GROUP<topicId>`")
          .required();
  public static final Param<Long> RANDOM =
      Param.u32("random", "the sender's own number for the message, against duplicates")
          .required()
          .whenWrong(new Wrong(ErrorCode.MSG_RANDOM_INVALID, ErrorCode.GROUP_INVALID_PARAMETER));
  public static final Param<JsonNode> BODY =
      Param.raw("body", "array", "elements as in the REST API");
  public static final Param<String> CUSTOM_DATA =
      Param.text(
          "cloudCustomData", Param.ANY_LENGTH, "the app's own text; counts as the body does");
  public static final Param<String> PRIORITY =
      Param.word(
              "priority",
              List.of("High", "Normal", "Low", "Lowest"),
              "groups: what is dropped first when there is too much")
          .defaultsTo("Normal");
  public static final Param<Boolean> ONLINE_ONLY =
      Param.flag("onlineOnly", "only who is connected gets it; nothing is stored");
  public static final Param<Boolean> NEED_RECEIPT =
      Param.flag("needReceipt", "its readers are asked for receipts");
  public static final Param<Boolean> NO_UNREAD = Param.flag("noUnread", "does not count as unread");
  public static final Param<Boolean> NO_LAST_MESSAGE =
      Param.flag("noLastMessage", "does not become the conversation's last message");
  public static final Param<Boolean> EXTENSIBLE =
      Param.flag("extensible", "may be given key-value pairs later");
  public static final Param<List<String>> MENTIONS =
      Param.ids("mentions", 0, 30, "groups: user ids, `__kImSDK_MesssageAtALL__` for everybody")
          .defaultsTo(List.of())
          .whenTooMany(ErrorCode.GROUP_MENTIONS_EXCEEDED);
  public static final Param<List<String>> TO =
      Param.ids("to", 0, 50, "groups: members who alone get it").defaultsTo(List.of());
  public static final Param<JsonNode> OFFLINE_PUSH =
      Param.raw("offlinePush", "object", "push settings as in the REST API");

  public static final Param<Long> BEFORE =
      Param.u32("before", "page back from this number (exclusive); the newest without");
  public static final Param<Long> AFTER =
      Param.u32("after", "page forward from this number (exclusive)");
  public static final Param<Integer> LIMIT = Param.limit(20, 100);

  static final ReplyField MESSAGES = ReplyField.of("messages", "messages, oldest first");
  static final ReplyField COMPLETE =
      ReplyField.of("complete", "whether nothing lies beyond in that direction");

  private MessageParams() {}
}
