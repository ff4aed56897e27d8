package im.palisade.server.faults;

import im.palisade.server.testing.TestDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file system of its own, small enough to be filled. */
final class SmallDisk implements AutoCloseable {
  private static final int BLOCK = 1 << 18;

  private final Path directory;

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  /** Mounts one in memory; empty where that is not allowed. */
  static Optional<SmallDisk> mount(int mebibytes) {
    Path directory = TestDatabase.newDirectory().resolve("disk");
    try {
      Files.createDirectory(directory);
      int exit =
          run(
              "mount",
              "-t",
              "tmpfs",
              "-o",
              "mode=711,size=" + mebibytes + "m",
              "tmpfs",
              directory.toString());
      return exit == 0 ? Optional.of(new SmallDisk(directory)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  Path directory() {
    return directory;
  }

  /** Takes all but so many bytes; with 0 until nothing more can be written. */
  void fill(long left) {
    try (OutputStream out = Files.newOutputStream(filler())) {
      byte[] block = new byte[BLOCK];
      while (left == 0 || Files.getFileStore(directory).getUsableSpace() > left) {
        out.write(block);
      }
    } catch (IOException e) {
      if (left > 0) {
        throw new UncheckedIOException(e);
      }
    }
  }

  void free() {
    try {
      Files.deleteIfExists(filler());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path filler() {
    return directory.resolve("filler");
  }

  @Override
  public void close() {
    try {
      if (run("umount", directory.toString()) != 0) {
        throw new IllegalStateException(directory + " cannot be unmounted");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int run(String... command) throws IOException {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
