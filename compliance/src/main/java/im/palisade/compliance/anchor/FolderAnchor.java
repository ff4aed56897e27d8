package im.palisade.compliance.anchor;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
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
public final class FolderAnchor extends CopyAnchor {
  private final Path folder;

  /** A folder; {@code kind} is {@code folder}, or that and a name. */
  public FolderAnchor(String kind, Path folder, InstantSource clock) {
    super(kind, clock);
    this.folder = folder;
  }

  @Override
  String keep(Head head, Instant now) throws IOException {
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
    return file.toString();
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

  /** A copy that a power failure cut off says nothing; the one before it does. */
  private static Optional<SignedNote> largest(Path epoch) {
    try (Stream<Path> files = Files.list(epoch)) {
      return files
          .sorted(Comparator.comparing(Path::getFileName).reversed())
          .flatMap(file -> note(file).stream())
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<SignedNote> note(Path file) {
    try {
      return Optional.of(SignedNote.parse(Files.readString(file)));
    } catch (CharacterCodingException | IllegalArgumentException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path of(String origin) {
    int cut = origin.lastIndexOf('/');
    return folder
        .resolve(origin.substring(0, cut).replace('/', '_'))
        .resolve(origin.substring(cut + 1));
  }
}
