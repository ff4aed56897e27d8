package im.palisade.server.backup;

import im.palisade.server.config.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a server has its audit logs, a folder for each region: in its data directory, or where
 * {@code audit.directory} has moved them, perhaps to another disk.
 */
final class LogFolder {
  static final String AUDIT = "audit";

  private static final Logger LOG = LoggerFactory.getLogger(LogFolder.class);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss").withZone(ZoneOffset.UTC);

  private final Path data;
  private final Path root;

  private LogFolder(Path data, Path root) {
    this.data = data;
    this.root = root;
  }

  /**
   * The folder of a server.
   *
   * @param moved what {@code audit.directory} says
   */
  static LogFolder of(Path data, Optional<Path> moved) {
    Path absolute = data.toAbsolutePath().normalize();
    return new LogFolder(
        absolute,
        moved
            .map(path -> path.toAbsolutePath().normalize())
            .orElseGet(() -> absolute.resolve(AUDIT)));
  }

  Path root() {
    return root;
  }

  Path region(String name) {
    return root.resolve(name);
  }

  /** Whether it stands where it does unless somebody moves it. */
  boolean isStandard() {
    return root.equals(data.resolve(AUDIT));
  }

  /** Whether it goes aside and away with the rest of the data directory. */
  boolean isWithinData() {
    return root.startsWith(data);
  }

  /** The folders of its logs. */
  List<Path> logs() throws IOException {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> regions = Files.list(root)) {
      return regions.filter(region -> Files.isDirectory(region.resolve("1"))).sorted().toList();
    }
  }

  /** Takes the folder away when nothing is in it any more. */
  void removeEmpty() throws IOException {
    if (Files.isDirectory(root)) {
      try (Stream<Path> left = Files.list(root)) {
        if (left.findAny().isEmpty()) {
          Files.delete(root);
        }
      }
    }
  }

  /** Why no log can be put here; empty when one can. */
  Optional<String> problem() {
    try {
      if (!Files.exists(root)) {
        Files.createDirectories(root);
        Files.setOwner(root, Files.getOwner(data));
      }
      return Files.isWritable(root)
          ? Optional.empty()
          : Optional.of(root + " cannot be written to");
    } catch (IOException e) {
      return Optional.of(e.toString());
    }
  }

  /** Puts a log here; what stood in its place is put aside, on the same disk. */
  void take(Path log, String region) throws IOException {
    Path target = region(region);
    if (Files.exists(target)) {
      Path aside =
          Files.createDirectories(root.resolve("replaced-" + TIME.format(Instant.now())))
              .resolve(region);
      Files.move(target, aside);
      LOG.warn("the audit log that stood in {} is put aside in {}", target, aside);
    }
    Path fresh = root.resolve(Restore.STAGING).resolve(region);
    DurableFiles.deleteTree(fresh);
    Files.createDirectories(fresh.getParent());
    // Perhaps to another disk, so it is copied; it appears under its name as a whole.
    try (Stream<Path> files = Files.walk(log)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, fresh.resolve(log.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    DurableFiles.forceTree(fresh);
    Files.move(fresh, target);
    DurableFiles.forceDirectory(root);
    Files.delete(fresh.getParent());
    DurableFiles.deleteTree(log);
  }

  /** Gives a log's files, which a restore may have written as root, to whom the folder belongs. */
  void own(String region) throws IOException {
    if (isWithinData()) {
      return; // With the rest of the data directory.
    }
    UserPrincipal owner = Files.getOwner(data);
    try (Stream<Path> files = Files.walk(region(region))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (!Files.getOwner(file).equals(owner)) {
          Files.setOwner(file, owner);
        }
      }
    }
  }
}
