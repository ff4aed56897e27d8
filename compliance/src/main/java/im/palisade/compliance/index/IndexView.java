package im.palisade.compliance.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.FSDirectory;

/** An index as it was committed last, to be read beside the one who keeps it. */
public final class IndexView implements AutoCloseable {
  private static final List<String> NAMING =
      List.of(IndexFields.ACTOR, IndexFields.TARGET, IndexFields.REQUEST, IndexFields.CASE);

  private final FSDirectory directory;
  private final DirectoryReader reader;
  private final EntryPosition next;

  private IndexView(FSDirectory directory, DirectoryReader reader, EntryPosition next) {
    this.directory = directory;
    this.reader = reader;
    this.next = next;
  }

  /**
   * Opens the index of that folder; empty when there is none, or one of another version.
   *
   * @throws IOException when it cannot be read
   */
  public static Optional<IndexView> open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    FSDirectory directory = FSDirectory.open(folder);
    Optional<IndexView> view = Optional.empty();
    try {
      if (DirectoryReader.indexExists(directory)) {
        DirectoryReader reader = DirectoryReader.open(directory);
        Map<String, String> data = reader.getIndexCommit().getUserData();
        if (AuditIndex.VERSION.equals(data.get("version"))) {
          long next = Long.parseLong(data.get(AuditIndex.NEXT));
          view = Optional.of(new IndexView(directory, reader, EntryPosition.of(next)));
        } else {
          reader.close();
        }
      }
      return view;
    } finally {
      if (view.isEmpty()) {
        directory.close();
      }
    }
  }

  /** Where the next entry belongs that it does not have. */
  public EntryPosition next() {
    return next;
  }

  /** As {@link AuditIndex#search}. */
  public SearchPage search(
      AuditQuery query, boolean newestFirst, Optional<SearchCursor> behind, int limit)
      throws IOException {
    return new Search(new IndexSearcher(reader), query, newestFirst, behind).page(limit);
  }

  /** As {@link AuditIndex#knows}. */
  public boolean knows(String pseudonym) {
    return knows(reader, pseudonym);
  }

  static boolean knows(IndexReader reader, String value) {
    try {
      for (String field : NAMING) {
        if (reader.docFreq(new Term(field, value)) > 0) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try (directory) {
      reader.close();
    }
  }
}
