package im.palisade.server.conversation;

/**
 * The running numbers of a locked conversation; changed only by the writer that holds the lock and
 * written back with {@link ConversationHeads#save}.
 */
public final class ConversationHead {
  private final long id;
  private final long version;
  private long lastSeq;
  private long lastTime;
  private final long[] shown;
  private final long[] counted;
  private final int options;

  ConversationHead(
      long id,
      long version,
      long lastSeq,
      long lastTime,
      long shown1,
      long shown2,
      long counted1,
      long counted2,
      int options) {
    this.id = id;
    this.version = version;
    this.lastSeq = lastSeq;
    this.lastTime = lastTime;
    this.shown = new long[] {shown1, shown2};
    this.counted = new long[] {counted1, counted2};
    this.options = options;
  }

  public long id() {
    return id;
  }

  public long version() {
    return version;
  }

  public long lastSeq() {
    return lastSeq;
  }

  public long lastTime() {
    return lastTime;
  }

  /** Highest sequence shown in the conversation list of that side; groups have side 1 alone. */
  public long shown(int side) {
    return shown[side - 1];
  }

  /** Countable messages toward that side so far. */
  public long counted(int side) {
    return counted[side - 1];
  }

  /** How that side of a pair receives messages. */
  public ReceiveOption option(int side) {
    return ReceiveOption.of(options, side);
  }

  /** Takes the next sequence for a message of that time. */
  public long advance(long time) {
    lastSeq++;
    lastTime = Math.max(lastTime, time);
    return lastSeq;
  }

  /** Takes the next sequence for what tells of the group itself: no time of a message moves. */
  public long advance() {
    return ++lastSeq;
  }

  /** The newest message stands in that side's conversation list. */
  public void show(int side) {
    shown[side - 1] = lastSeq;
  }

  /** One more countable message toward that side; returns the running number. */
  public long count(int side) {
    return ++counted[side - 1];
  }
}
