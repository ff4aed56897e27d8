package im.palisade.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code palisade backup} as a process of its own, again and again until closed. */
final class BackupLoop implements AutoCloseable {
  private static final String MAIN = "im.palisade.server.Palisade";

  private final Path data;
  private final Path folder;
  private final Thread thread;
  private volatile boolean closing;
  private volatile Process child;
  private volatile String fault = "";
  private int made;
  private long millis;

  private BackupLoop(Path data) {
    this.data = data;
    this.folder = data.resolveSibling("backups");
    this.thread = Thread.ofPlatform().name("backups").unstarted(this::run);
  }

  /**
   * Starts the first one.
   *
   * @param data data directory of a server that runs
   */
  static BackupLoop start(Path data) {
    BackupLoop loop = new BackupLoop(data);
    loop.thread.start();
    return loop;
  }

  /**
   * Ends after the backup that is being made.
   *
   * @return its figures
   */
  List<Figure> finish(String label) throws InterruptedException {
    closing = true;
    thread.join();
    if (!fault.isEmpty()) {
      throw new BenchException("a backup failed: " + fault);
    }
    return List.of(
        Figure.of(label, "backups made meanwhile", made, ""),
        Figure.of(label, "each took", made == 0 ? 0 : millis / 1000.0 / made, "s"),
        Figure.of(label, "size of the last", newestSize() / (double) (1 << 20), "MiB"));
  }

  private void run() {
    try {
      while (!closing) {
        long begin = System.nanoTime();
        backup();
        millis += TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        made++;
      }
    } catch (IOException e) {
      fault = e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void backup() throws IOException, InterruptedException {
    // As the command of an installation does: those who chat come first.
    List<String> command = new ArrayList<>(List.of("nice", "-n", "15"));
    command.addAll(JavaChild.command(List.of("-XX:TieredStopAtLevel=1"), MAIN));
    command.addAll(
        List.of("backup", "--data", data.toString(), "--to", folder.toString(), "--keep", "1"));
    File log = data.resolveSibling("backup.log").toFile();
    child =
        JavaChild.start(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log));
    int exit = child.waitFor();
    if (exit != 0) {
      throw new IOException("exit code " + exit + ": " + Files.readString(log.toPath()).strip());
    }
  }

  private long newestSize() {
    try (Stream<Path> files = Files.list(folder)) {
      long size = 0;
      for (Path file : files.toList()) {
        size = Math.max(size, Files.size(file));
      }
      return size;
    } catch (IOException e) {
      throw new BenchException("backups cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    closing = true;
    Process running = child;
    if (running != null && running.isAlive()) {
      JavaChild.end(running);
    }
  }
}
