package im.palisade.server.push;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.gateway.CloseCause;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.gateway.SessionListener;
import im.palisade.server.jobs.Threads;
import im.palisade.server.push.PushTaskStore.Candidate;
import im.palisade.server.push.PushTaskStore.Inbox;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers accepted pushes: to whoever is online now, page by page on a thread of its own, and to
 * whoever logs in while a push waits. An account gets a waiting push once, on the devices it is
 * online with then. What a stopped server left undone is done by the next one.
 */
final class PushRunner implements SessionListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PushRunner.class);
  private static final int PAGE = 256;
  private static final int LOCKS = 64;
  private static final int REMEMBERED = 200_000;
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
  private static final Set<String> NO_TARGETS = Set.of("@RBT#", "@TOA#");

  private final Regions regions;
  private final AppService apps;
  private final AccountService accounts;
  private final SessionDirectory sessions;
  private final PushHook hook;
  private final Clock clock;
  private final PushTaskStore store = new PushTaskStore();
  private final PushAudienceStore audience = new PushAudienceStore();
  private final Semaphore accepted = new Semaphore(0);

  /** Newest task given to an account here, so that a run and a login do not both give it. */
  private final Cache<Long, Long> given = Caffeine.newBuilder().maximumSize(REMEMBERED).build();

  /** Waiting tasks by app, oldest first: most logins find that there are none. */
  private final Cache<Long, List<PushTask>> waiting =
      Caffeine.newBuilder().maximumSize(1000).expireAfterWrite(LOOK_AGAIN).build();

  /** Sessions by account that have caught up with what was waiting. */
  private final Map<Long, Integer> ready = new ConcurrentHashMap<>();

  private final List<Lock> locks = Stream.<Lock>generate(ReentrantLock::new).limit(LOCKS).toList();
  private final Thread thread;
  private volatile boolean closing;

  PushRunner(
      Regions regions,
      AppService apps,
      AccountService accounts,
      SessionDirectory sessions,
      PushHook hook,
      Clock clock) {
    this.regions = regions;
    this.apps = apps;
    this.accounts = accounts;
    this.sessions = sessions;
    this.hook = hook;
    this.clock = clock;
    accounts.onDeletion((unit, account) -> store.forget(unit.connection(), account.id()));
    long startedAt = clock.millis();
    this.thread = Thread.ofVirtual().name("push-runner").start(() -> run(startedAt));
  }

  /** There may be something to do for this app. */
  void wake(App app) {
    waiting.invalidate(app.appId());
    accepted.release();
  }

  /** Deletes tasks that were done long ago. */
  void deleteOld(Duration kept) {
    long before = clock.instant().minus(kept).toEpochMilli();
    for (Region region : regions.all()) {
      int deleted;
      do {
        deleted = region.inUnitOfWork(unit -> store.deleteBefore(unit.connection(), before));
      } while (deleted > 0);
    }
  }

  @Override
  public void opened(Session session, List<Session> kicked) {
    long accountId = session.principal().accountId();
    Lock lock = lock(accountId);
    lock.lock();
    try {
      catchUp(session);
      ready.merge(accountId, 1, Integer::sum);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void closed(Session session, CloseCause cause) {
    ready.computeIfPresent(
        session.principal().accountId(), (id, count) -> count == 1 ? null : count - 1);
  }

  /** Gives an account what waits for it, oldest first. */
  private void catchUp(Session session) {
    App app = session.principal().app();
    long accountId = session.principal().accountId();
    long now = clock.millis();
    List<PushTask> tasks =
        waiting
            .get(
                app.appId(),
                id -> regions.of(app).read(connection -> store.waiting(connection, id, now)))
            .stream()
            .filter(task -> task.expiresAt() > now)
            .toList();
    if (tasks.isEmpty()) {
      return;
    }
    Region region = regions.of(app);
    Inbox inbox = region.read(connection -> store.inbox(connection, accountId));
    List<Long> self = List.of(accountId);
    List<String> tags = region.read(c -> audience.tags(c, self)).getOrDefault(accountId, List.of());
    Map<Integer, String> values =
        region.read(c -> audience.values(c, self)).getOrDefault(accountId, Map.of());
    for (PushTask task : tasks) {
      if (task.createdAt() >= inbox.createdAt()
          && isTarget(task, new Candidate(accountId, session.principal().userId()))
          && task.condition().holds(tags, values)
          && claim(accountId, task.id(), inbox.taskId())) {
        deliver(frame(app, task), accountId);
        tell(app, task, List.of(session.principal().userId()));
        give(region, List.of(accountId), task.id());
      }
    }
  }

  /** Ends after the page under way; the next start goes on. */
  @Override
  public void close() {
    closing = true;
    accepted.release();
    Threads.join(thread);
  }

  private void run(long startedAt) {
    boolean begun = false;
    while (!closing) {
      try {
        for (Region region : regions.all()) {
          if (!begun) {
            region.inUnitOfWork(
                unit -> {
                  store.endOnlineOnly(unit.connection(), startedAt, clock.millis());
                  return null;
                });
          }
          for (PushTask task : region.read(store::open)) {
            run(region, task);
          }
        }
        begun = true;
        if (accepted.tryAcquire(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
          accepted.drainPermits();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        log.warn("pushes are delayed, trying again in {}", LOOK_AGAIN, e);
        pause();
      }
    }
  }

  private void run(Region region, PushTask task) {
    Optional<App> app = apps.find(task.appId());
    // Whoever comes online from here on finds the task by itself.
    waiting.invalidate(task.appId());
    long targets = 0;
    if (app.isPresent()) {
      EncodedFrame frame = frame(app.get(), task);
      if (task.condition().isEverybody()) {
        List<Candidate> page;
        String after = "";
        do {
          if (closing) {
            return;
          }
          String from = after;
          page = region.read(c -> store.everybody(c, task.appId(), from, PAGE));
          targets += deliver(region, app.get(), task, frame, page);
          after = page.isEmpty() ? "" : page.getLast().userId();
        } while (page.size() == PAGE);
      } else {
        long[] ids = region.read(c -> store.matching(c, task.appId(), task.condition()));
        for (int done = 0; done < ids.length; done += PAGE) {
          if (closing) {
            return;
          }
          List<Long> part = LongStream.of(ids).skip(done).limit(PAGE).boxed().toList();
          List<Candidate> live = region.read(c -> store.live(c, part));
          targets += deliver(region, app.get(), task, frame, live);
        }
      }
    }
    long reached = targets;
    region.inUnitOfWork(
        unit -> {
          store.done(unit.connection(), task.id(), reached, clock.millis());
          return null;
        });
    log.info("push {} done, {} accounts addressed", task.taskId(), reached);
  }

  /** Delivers to those of a page that are online and returns how many accounts are addressed. */
  private int deliver(
      Region region, App app, PushTask task, EncodedFrame frame, List<Candidate> page) {
    List<Candidate> targets = page.stream().filter(each -> isTarget(task, each)).toList();
    List<Long> online =
        targets.stream().map(Candidate::id).filter(id -> !sessions.of(id).isEmpty()).toList();
    if (!task.waits()) {
      online.forEach(id -> deliver(frame, id));
      tell(app, task, names(targets, online));
      return targets.size();
    }
    Map<Long, Long> before = region.read(connection -> store.given(connection, online));
    List<Long> now = new ArrayList<>();
    for (long id : online) {
      Lock lock = lock(id);
      lock.lock();
      try {
        // One that is about to catch up must get what is older first.
        if (ready.containsKey(id) && claim(id, task.id(), before.getOrDefault(id, 0L))) {
          deliver(frame, id);
          now.add(id);
        }
      } finally {
        lock.unlock();
      }
    }
    tell(app, task, names(targets, now));
    give(region, now, task.id());
    return targets.size();
  }

  private void tell(App app, PushTask task, List<String> userIds) {
    if (!userIds.isEmpty()) {
      hook.reached(app, task.taskId(), task.createdAt() / 1000, userIds);
    }
  }

  private static List<String> names(List<Candidate> candidates, List<Long> ids) {
    Set<Long> wanted = Set.copyOf(ids);
    return candidates.stream()
        .filter(each -> wanted.contains(each.id()))
        .map(Candidate::userId)
        .toList();
  }

  private Lock lock(long accountId) {
    return locks.get((int) (accountId % LOCKS));
  }

  private void deliver(EncodedFrame frame, long accountId) {
    sessions.of(accountId).forEach(session -> session.send(frame));
  }

  private void give(Region region, List<Long> accountIds, long taskId) {
    if (!accountIds.isEmpty()) {
      region.inUnitOfWork(
          unit -> {
            store.give(unit.connection(), accountIds, taskId);
            return null;
          });
    }
  }

  /** Whether whoever asks is the one to give the account that task. */
  private boolean claim(long accountId, long taskId, long stored) {
    boolean[] claimed = {false};
    given
        .asMap()
        .compute(
            accountId,
            (id, newest) -> {
              long last = Math.max(stored, newest == null ? 0 : newest);
              claimed[0] = last < taskId;
              return Math.max(last, taskId);
            });
    return claimed[0];
  }

  private EncodedFrame frame(App app, PushTask task) {
    Account sender =
        accounts
            .findLatest(app, task.sender())
            .orElseThrow(() -> new IllegalStateException("an account's row never goes"));
    return task.message().frame(sender, task.key());
  }

  private static boolean isTarget(PushTask task, Candidate account) {
    return account.id() != task.senderId()
        && NO_TARGETS.stream().noneMatch(account.userId()::startsWith);
  }

  private void pause() {
    try {
      Thread.sleep(LOOK_AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closing = true;
    }
  }
}
