package im.palisade.server.backup;

import im.palisade.server.config.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of a folder that is being written to, as it was at one moment. Files that changed while
 * they were copied are copied again, until a pass finds nothing new. Nearly all files of an audit
 * log never change once written, so a pass after the first costs little.
 */
final class StableCopy implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StableCopy.class);
  private static final int MOST_PASSES = 200;

  private final Path folder;

  private StableCopy(Path folder) {
    this.folder = folder;
  }

  private record State(long size, FileTime time) {}

  /**
   * Copies a folder.
   *
   * @throws BackupException when the folder never stands still
   */
  static StableCopy of(Path source, Path target) throws IOException {
    DurableFiles.deleteTree(target);
    Files.createDirectories(target);
    Map<Path, State> copied = new HashMap<>();
    for (int pass = 0; pass < MOST_PASSES; pass++) {
      Map<Path, State> now = states(source);
      if (now.equals(copied)) {
        return new StableCopy(target);
      }
      for (Path gone : copied.keySet().stream().filter(path -> !now.containsKey(path)).toList()) {
        Files.deleteIfExists(target.resolve(gone));
      }
      for (Map.Entry<Path, State> file : now.entrySet()) {
        if (!file.getValue().equals(copied.get(file.getKey()))) {
          copy(source.resolve(file.getKey()), target.resolve(file.getKey()));
        }
      }
      copied = now;
    }
    throw new BackupException(source + " changes faster than it can be copied");
  }

  Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    DurableFiles.deleteTree(folder);
  }

  private static Map<Path, State> states(Path source) throws IOException {
    Map<Path, State> states = new HashMap<>();
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        try {
          BasicFileAttributes at = Files.readAttributes(file, BasicFileAttributes.class);
          if (at.isRegularFile()) {
            states.put(source.relativize(file), new State(at.size(), at.lastModifiedTime()));
          }
        } catch (NoSuchFileException e) {
          LOG.debug("{} went since it was listed; the next pass sees that", file);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return states;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try {
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (NoSuchFileException e) {
      Files.deleteIfExists(to);
    }
  }
}
