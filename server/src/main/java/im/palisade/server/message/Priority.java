package im.palisade.server.message;

import java.util.Optional;

/** Who goes first when a group's budget is short (group-semantics §7.4). */
public enum Priority {
  HIGH(1, "High"),
  NORMAL(2, "Normal"),
  LOW(3, "Low"),
  LOWEST(4, "Lowest");

  private final int code;
  private final String wireName;

  Priority(int code, String wireName) {
    this.code = code;
    this.wireName = wireName;
  }

  /** {@code MsgPriority} in histories. */
  public int code() {
    return code;
  }

  /** {@code MsgPriority} of a send. */
  public String wireName() {
    return wireName;
  }

  /** The priority of that name. */
  public static Optional<Priority> of(String wireName) {
    for (Priority each : values()) {
      if (each.wireName.equals(wireName)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  static Priority ofCode(int code) {
    return values()[code - 1];
  }
}
