package im.palisade.compliance.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.FSDirectory;

/** An index as it was committed last, to be read beside the one who keeps it. */
public final class CommittedIndex implements AutoCloseable {
  private final FSDirectory directory;
  private final DirectoryReader reader;
  private final Map<String, String> data;

  private CommittedIndex(FSDirectory directory, DirectoryReader reader) throws IOException {
    this.directory = directory;
    this.reader = reader;
    this.data = reader.getIndexCommit().getUserData();
  }

  /**
   * Opens the index of that folder; empty when there is none, or one of another version.
   *
   * @throws IOException when it cannot be read, or is being removed
   */
  public static Optional<CommittedIndex> open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    FSDirectory directory = FSDirectory.open(folder);
    Optional<CommittedIndex> opened = Optional.empty();
    try {
      if (DirectoryReader.indexExists(directory)) {
        DirectoryReader reader = DirectoryReader.open(directory);
        CommittedIndex found = new CommittedIndex(directory, reader);
        if (AuditIndex.VERSION.equals(found.data.get("version"))) {
          opened = Optional.of(found);
        } else {
          reader.close();
        }
      }
      return opened;
    } finally {
      if (opened.isEmpty()) {
        directory.close();
      }
    }
  }

  /** Where the next entry belongs that it does not have. */
  public EntryPosition next() {
    return EntryPosition.of(Long.parseLong(data.get(AuditIndex.NEXT)));
  }

  /** The leaf hash of the last entry it has, to see that it belongs to the log. */
  public Optional<byte[]> lastLeaf() {
    return Optional.ofNullable(data.get(AuditIndex.LEAF)).map(HexFormat.of()::parseHex);
  }

  DirectoryReader reader() {
    return reader;
  }

  @Override
  public void close() throws IOException {
    try (directory) {
      reader.close();
    }
  }
}
