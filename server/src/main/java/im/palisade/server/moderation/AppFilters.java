package im.palisade.server.moderation;

import im.palisade.server.app.App;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The filter of each app, kept until its list has another version. A change made here counts from
 * the next text on; of a list of more than {@value #MANY_WORDS} words it may be put off for {@value
 * #REST} times as long as making the filter took. One made by another node counts {@value
 * #CHECK_MILLIS} ms later at most.
 */
final class AppFilters<F extends AppFilters.Filter> {
  private static final long CHECK_MILLIS = 10_000;

  /**
   * Larger lists that grow call by call under load are not built anew for each call. Not decided by
   * the time alone: on a busy machine a list of one word may take long.
   */
  static final int MANY_WORDS = 1_000;

  private static final int REST = 10;

  /** What is made of a list. */
  interface Filter {
    /** Words of the list. */
    int words();
  }

  private final Function<App, Long> version;
  private final Function<App, F> build;
  private final Clock clock;
  private final Map<Long, Slot> slots = new ConcurrentHashMap<>();

  /**
   * Filters of one kind.
   *
   * @param version of an app's list, 0 when it never had one
   * @param build reads the list and makes the filter of it
   */
  AppFilters(Function<App, Long> version, Function<App, F> build, Clock clock) {
    this.version = version;
    this.build = build;
    this.clock = clock;
  }

  /** The app's filter; may read the store. */
  F of(App app) {
    return slots.computeIfAbsent(app.appId(), id -> new Slot()).current(app);
  }

  /** To be called after the commit of a change. */
  void changed(App app) {
    slots.computeIfAbsent(app.appId(), id -> new Slot()).stale = true;
  }

  /** A filter, its list's version, when that was last compared and how long building took. */
  private record Held<F extends Filter>(
      F filter, long version, long checkedAt, long builtAt, long buildMillis) {
    Held<F> checked(long now) {
      return new Held<>(filter, version, now, builtAt, buildMillis);
    }
  }

  private final class Slot {
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Optional<Held<F>> held = Optional.empty();
    private volatile boolean stale;

    F current(App app) {
      Optional<Held<F>> known = held;
      if (known.isPresent() && isFresh(known.get())) {
        return known.get().filter();
      }
      lock.lock();
      try {
        known = held;
        if (known.isPresent() && isFresh(known.get())) {
          return known.get().filter();
        }
        Held<F> next = renewed(app, known);
        held = Optional.of(next);
        return next.filter();
      } finally {
        lock.unlock();
      }
    }

    private boolean isFresh(Held<F> known) {
      long now = clock.millis();
      if (now - known.checkedAt() >= CHECK_MILLIS || now < known.checkedAt()) {
        return false;
      }
      boolean postponed =
          known.filter().words() > MANY_WORDS && now - known.builtAt() < REST * known.buildMillis();
      return !stale || postponed;
    }

    private Held<F> renewed(App app, Optional<Held<F>> known) {
      stale = false;
      boolean done = false;
      try {
        // The version before the list: what comes in between is seen as a change next time.
        long now = version.apply(app);
        long begin = clock.millis();
        Held<F> next =
            known.isPresent() && known.get().version() == now
                ? known.get().checked(begin)
                : built(app, now, begin);
        done = true;
        return next;
      } finally {
        if (!done) {
          stale = true;
        }
      }
    }

    private Held<F> built(App app, long version, long begin) {
      F filter = build.apply(app);
      long end = clock.millis();
      return new Held<>(filter, version, begin, end, Math.max(0, end - begin));
    }
  }
}
