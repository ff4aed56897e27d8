package im.palisade.compliance.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder that somebody handed over: nothing is made in it, no link is followed, and no file is
 * read that is larger than any file of a log can be.
 */
public final class ReadOnlyDisk implements ReadableFiles {
  private static final long MAX_FILE = 256L << 20;

  private final Path root;

  /** Reads that folder, which must be there. */
  public ReadOnlyDisk(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new NotDirectoryException(root.toString());
    }
    this.root = root;
  }

  @Override
  public Optional<byte[]> read(String path) throws IOException {
    Path file = root.resolve(path);
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile()) {
        return Optional.empty();
      }
      if (attributes.size() > MAX_FILE) {
        throw new IOException("larger than any file of a log: " + file);
      }
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public List<String> list(String folder) throws IOException {
    Path path = root.resolve(folder);
    if (!folder.isEmpty() && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> names = Files.list(path)) {
      return names.map(name -> name.getFileName().toString()).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
