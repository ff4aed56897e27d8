package im.palisade.server.push;

import im.palisade.server.message.MsgKey;
import im.palisade.server.message.PushedMessage;

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

  /** Whether it waits for accounts that are offline. */
  boolean waits() {
    return expiresAt > createdAt;
  }

  /** What REST knows it by. */
  String taskId() {
    return appId + "_" + senderId + "_" + id + "_" + random;
  }

  MsgKey key() {
    return new MsgKey(id & 0xFFFF_FFFFL, random, createdAt / 1000);
  }
}
