package im.palisade.server.admin.identity;

import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.admin.identity.FailureStore.Failures;
import im.palisade.server.store.Region;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Makes guessing slow. From {@link #FREE} failures in a row on a name is locked for a minute, twice
 * as long with each further failure, at most an hour. Attempts at one name run one after another,
 * so that many side by side cannot outrun the lock.
 */
final class LoginThrottle {
  /** Failures that lock. */
  static final int FREE = 5;

  private static final Duration FIRST_LOCK = Duration.ofMinutes(1);
  private static final Duration LONGEST_LOCK = Duration.ofHours(1);
  private static final Duration FORGOTTEN_AFTER = Duration.ofDays(1);
  private static final int MOST_DOUBLINGS = 6;
  private static final int BATCH = 1_000;
  private static final int TURNS = 64;

  private final Region home;
  private final Clock clock;
  private final FailureStore store = new FailureStore();
  private final ReentrantLock[] turns =
      IntStream.range(0, TURNS).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);

  LoginThrottle(Region home, Clock clock) {
    this.home = home;
    this.clock = clock;
  }

  /** Somebody's turn to try a name, until closed. */
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for those who try the same name, or one that falls together with it. */
  Turn turn(String name) {
    ReentrantLock lock = turns[Math.floorMod(name.hashCode(), TURNS)];
    lock.lock();
    return lock::unlock;
  }

  /**
   * Lets an attempt through.
   *
   * @throws AdminException when the name is locked
   */
  void check(String name) {
    Instant now = clock.instant();
    home.read(connection -> store.find(connection, Tokens.hash(name)))
        .filter(found -> found.lockedUntil().isAfter(now))
        .ifPresent(
            found -> {
              throw AdminException.later(
                  Refusal.LOCKED, Duration.between(now, found.lockedUntil()));
            });
  }

  /**
   * Counts a failure.
   *
   * @return whether the name is locked from now on
   */
  boolean failed(String name) {
    byte[] key = Tokens.hash(name);
    Instant now = clock.instant();
    return home.inUnitOfWork(
        unit -> {
          Optional<Failures> before =
              store
                  .findForUpdate(unit.connection(), key)
                  .filter(found -> found.failedAt().isAfter(now.minus(FORGOTTEN_AFTER)));
          int count = before.map(Failures::count).orElse(0) + 1;
          boolean locks = count >= FREE;
          Instant until = locks ? now.plus(lock(count)) : Instant.EPOCH;
          store.save(unit.connection(), key, new Failures(count, until, now));
          return locks;
        });
  }

  /** Forgets old failures. */
  void prune() {
    Instant old = clock.instant().minus(FORGOTTEN_AFTER);
    home.inUnitOfWork(unit -> store.deleteOlder(unit.connection(), old, BATCH));
  }

  FailureStore store() {
    return store;
  }

  private static Duration lock(int failures) {
    Duration lock = FIRST_LOCK.multipliedBy(1L << Math.min(MOST_DOUBLINGS, failures - FREE));
    return lock.compareTo(LONGEST_LOCK) > 0 ? LONGEST_LOCK : lock;
  }
}
