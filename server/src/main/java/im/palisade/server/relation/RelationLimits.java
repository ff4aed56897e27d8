package im.palisade.server.relation;

/** How much an account may have (rest-conventions §5.2). */
final class RelationLimits {
  static final int FRIENDS = 3000;

  /** Pending friend requests, of those sent and of those received. */
  static final int REQUESTS = 100;

  static final int LISTS = 32;
  static final int LIST_NAME_BYTES = 30;
  static final int BLOCKED = 1000;
  static final int FOLLOWING = 5000;
  static final int REMARK_BYTES = 96;
  static final int WORDING_BYTES = 256;
  static final int CUSTOM_BYTES = 500;

  private RelationLimits() {}
}
