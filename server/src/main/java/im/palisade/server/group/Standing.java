package im.palisade.server.group;

/** Where somebody who acts stands toward a group; later ones have more power. */
public enum Standing {
  OUTSIDER(0),
  MEMBER(1),
  ADMIN(2),
  OWNER(3),
  /** The app itself: whatever an owner may, in every group. */
  APP(4);

  private final int power;

  Standing(int power) {
    this.power = power;
  }

  static Standing of(Role role) {
    return switch (role) {
      case MEMBER -> MEMBER;
      case ADMIN -> ADMIN;
      case OWNER -> OWNER;
    };
  }

  /** Whether it has at least the power of that role. */
  boolean atLeast(Role role) {
    return power >= of(role).power;
  }

  /** Whether it may act on somebody of that standing: only on strictly lower ones. */
  boolean above(Standing other) {
    return power > other.power;
  }
}
