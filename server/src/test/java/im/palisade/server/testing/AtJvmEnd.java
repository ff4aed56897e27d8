package im.palisade.server.testing;

import im.palisade.server.config.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/** What the tests leave open: closed when the JVM ends, and only then are the folders removed. */
final class AtJvmEnd {
  private static final Deque<AutoCloseable> OPEN = new ConcurrentLinkedDeque<>();
  private static final Deque<Path> DIRECTORIES = new ConcurrentLinkedDeque<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(AtJvmEnd::clean, "test-cleaning"));
  }

  private AtJvmEnd() {}

  static void close(AutoCloseable opened) {
    OPEN.push(opened);
  }

  /** A new directory that other users can pass through. */
  static Path newDirectory() {
    try {
      Path directory = Files.createTempDirectory("palisade-test-").toRealPath();
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
      DIRECTORIES.push(directory);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void clean() {
    for (AutoCloseable opened : OPEN) {
      trying(opened);
    }
    for (Path directory : DIRECTORIES) {
      trying(() -> DurableFiles.deleteTree(directory));
    }
  }

  @SuppressWarnings("CatchAndPrintStackTrace") // logging may be gone by now
  private static void trying(AutoCloseable step) {
    try {
      step.close();
    } catch (Exception e) {
      e.printStackTrace();
    }
  }
}
