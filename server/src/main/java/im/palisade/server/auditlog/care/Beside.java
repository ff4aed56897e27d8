package im.palisade.server.auditlog.care;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that may take long or never end, beside the jobs, which run one after another: each kind of
 * it once at a time.
 */
final class Beside implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Beside.class);
  private static final int STOP_SECONDS = 5;

  private final Set<String> underWay = ConcurrentHashMap.newKeySet();
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

  /** Begins work unless the same is under way. */
  void begin(String what, Runnable work) {
    if (!underWay.add(what)) {
      return;
    }
    try {
      workers.execute(
          () -> {
            try {
              work.run();
            } catch (RuntimeException e) {
              LOG.warn("{} failed and comes again", what, e);
            } finally {
              underWay.remove(what);
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("the server stops", e);
      underWay.remove(what);
    }
  }

  boolean isUnderWay(String what) {
    return underWay.contains(what);
  }

  /** Whether it was told to end. */
  boolean isClosed() {
    return workers.isShutdown();
  }

  /** Interrupts what is under way. */
  @Override
  public void close() {
    workers.shutdownNow();
    try {
      if (!workers.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("care for the audit log is still under way at shutdown");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
