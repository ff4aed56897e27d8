package im.palisade.server.group;

import java.util.Optional;

/** Whether a member is told of messages (group-semantics §6.2). */
public enum MsgFlag {
  ACCEPT_AND_NOTIFY(1, "AcceptAndNotify"),
  /** Online only, no offline push. */
  ACCEPT_NOT_NOTIFY(2, "AcceptNotNotify"),
  /** Nothing is delivered and the conversation list stays as it is. */
  DISCARD(3, "Discard");

  private final int code;
  private final String wireName;

  MsgFlag(int code, String wireName) {
    this.code = code;
    this.wireName = wireName;
  }

  /** The name on the wire. */
  public String wireName() {
    return wireName;
  }

  /** How it is stored. */
  public int code() {
    return code;
  }

  /** The flag stored as that number. */
  public static MsgFlag ofCode(int code) {
    return values()[code - 1];
  }

  /** The flag of that name on the wire. */
  public static Optional<MsgFlag> named(String name) {
    for (MsgFlag flag : values()) {
      if (flag.wireName.equals(name)) {
        return Optional.of(flag);
      }
    }
    return Optional.empty();
  }
}
