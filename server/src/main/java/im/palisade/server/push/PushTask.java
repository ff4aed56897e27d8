package im.palisade.server.push;

import im.palisade.server.message.MsgKey;
import im.palisade.server.message.PushedMessage;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An accepted push.
 *
 * @param id ascending within an app
 * @param sender UserID shown as the sender
 * @param createdAt milliseconds
 * @param expiresAt milliseconds; equal to {@code createdAt} for those that are online only
 */
record PushTask(
    long id,
    long appId,
    long random,
    String sender,
    long senderId,
    long createdAt,
    long expiresAt,
    PushCondition condition,
    PushedMessage message) {
  private static final Pattern TASK_ID = Pattern.compile("\\d+_\\d+_(\\d{1,18})_\\d+");

  /** Whether it waits for accounts that are offline. */
  boolean waits() {
    return expiresAt > createdAt;
  }

  /** What REST knows it by. */
  String taskId() {
    return taskId(appId, senderId, id, random);
  }

  /** What REST knows a task by. */
  static String taskId(long appId, long senderId, long id, long random) {
    return appId + "_" + senderId + "_" + id + "_" + random;
  }

  /** The id in what REST knows a task by; empty for any other text. */
  static OptionalLong idIn(String taskId) {
    Matcher parts = TASK_ID.matcher(taskId);
    return parts.matches() ? OptionalLong.of(Long.parseLong(parts.group(1))) : OptionalLong.empty();
  }

  MsgKey key() {
    return new MsgKey(id & 0xFFFF_FFFFL, random, createdAt / 1000);
  }
}
