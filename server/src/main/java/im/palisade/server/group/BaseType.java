package im.palisade.server.group;

import java.util.Optional;

/** The built-in group types (group-semantics §1). */
public enum BaseType {
  /** Known as Work today. */
  PRIVATE(1, "Private", '1'),
  PUBLIC(2, "Public", '2'),
  /** Known as Meeting today. */
  CHAT_ROOM(3, "ChatRoom", '3'),
  /** A live room: nothing of it is stored but its profile. */
  AV_CHAT_ROOM(4, "AVChatRoom", 'a'),
  COMMUNITY(5, "Community", 'c');

  private final int code;
  private final String wireName;
  private final char mark;

  BaseType(int code, String wireName, char mark) {
    this.code = code;
    this.wireName = wireName;
    this.mark = mark;
  }

  /** The name in answers, events and webhooks. */
  public String wireName() {
    return wireName;
  }

  /** How it is stored. */
  int code() {
    return code;
  }

  /** What an assigned id begins with behind {@code @TGS#}; nothing may be concluded from it. */
  char mark() {
    return mark;
  }

  /** The type stored as that number, if there is one. */
  public static Optional<BaseType> coded(int code) {
    return code < 1 || code > values().length ? Optional.empty() : Optional.of(ofCode(code));
  }

  static BaseType ofCode(int code) {
    return values()[code - 1];
  }

  /** The type of that name, today's names included. */
  static Optional<BaseType> named(String name) {
    String wire =
        switch (name) {
          case "Work" -> "Private";
          case "Meeting" -> "ChatRoom";
          default -> name;
        };
    for (BaseType type : values()) {
      if (type.wireName.equals(wire)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
