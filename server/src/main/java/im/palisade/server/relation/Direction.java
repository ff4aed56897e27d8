package im.palisade.server.relation;

/** Who has whom in a list, seen from the account asked for (rest-accounts C0). */
public enum Direction {
  NONE,
  /** The asking account has the other. */
  A_WITH_B,
  /** The other has the asking account. */
  B_WITH_A,
  BOTH;

  static Direction of(boolean mine, boolean theirs) {
    if (mine) {
      return theirs ? BOTH : A_WITH_B;
    }
    return theirs ? B_WITH_A : NONE;
  }

  /** 0 none, 1 only the other, 2 only the asking one, 3 both (follow_check). */
  public int followType() {
    return switch (this) {
      case NONE -> 0;
      case B_WITH_A -> 1;
      case A_WITH_B -> 2;
      case BOTH -> 3;
    };
  }
}
