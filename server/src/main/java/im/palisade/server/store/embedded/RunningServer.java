package im.palisade.server.store.embedded;

import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.StartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows the process that runs on our data by more than a number: it was started at the time we
 * noted and its command line names our option file.
 */
final class RunningServer {
  private static final Logger LOG = LoggerFactory.getLogger(RunningServer.class);
  private static final Duration GENTLE = Duration.ofSeconds(20);
  private static final Duration FORCED = Duration.ofSeconds(20);
  private static final int STATE = 0;
  private static final int START_TIME = 19;

  private RunningServer() {}

  /** Notes who runs. */
  static void note(Path directory, long pid) throws IOException {
    Optional<List<String>> fields = statistics(pid);
    if (fields.isPresent()) {
      String note = pid + " " + fields.get().get(START_TIME) + "\n";
      DurableFiles.write(Layout.processFile(directory), note, "rw-------");
    }
  }

  static void forget(Path directory) throws IOException {
    Files.deleteIfExists(Layout.processFile(directory));
  }

  /** The argument that every server on this directory is started with. */
  static String mark(Path directory) {
    return "--defaults-file=" + Layout.configuration(directory);
  }

  /**
   * Ends a server that a killed parent left behind and waits until it is gone. Does nothing to a
   * process that is not certainly ours.
   *
   * @throws StartException when it does not go
   */
  static void endSurvivor(Path directory) throws IOException, InterruptedException {
    Path note = Layout.processFile(directory);
    if (!Files.exists(note)) {
      return;
    }
    String[] words = Files.readString(note).trim().split(" ", -1);
    if (words.length == 2 && words[0].matches("\\d{1,10}")) {
      long pid = Long.parseLong(words[0]);
      if (isOurs(directory, pid, words[1])) {
        LOG.warn("Ending the database (pid {}) that a killed server left behind", pid);
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        if (!isGone(pid, words[1], GENTLE)) {
          ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
          if (!isGone(pid, words[1], FORCED)) {
            throw new StartException("a database left behind (pid " + pid + ") cannot be ended");
          }
        }
      }
    }
    forget(directory);
  }

  private static boolean isGone(long pid, String startTime, Duration within)
      throws InterruptedException {
    long end = System.nanoTime() + within.toNanos();
    while (isAlive(pid, startTime)) {
      if (System.nanoTime() > end) {
        return false;
      }
      // Not our child, so there is nothing to wait on.
      Thread.sleep(20);
    }
    return true;
  }

  private static boolean isOurs(Path directory, long pid, String startTime) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc", "" + pid, "cmdline"));
      return isAlive(pid, startTime)
          && List.of(new String(bytes, StandardCharsets.UTF_8).split("\0", -1))
              .contains(mark(directory));
    } catch (IOException e) {
      return false;
    }
  }

  /** One that has ended and only waits to be reaped, perhaps for ever, counts as gone. */
  private static boolean isAlive(long pid, String startTime) {
    return statistics(pid)
        .filter(fields -> fields.get(START_TIME).equals(startTime))
        .filter(fields -> !fields.get(STATE).equals("Z") && !fields.get(STATE).equals("X"))
        .isPresent();
  }

  /** The fields of {@code /proc/<pid>/stat} from the third, the state, on. */
  private static Optional<List<String>> statistics(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", "" + pid, "stat"));
      // The second field is the program's name in brackets and may hold anything.
      return Optional.of(List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
