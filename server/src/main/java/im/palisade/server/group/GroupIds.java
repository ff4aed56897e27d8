package im.palisade.server.group;

import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.security.SecureRandom;

/** The forms of group and topic ids (group-semantics §5): byte strings of printable ASCII. */
public final class GroupIds {
  /** Longest id of a group. */
  public static final int MAX_GROUP_ID = 48;

  /** Longest id of a topic. */
  public static final int MAX_TOPIC_ID = 96;

  private static final String ASSIGNED = "@TGS#";
  private static final String COMMUNITY = "@TGS#_";
  private static final String TOPIC = "@TOPIC#_";
  private static final String PERMISSION = "@PMG#_";
  private static final String BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int RANDOM_LENGTH = 10;
  private static final SecureRandom RANDOM = new SecureRandom();

  private GroupIds() {}

  /** Whether a group could have that id. */
  public static boolean isPossible(String groupId) {
    return isPrintable(groupId, MAX_GROUP_ID);
  }

  /**
   * Lets pass what may be the id of a group.
   *
   * @throws ImException GROUP_ID_INVALID
   */
  public static void check(String groupId) {
    if (!isPrintable(groupId, MAX_GROUP_ID)) {
      throw new ImException(ErrorCode.GROUP_ID_INVALID);
    }
  }

  /**
   * Lets pass what may be the id of a topic.
   *
   * @throws ImException GROUP_ID_INVALID
   */
  public static void checkTopic(String topicId) {
    if (!isPrintable(topicId, MAX_TOPIC_ID)) {
      throw new ImException(ErrorCode.GROUP_ID_INVALID);
    }
  }

  /**
   * Lets pass what an app may choose for a new group.
   *
   * @throws ImException GROUP_INVALID_PARAMETER
   */
  static void checkChosen(String groupId, BaseType type) {
    boolean fits =
        isPrintable(groupId, MAX_GROUP_ID)
            && (type == BaseType.COMMUNITY
                ? groupId.startsWith(COMMUNITY) && groupId.length() > COMMUNITY.length()
                : !groupId.startsWith(ASSIGNED));
    if (!fits) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "GroupId has an impossible form");
    }
  }

  /**
   * Lets pass what an app may choose for a new topic.
   *
   * @throws ImException GROUP_INVALID_PARAMETER
   */
  static void checkChosenTopic(String topicId, String groupId) {
    String begin = groupId + TOPIC;
    String custom = topicId.startsWith(begin) ? topicId.substring(begin.length()) : "";
    boolean fits =
        isPrintable(topicId, MAX_TOPIC_ID)
            && !custom.isEmpty()
            && !custom.contains(COMMUNITY)
            && !custom.startsWith("@TOPIC#")
            && !custom.contains(TOPIC + "@TOPIC#");
    if (!fits) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "TopicId has an impossible form");
    }
  }

  /** A new id for a group of that type; unique but by extraordinary chance. */
  static String assigned(BaseType type) {
    return type == BaseType.COMMUNITY
        ? COMMUNITY + ASSIGNED + type.mark() + random()
        : ASSIGNED + type.mark() + random();
  }

  /** A new id for a topic of that community. */
  static String assignedTopic(String groupId) {
    return groupId + TOPIC + "@TOPIC#c" + random();
  }

  /**
   * Lets pass what an app may choose for a new permission group.
   *
   * @throws ImException GROUP_INVALID_PARAMETER
   */
  static void checkChosenPermission(String id) {
    String custom = id.startsWith(PERMISSION) ? id.substring(PERMISSION.length()) : "";
    if (custom.isEmpty() || !isPrintable(id, MAX_TOPIC_ID) || custom.startsWith("@PMG#")) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "PermissionGroupId has an impossible form");
    }
  }

  /** A new id for a permission group. */
  static String assignedPermission() {
    return PERMISSION + "@PMG#c" + random();
  }

  private static boolean isPrintable(String id, int max) {
    return !id.isEmpty()
        && id.length() <= max
        && id.chars().allMatch(character -> character >= 0x20 && character <= 0x7E);
  }

  private static String random() {
    StringBuilder text = new StringBuilder(RANDOM_LENGTH);
    for (int i = 0; i < RANDOM_LENGTH; i++) {
      text.append(BASE_32.charAt(RANDOM.nextInt(BASE_32.length())));
    }
    return text.toString();
  }
}
