package im.palisade.server.jobs;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the declared jobs one at a time; a run that fails is logged and comes again. */
public final class JobRunner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JobRunner.class);
  private static final long STOP_SECONDS = 10;

  private final List<Job> jobs;
  private final Consumer<Job> onFailure;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("jobs").factory());

  /** Runs jobs; a failure is only logged. */
  public JobRunner(List<Job> jobs) {
    this(jobs, _ -> {});
  }

  /** Runs jobs and tells of each that failed. */
  public JobRunner(List<Job> jobs, Consumer<Job> onFailure) {
    this.jobs = List.copyOf(jobs);
    this.onFailure = onFailure;
  }

  /** Every job. */
  public List<Job> jobs() {
    return jobs;
  }

  /** Starts; the first run of a job comes after its pause. */
  public void start() {
    for (Job job : jobs) {
      long millis = job.every().toMillis();
      var _ = timer.scheduleWithFixedDelay(() -> run(job), millis, millis, TimeUnit.MILLISECONDS);
    }
  }

  /** Lets the run under way end and starts no other. */
  @Override
  public void close() {
    timer.shutdown();
    try {
      if (!timer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        log.warn("a job is still running at shutdown");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Job job) {
    try {
      job.work().run();
    } catch (RuntimeException e) {
      log.warn("job {} failed, it will run again in {}", job.name(), job.every(), e);
      tell(job);
    }
  }

  private void tell(Job job) {
    try {
      onFailure.accept(job);
    } catch (RuntimeException e) {
      log.warn("the failure of job {} could not be recorded", job.name(), e);
    }
  }
}
