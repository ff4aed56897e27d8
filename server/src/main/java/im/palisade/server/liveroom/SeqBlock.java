package im.palisade.server.liveroom;

import java.util.OptionalLong;

/**
 * Numbers of a room's messages, reserved in the store a block at a time before the first of them is
 * given out: after a crash the rest of the block is missing, and no number comes twice.
 */
final class SeqBlock {
  /** Numbers reserved at once: one write for every 25 seconds of a room at its limit. */
  static final int SIZE = 1_000;

  private long next = 1;
  private long end;

  /** Whether another block is needed before the next number. */
  boolean isUsedUp() {
    return next > end;
  }

  /** Goes on with a block that was reserved. */
  void reserved(long last) {
    next = last - SIZE + 1;
    end = last;
  }

  /** The number that comes next, if that is known without the store. */
  OptionalLong next() {
    return end == 0 ? OptionalLong.empty() : OptionalLong.of(next);
  }

  /** The last number that was reserved; 0 when none was. */
  long end() {
    return end;
  }

  long take() {
    return next++;
  }
}
