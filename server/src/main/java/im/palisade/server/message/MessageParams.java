package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ParamType;
import im.palisade.server.gateway.Params;
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

  public static final Param<Long> TIME =
      Param.u32("time", "UNIX seconds to page from instead of a number");
  public static final Param<Boolean> NEWER =
      Param.flag("newer", "with `time`: the messages from it on; else those before it");

  public static final Param<Long> SEQ = Param.u32("seq", "the message's number").required();
  public static final Param<Long> SEQ_IF_STORED = Param.u32("seq", "its number; not in live rooms");
  public static final Param<String> MSG_KEY =
      Param.text("msgKey", Param.ANY_LENGTH, "live rooms: its key");
  public static final Param<String> REASON =
      Param.text("reason", 100, "what the others are told").defaultsTo("");
  public static final Param<Long> UP_TO = Param.u32("seq", "up to which; everything without");
  public static final Param<List<Long>> SEQS =
      Param.numbers("seqs", 1, 30, "numbers of messages").required();
  public static final Param<List<Long>> WANTED =
      Param.numbers("seqs", 1, 100, "numbers of messages").required();
  public static final Param<Long> CHANGE_SEQ =
      Param.u32("changeSeq", "number of its newest change that the editor has seen");
  public static final Param<Long> AFTER_CHANGE =
      Param.u32("after", "number of the newest change that is known").required();
  public static final Param<Integer> CHANGES_LIMIT = Param.limit(100, 100);
  public static final Param<Boolean> READ =
      Param.flag("read", "those who have read, else those who have not").defaultsTo(true);
  public static final Param<String> CURSOR =
      Param.text("cursor", 20, "of the last reply").defaultsTo("");
  public static final Param<String> KEY =
      Param.of("key", new ParamType.Text(1, 100), "of the pair").required();
  public static final Param<String> VALUE = Param.text("value", 1000, "of the pair").required();
  public static final Param<Long> KEY_SEQ =
      Param.number(
          "seq", 0, Long.MAX_VALUE, "number of the pair as it is known, 0 for none; else 23001");
  public static final Param<List<Params>> EXTENSIONS =
      Param.objects("extensions", 1, 20, List.of(KEY, VALUE, KEY_SEQ), "pairs to set").required();
  public static final Param<List<Params>> KEYS =
      Param.objects("keys", 0, 20, List.of(KEY, KEY_SEQ), "pairs to delete; all without")
          .defaultsTo(List.of());

  static final ReplyField MESSAGES = ReplyField.of("messages", "messages, oldest first");
  static final ReplyField COMPLETE =
      ReplyField.of("complete", "whether nothing lies beyond in that direction");

  private MessageParams() {}
}
