package im.palisade.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A data directory that lasts as long as the benchmark. */
final class BenchDirectory implements AutoCloseable {
  private final Path root;
  private final boolean keep;

  private BenchDirectory(Path root, boolean keep) {
    this.root = root;
    this.keep = keep;
  }

  /** Under the system's temporary folder; the database's own user must be able to pass. */
  static BenchDirectory create(boolean keep) {
    try {
      Path root = Files.createTempDirectory("palisade-bench-");
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
      return new BenchDirectory(root, keep);
    } catch (IOException e) {
      throw new BenchException("no temporary folder: " + e.getMessage(), e);
    }
  }

  /** What the server gets as its data directory; the server makes it. */
  Path data() {
    return root.resolve("data");
  }

  /** Size in bytes of every table file of the embedded database by table name. */
  Map<String, Long> tableSizes() {
    Map<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(data())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".ibd")).toList()) {
        String name = file.getFileName().toString();
        sizes.put(name.substring(0, name.length() - ".ibd".length()), Files.size(file));
      }
    } catch (IOException e) {
      throw new BenchException("table files cannot be read: " + e.getMessage(), e);
    }
    return sizes;
  }

  @Override
  public void close() {
    if (keep) {
      return;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      // Somebody else has tidied up already.
    } catch (IOException e) {
      throw new BenchException(root + " could not be removed: " + e.getMessage(), e);
    }
  }
}
