package im.palisade.server.store.embedded;

import com.mysql.cj.jdbc.Driver;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.StartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the child running, from one platform thread that never ends before the child does: the
 * kernel's parent-death signal follows the thread that started a child, not the process.
 */
final class Supervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration SETTLED = Duration.ofSeconds(10);
  private static final Duration GENTLE_STOP = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int FAILURES_AT_START = 3;
  private static final int FAILURES_UNTIL_FAILED = 5;
  private static final int MOST_DOUBLINGS = 10;
  private static final int ACCESS_DENIED = 1045;

  private final EmbeddedOptions options;
  private final MariadbHome home;
  private final ChildUser user;
  private final CompletableFuture<Void> firstAnswer = new CompletableFuture<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile DatabaseState state = DatabaseState.STARTING;
  private volatile Optional<Process> child = Optional.empty();
  private volatile Runnable onDeath = () -> {};
  private volatile int port;

  /** Size of the error log when the child was started. */
  private long logged;

  Supervisor(EmbeddedOptions options, MariadbHome home, ChildUser user) {
    this.options = options;
    this.home = home;
    this.user = user;
    this.thread = Thread.ofPlatform().daemon().name("embedded-database").unstarted(this::run);
  }

  /** Completes when the database answers for the first time, or can't be brought to. */
  CompletableFuture<Void> start() {
    thread.start();
    return firstAnswer;
  }

  String url() {
    return "jdbc:mysql://127.0.0.1:" + port + "/" + EmbeddedOptions.NAME;
  }

  void onDeath(Runnable listener) {
    onDeath = listener;
  }

  Optional<Long> pid() {
    return child.filter(Process::isAlive).map(Process::pid);
  }

  DatabaseState state() {
    return state;
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      child.ifPresent(Process::destroy);
      if (!thread.join(GENTLE_STOP)) {
        LOG.warn("The embedded database does not stop, it is killed");
        child.ifPresent(Process::destroyForcibly);
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      child.ifPresent(Process::destroyForcibly);
    }
  }

  private void run() {
    try {
      new Initialisation(options, home, user).ensure();
      supervise();
    } catch (IOException | InterruptedException | RuntimeException e) {
      if (!firstAnswer.completeExceptionally(e)) {
        LOG.error("The embedded database is no longer supervised", e);
      }
    } finally {
      stopChild();
      state = DatabaseState.STOPPED;
      firstAnswer.completeExceptionally(new StartException("the embedded database was closed"));
    }
  }

  private void supervise() throws InterruptedException {
    int failures = 0;
    while (!isClosing()) {
      long begin = System.nanoTime();
      boolean answered = false;
      String end;
      try {
        Process process = startChild();
        answered = awaitAnswer(process);
        if (answered) {
          announce(process, begin);
          process.waitFor();
        }
        RunningServer.forget(options.directory());
        end =
            "pid %d ended with exit code %d%s"
                .formatted(
                    process.pid(),
                    process.exitValue(),
                    ErrorLog.lastError(Layout.errorLog(options.directory()), logged));
      } catch (IOException e) {
        // A full disk, for one: when there is room again, so is the database.
        end = "cannot be started: " + e;
      }
      if (!isClosing()) {
        boolean settled = answered && System.nanoTime() - begin > SETTLED.toNanos();
        failures = settled ? 1 : failures + 1;
        pause(end, failures);
      }
    }
  }

  private void announce(Process process, long begin) {
    state = DatabaseState.RUNNING;
    LOG.info(
        "Embedded database MariaDB {} runs as pid {} on 127.0.0.1:{} ({} ms)",
        home.version(),
        process.pid(),
        port,
        Duration.ofNanos(System.nanoTime() - begin).toMillis());
    firstAnswer.complete(null);
  }

  private void pause(String end, int failures) throws InterruptedException {
    if (!firstAnswer.isDone() && failures >= FAILURES_AT_START) {
      throw new StartException(
          "the embedded database does not start: %s; see %s"
              .formatted(end, Layout.errorLog(options.directory())));
    }
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    if (failures == FAILURES_UNTIL_FAILED) {
      LOG.error(
          "The embedded database failed {} times in a row and is still tried; the last time: {}",
          failures,
          end);
    } else if (failures < FAILURES_UNTIL_FAILED) {
      LOG.warn("The embedded database: {}; starting it again in {} ms", end, pause.toMillis());
    }
    if (firstAnswer.isDone()) {
      state = failures >= FAILURES_UNTIL_FAILED ? DatabaseState.FAILED : DatabaseState.RESTARTING;
      onDeath.run();
    }
    closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Process startChild() throws IOException {
    Path directory = options.directory();
    port = freePort(port);
    DurableFiles.write(
        Layout.configuration(directory),
        ServerConfiguration.text(options, home, port),
        "rw-r--r--");
    Path log = Layout.errorLog(directory);
    ErrorLog.prepare(log, user);
    logged = Files.size(log);
    ProcessBuilder builder =
        new ProcessBuilder(
                user.command(List.of(home.binary().toString(), RunningServer.mark(directory))))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Environment.minimal(builder);
    Process process = builder.start();
    child = Optional.of(process);
    try {
      RunningServer.note(directory, process.pid());
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
    if (isClosing()) {
      // close() may have looked for the child just before it was there.
      process.destroy();
    }
    return process;
  }

  /**
   * Waits until it answers; false when it ended. Crash recovery may take long: there is no limit.
   */
  private boolean awaitAnswer(Process process) throws InterruptedException {
    long nextWord = System.nanoTime() + PATIENCE.toNanos();
    while (!process.waitFor(20, TimeUnit.MILLISECONDS)) {
      if (!isClosing() && listens() && logsIn()) {
        return true;
      }
      if (System.nanoTime() > nextWord) {
        nextWord = System.nanoTime() + PATIENCE.toNanos();
        LOG.warn(
            "Still waiting for the embedded database (pid {}); see {}",
            process.pid(),
            Layout.errorLog(options.directory()));
      }
    }
    return false;
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean logsIn() {
    Properties properties = new Properties();
    properties.put("user", EmbeddedOptions.NAME);
    properties.put("password", options.password());
    properties.put("sslMode", "DISABLED");
    properties.put("connectTimeout", "1000");
    properties.put("socketTimeout", "10000");
    try (Connection connection = new Driver().connect(url(), properties)) {
      return connection.isValid(1);
    } catch (SQLException e) {
      if (e.getErrorCode() == ACCESS_DENIED) {
        throw new StartException(
            "the embedded database does not accept the password in the data directory's secrets/:"
                + " were they replaced?",
            e);
      }
      LOG.debug("the embedded database does not answer yet", e);
      return false;
    }
  }

  /** Only when the supervision itself failed is there still one running here. */
  private void stopChild() {
    child.ifPresent(
        process -> {
          process.destroy();
          try {
            if (!process.waitFor(GENTLE_STOP.toSeconds(), TimeUnit.SECONDS)) {
              process.destroyForcibly();
            }
          } catch (InterruptedException e) {
            process.destroyForcibly();
          }
        });
    try {
      RunningServer.forget(options.directory());
    } catch (IOException e) {
      LOG.debug("the note of the running database cannot be removed", e);
    }
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  /** The port used so far when it is still free, so that a restart is invisible where possible. */
  private static int freePort(int preferred) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), preferred));
      return socket.getLocalPort();
    } catch (IOException e) {
      if (preferred == 0) {
        throw e;
      }
      return freePort(0);
    }
  }
}
