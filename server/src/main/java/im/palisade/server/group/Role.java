package im.palisade.server.group;

/** What a member is in its group; later ones have more power (group-semantics §2). */
public enum Role {
  MEMBER(1, "Member"),
  ADMIN(2, "Admin"),
  OWNER(3, "Owner");

  private final int code;
  private final String wireName;

  Role(int code, String wireName) {
    this.code = code;
    this.wireName = wireName;
  }

  /** The name in answers and events. */
  public String wireName() {
    return wireName;
  }

  /** How it is stored; orders as the roles do. */
  public int code() {
    return code;
  }

  static Role ofCode(int code) {
    return values()[code - 1];
  }
}
