package im.palisade.compliance.file;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Files that are only read, by paths relative to their folder. */
public interface ReadableFiles {
  /** The whole file, or empty when there is none. */
  Optional<byte[]> read(String path) throws IOException;

  /** Names in a folder in natural order; empty when there is none. */
  List<String> list(String folder) throws IOException;
}
