package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import im.palisade.server.app.App;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Fields that several group commands share. */
final class GroupFields {
  static final String SERVICE = "group_open_http_svc";

  /** Largest answer in bytes (group-semantics §4). */
  static final int MAX_ANSWER = 1 << 20;

  private static final int ANY_LENGTH = 1 << 16;

  static final Field<String> GROUP_ID = Field.text("GroupId", ANY_LENGTH, "the group").required();
  static final Field<String> TOPIC_ID =
      Field.text("TopicId", ANY_LENGTH, "one of the community's topics");
  static final Field<String> INTRODUCTION =
      Field.text("Introduction", GroupTexts.MAX_INTRODUCTION, "what the group is about");
  static final Field<String> NOTIFICATION =
      Field.text("Notification", GroupTexts.MAX_NOTIFICATION, "its notice");
  static final Field<String> FACE_URL =
      Field.text("FaceUrl", GroupTexts.MAX_FACE_URL, "address of its face");
  static final Field<String> APPLY_JOIN_OPTION =
      Field.word("ApplyJoinOption", JoinOption.APPLY_WORDS, "how somebody comes in who asks");
  static final Field<String> INVITE_JOIN_OPTION =
      Field.word("InviteJoinOption", JoinOption.INVITE_WORDS, "how somebody invited comes in");
  static final Field<Boolean> ENABLE_PERMISSION =
      Field.flag("EnablePermission", "rights come from permission groups");
  static final Field<Long> DEFAULT_PERMISSION =
      Field.whole("DefaultPermission", 0, Long.MAX_VALUE, "permission bits of members");
  static final Field<Boolean> SUPPORT_TOPIC =
      Field.flag("SupportTopic", "1 for a community with topics");
  static final Field<Boolean> SILENCE = Field.flag("Silence", "1 tells nobody").defaultsTo(false);

  static final Field<String> KEY = Field.text("Key", ANY_LENGTH, "a declared key").required();
  static final Field<String> VALUE =
      Field.text("Value", ANY_LENGTH, "its value; an empty one deletes").defaultsTo("");
  static final Field<List<Fields>> APP_DEFINED_DATA =
      Field.objects("AppDefinedData", 0, 100, List.of(KEY, VALUE), "custom fields of the group");
  static final Field<List<Fields>> MEMBER_DEFINED_DATA =
      Field.objects(
          "AppMemberDefinedData", 0, 100, List.of(KEY, VALUE), "custom fields of the member");

  static final Shape<String> NAME_SHAPE = new Shape.Text(0, ANY_LENGTH);

  private GroupFields() {}

  /** Names of wanted fields, or of keys. */
  static Field<List<String>> names(String name, String meaning) {
    return Field.list(name, NAME_SHAPE, 0, 1_000, meaning);
  }

  /** The custom fields in a request, the last of a key counting; none when absent. */
  static Map<String, String> pairs(Optional<List<Fields>> data) {
    Map<String, String> pairs = new LinkedHashMap<>();
    data.orElse(List.of()).forEach(each -> pairs.put(each.get(KEY), each.get(VALUE)));
    return pairs;
  }

  /** Custom fields as they stand in answers. */
  static ArrayNode pairs(Map<String, String> values) {
    ArrayNode array = Json.mapper().createArrayNode();
    values.forEach((key, value) -> array.addObject().put("Key", key).put("Value", value));
    return array;
  }

  /**
   * Lets pass a name that is not too long for the app.
   *
   * @throws ImException GROUP_INVALID_PARAMETER, also when it is empty
   */
  static String name(App app, String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    int max = app.settings().groups().nameBytes();
    if (bytes < 1 || bytes > max) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "Name must be of 1 to " + max + " bytes");
    }
    return name;
  }

  /**
   * The answer, if it is not too large.
   *
   * @throws ImException GROUP_ANSWER_TOO_LARGE
   */
  static RestReply within(RestReply reply) {
    if (Json.bytes(reply.fields()).length > MAX_ANSWER) {
      throw new ImException(ErrorCode.GROUP_ANSWER_TOO_LARGE);
    }
    return reply;
  }
}
