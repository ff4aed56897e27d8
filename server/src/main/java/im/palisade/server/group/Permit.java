package im.palisade.server.group;

/**
 * What permission groups grant (rest-groups-advanced annex K): bits of a community, and the bit
 * that grants the same in one topic alone; 0 where a topic has none. Bits beyond the annex's order
 * follow the client enumeration.
 */
public enum Permit {
  MANAGE_INFO(1, 0),
  MANAGE_MEMBERS(1 << 1, 0),
  MANAGE_PERMISSION_GROUPS(1 << 2, 0),
  MANAGE_PERMISSION_MEMBERS(1 << 3, 0),
  MANAGE_TOPICS(1 << 4, 1),
  MUTE(1 << 5, 1 << 2),
  SEND(1 << 6, 1 << 3),
  MENTION_ALL(1 << 7, 1 << 6),
  READ_HISTORY(1 << 8, 1 << 4),
  CHANGE_OTHERS_MESSAGES(1 << 9, 1 << 5);

  /** What members may when nobody has said otherwise: talk and read. */
  public static final long DEFAULT = SEND.community | READ_HISTORY.community;

  private final long community;
  private final long topic;

  Permit(long community, long topic) {
    this.community = community;
    this.topic = topic;
  }

  /** Whether one of the masks grants it. */
  public boolean in(long communityBits, long topicBits) {
    return (communityBits & community) != 0 || (topicBits & topic) != 0;
  }
}
