package im.palisade.server.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.testing.TestDatabase;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DiskGuardTest {
  private final AtomicLong free = new AtomicLong(1000);

  @Test
  void spaceIsLowBelowTheReserveAndUntilATenthAboveItIsFree() {
    DiskGuard guard = DiskGuard.unstarted(free::get, 1000);
    assertFalse(guard.isLow());
    assertTrue(isLowWith(guard, 999));
    assertTrue(isLowWith(guard, 1000));
    assertTrue(isLowWith(guard, 1099));
    assertFalse(isLowWith(guard, 1100));
    assertFalse(isLowWith(guard, 1000));
  }

  @Test
  void anUnreadableFileSystemChangesNothing() {
    DiskGuard guard =
        DiskGuard.unstarted(
            () -> {
              if (free.get() < 0) {
                throw new UncheckedIOException(new java.io.IOException("gone"));
              }
              return free.get();
            },
            1000);
    assertTrue(isLowWith(guard, 10));
    assertTrue(isLowWith(guard, -1));
  }

  @Test
  void theFirstLookIsAtTheStart() {
    try (DataDirectory directory = DataDirectory.open(TestDatabase.newDirectory());
        DiskGuard low = DiskGuard.start(directory, Long.MAX_VALUE / 2);
        DiskGuard enough = DiskGuard.start(directory, 1)) {
      assertTrue(low.isLow());
      assertFalse(enough.isLow());
    }
  }

  private boolean isLowWith(DiskGuard guard, long bytes) {
    free.set(bytes);
    guard.look();
    return guard.isLow();
  }
}
