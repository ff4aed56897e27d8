package im.palisade.server.store;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the free space under the data directory, so that sends are refused with a clear code
 * while there is still room for everything that was acknowledged.
 */
public final class DiskGuard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DiskGuard.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final LongSupplier usableSpace;
  private final long reserve;
  private final Thread thread;
  private volatile boolean low;

  private DiskGuard(LongSupplier usableSpace, long reserve) {
    this.usableSpace = usableSpace;
    this.reserve = reserve;
    this.thread = Thread.ofVirtual().name("disk-guard").unstarted(this::watch);
  }

  /** Looks once at once and then every second until closed. */
  public static DiskGuard start(DataDirectory directory, long reserve) {
    DiskGuard guard = unstarted(directory::usableSpace, reserve);
    guard.thread.start();
    return guard;
  }

  static DiskGuard unstarted(LongSupplier usableSpace, long reserve) {
    DiskGuard guard = new DiskGuard(usableSpace, reserve);
    guard.look();
    return guard;
  }

  /** Whether the free space is below the reserve; at most about a second old. */
  public boolean isLow() {
    return low;
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  /** Looks now. It stays low until a tenth above the reserve is free, so that it cannot flap. */
  void look() {
    long free;
    try {
      free = usableSpace.getAsLong();
    } catch (RuntimeException e) {
      LOG.warn("Free space of the data directory cannot be read", e);
      return;
    }
    boolean wasLow = low;
    low = free < (wasLow ? reserve + reserve / 10 : reserve);
    if (low && !wasLow) {
      LOG.warn(
          "Sends are refused: {} MiB free, below the reserve of {} MiB", mib(free), mib(reserve));
    } else if (wasLow && !low) {
      LOG.info("Sends are accepted again: {} MiB free", mib(free));
    }
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(PERIOD);
        look();
      }
    } catch (InterruptedException e) {
      LOG.debug("closed");
    }
  }

  private static long mib(long bytes) {
    return bytes >> 20;
  }
}
