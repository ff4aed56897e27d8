package im.palisade.server.store;

/** What is counted per app and day. The codes are stored: they never change their meaning. */
public enum Counter {
  LOGINS(1),
  /** Most accounts online at once; the greatest value counts, not the sum. */
  MAX_ONLINE(2),
  C2C_UP(3),
  C2C_DOWN(4),
  C2C_APNS(5),
  GROUP_UP(6),
  GROUP_DOWN(7),
  GROUP_APNS(8),
  GROUP_JOINS(9),
  GROUP_QUITS(10),
  FRIENDS_ADDED(15),
  FRIENDS_REMOVED(16),
  CALLBACK_REQUESTS(17),
  CALLBACK_ANSWERS(18),

  /** Distinct accounts and groups, summed up when the day is over. */
  GROUPS_WITH_MESSAGES(14),
  ACTIVE_USERS(30),
  LOGIN_USERS(31),
  SENDING_USERS(32),
  C2C_SENDING_USERS(33),
  GROUP_SENDING_USERS(34);

  private final int code;

  Counter(int code) {
    this.code = code;
  }

  /** How it is stored. */
  public int code() {
    return code;
  }

  /** Whether the greatest value of a day counts, not the sum. */
  public boolean isPeak() {
    return this == MAX_ONLINE;
  }

  /** The counter stored under that code. */
  public static Counter ofCode(int code) {
    for (Counter counter : values()) {
      if (counter.code == code) {
        return counter;
      }
    }
    throw new IllegalArgumentException("no counter " + code);
  }
}
