package im.palisade.server.mute;

/**
 * Until when an account may not send through clients (rest-conversations Part F).
 *
 * @param c2cUntil UNIX seconds for one-to-one messages; {@link #FOR_EVER}, or past when free
 * @param groupUntil the same for group messages
 */
public record Mute(long c2cUntil, long groupUntil) {
  /** No end. */
  public static final long FOR_EVER = Long.MAX_VALUE;

  /** The seconds that stand for no end on the wire. */
  public static final long FOR_EVER_SECONDS = 0xFFFF_FFFFL;

  /** Free to send everything. */
  public static final Mute NONE = new Mute(0, 0);

  /** Seconds left for one-to-one messages, 0 when free. */
  public long c2cLeft(long now) {
    return left(c2cUntil, now);
  }

  /** Seconds left for group messages, 0 when free. */
  public long groupLeft(long now) {
    return left(groupUntil, now);
  }

  /** The end of a mute of so many seconds. */
  static long until(long seconds, long now) {
    if (seconds == 0) {
      return 0;
    }
    return seconds == FOR_EVER_SECONDS ? FOR_EVER : now + seconds;
  }

  private static long left(long until, long now) {
    return until == FOR_EVER ? FOR_EVER_SECONDS : Math.max(0, until - now);
  }
}
