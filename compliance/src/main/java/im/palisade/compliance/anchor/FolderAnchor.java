package im.palisade.compliance.anchor;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder of a medium that can be written once, or of another machine: a file is never written
 * twice.
 */
public final class FolderAnchor implements Anchor {
  private final String kind;
  private final Path folder;
  private final InstantSource clock;

  /** A folder; {@code kind} is {@code folder}, or that and a name. */
  public FolderAnchor(String kind, Path folder, InstantSource clock) {
    this.kind = kind;
    this.folder = folder;
    this.clock = clock;
  }

  @Override
  public String kind() {
    return kind;
  }

  @Override
  public byte[] anchor(Head head) throws IOException {
    Checkpoint checkpoint = head.checkpoint();
    Path file = of(checkpoint.origin()).resolve("%018d".formatted(checkpoint.size()));
    Files.createDirectories(file.getParent());
    try {
      Files.write(
          file,
          head.bytes(),
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
    } catch (FileAlreadyExistsException e) {
      if (!Arrays.equals(Files.readAllBytes(file), head.bytes())) {
        throw new IOException("another checkpoint of that size was anchored: " + file, e);
      }
    }
    return Receipt.of(kind, file.toString(), head.bytes(), clock.instant()).bytes();
  }

  /**
   * The largest checkpoint there of a log, whatever its epoch: what a restored log must continue.
   */
  public List<SignedNote> newest(String origin) throws IOException {
    Path logs = of(origin).getParent();
    if (logs == null || !Files.isDirectory(logs)) {
      return List.of();
    }
    try (Stream<Path> epochs = Files.list(logs)) {
      return epochs.flatMap(epoch -> largest(epoch).stream()).toList();
    }
  }

  private static Optional<SignedNote> largest(Path epoch) {
    try (Stream<Path> files = Files.list(epoch)) {
      Optional<Path> last = files.max(Comparator.comparing(Path::getFileName));
      return last.isEmpty()
          ? Optional.empty()
          : Optional.of(SignedNote.parse(Files.readString(last.get())));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Path of(String origin) {
    int cut = origin.lastIndexOf('/');
    return folder
        .resolve(origin.substring(0, cut).replace('/', '_'))
        .resolve(origin.substring(cut + 1));
  }
}
