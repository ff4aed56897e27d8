package im.palisade.server.group;

import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.Params;
import im.palisade.server.protocol.ErrorCode;
import java.util.List;
import java.util.Map;

/** Fields of clients' group commands; what is wrong is GROUP_INVALID_PARAMETER. */
final class GroupParams {
  static final ErrorCode WRONG = ErrorCode.GROUP_INVALID_PARAMETER;

  static final Param<String> GROUP_ID = Param.id("groupId", "the group").required();
  static final Param<String> NAME =
      Param.text("name", Param.ANY_LENGTH, "its name, as long as the app's settings allow");
  static final Param<String> NEW_NAME =
      Param.id("name", "its name, as long as the app's settings allow").required();
  static final Param<String> INTRODUCTION =
      Param.text("introduction", GroupTexts.MAX_INTRODUCTION, "what it is about");
  static final Param<String> NOTIFICATION =
      Param.text("notification", GroupTexts.MAX_NOTIFICATION, "its notice");
  static final Param<String> FACE_URL =
      Param.text("faceUrl", GroupTexts.MAX_FACE_URL, "address of its face");
  static final Param<Long> MAX_MEMBERS =
      Param.number("maxMembers", 1, Integer.MAX_VALUE, "most members, within what the type allows");
  static final Param<String> JOIN_OPTION =
      Param.word("joinOption", JoinOption.APPLY_WORDS, "how somebody comes in who asks");
  static final Param<String> INVITE_OPTION =
      Param.word("inviteOption", JoinOption.INVITE_WORDS, "how somebody invited comes in");
  static final Param<Boolean> MUTE_ALL = Param.flag("muteAll", "only owner and admins may send");
  static final Param<Map<String, String>> CUSTOM =
      Param.pairs("custom", "custom fields; an empty value deletes").defaultsTo(Map.of());
  static final Param<String> USER_ID = Param.id("userId", "the member").required();
  static final Param<String> REASON =
      Param.text("reason", Membership.MAX_TEXT, "what they are told").defaultsTo("");
  static final Param<String> MESSAGE =
      Param.text("message", Membership.MAX_TEXT, "what the other side is told").defaultsTo("");
  static final Param<Long> REQUEST_ID =
      Param.number("requestId", Long.MIN_VALUE, Long.MAX_VALUE, "of the application").required();
  static final Param<String> TOPIC_ID = Param.text("topicId", Param.ANY_LENGTH, "a topic");

  static final Param<String> MEMBER_ID = Param.id("userId", "who").required();
  static final Param<Boolean> MEMBER_ADMIN =
      Param.flag("admin", "whether it begins as an admin").defaultsTo(false);
  static final Param<List<Params>> MEMBERS =
      Param.objects(
              "members",
              0,
              500,
              List.of(MEMBER_ID, MEMBER_ADMIN, CUSTOM),
              "who is in from the start")
          .defaultsTo(List.of())
          .whenTooMany(ErrorCode.GROUP_TOO_MANY_ACCOUNTS);

  private GroupParams() {}

  /** UserIDs, at least one and at most so many. */
  static Param<List<String>> userIds(int most, String meaning) {
    return Param.ids("userIds", 1, most, meaning)
        .required()
        .whenTooMany(ErrorCode.GROUP_TOO_MANY_ACCOUNTS);
  }
}
