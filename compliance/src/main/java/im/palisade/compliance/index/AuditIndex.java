package im.palisade.compliance.index;

import im.palisade.compliance.merkle.MerkleHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogByteSizeMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.FSDirectory;

/**
 * The query index of one log, a Lucene index in a folder of its own. One thread adds, any number
 * searches. Documents stand in the order of the log: merges join neighbours only, so that a search
 * walks forwards or backwards and stops when its page is full.
 *
 * <p>How far it reaches is part of each commit. After a crash it continues from the last one.
 */
public final class AuditIndex implements AutoCloseable {
  /** Another version is thrown away and made anew. */
  static final String VERSION = "1";

  static final String NEXT = "next";
  static final String LEAF = "leaf";

  private final FSDirectory directory;
  private final IndexWriter writer;
  private final SearcherManager searchers;
  private volatile EntryPosition next;
  private volatile Optional<byte[]> lastLeaf;

  private AuditIndex(FSDirectory directory, IndexWriter writer, Map<String, String> commit)
      throws IOException {
    this.directory = directory;
    this.writer = writer;
    this.searchers = new SearcherManager(writer, new SearcherFactory());
    this.next = EntryPosition.of(Long.parseLong(commit.get(NEXT)));
    this.lastLeaf = Optional.ofNullable(commit.get(LEAF)).map(HexFormat.of()::parseHex);
  }

  /**
   * Opens the index of that folder; one that cannot be read, or of another version, is made anew.
   */
  public static AuditIndex open(Path folder) throws IOException {
    Files.createDirectories(folder);
    FSDirectory directory = FSDirectory.open(folder);
    boolean done = false;
    try {
      Optional<AuditIndex> opened = reopen(directory);
      AuditIndex index = opened.isPresent() ? opened.get() : fresh(folder, directory);
      done = true;
      return index;
    } finally {
      if (!done) {
        directory.close();
      }
    }
  }

  private static Optional<AuditIndex> reopen(FSDirectory directory) throws IOException {
    Map<String, String> commit;
    try {
      if (!DirectoryReader.indexExists(directory)) {
        return Optional.empty();
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        commit = reader.getIndexCommit().getUserData();
      }
      if (!VERSION.equals(commit.get("version"))) {
        return Optional.empty();
      }
      return Optional.of(new AuditIndex(directory, new IndexWriter(directory, config()), commit));
    } catch (IOException | IllegalArgumentException e) {
      // Damaged: it is derived, so it is made anew.
      return Optional.empty();
    }
  }

  private static AuditIndex fresh(Path folder, FSDirectory directory) throws IOException {
    clear(folder);
    IndexWriterConfig config = config().setOpenMode(IndexWriterConfig.OpenMode.CREATE);
    return new AuditIndex(
        directory,
        new IndexWriter(directory, config),
        Map.of(NEXT, Long.toString(EntryPosition.START.number())));
  }

  private static void clear(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private static IndexWriterConfig config() {
    LogByteSizeMergePolicy merges = new LogByteSizeMergePolicy();
    // Few large segments: a search visits each.
    merges.setMaxMergeMB(2048);
    return new IndexWriterConfig()
        .setMergePolicy(merges)
        // The adding thread merges: others keep their processor time.
        .setMergeScheduler(new SerialMergeScheduler())
        .setRAMBufferSizeMB(32)
        .setCommitOnClose(false);
  }

  /** Where the next entry belongs that it does not have. */
  public EntryPosition next() {
    return next;
  }

  /** The leaf hash of the last entry it has, to see that it belongs to the log. */
  public Optional<byte[]> lastLeaf() {
    return lastLeaf.map(byte[]::clone);
  }

  /** Adds entries, the first of which stands at that position. */
  public void add(EntryPosition first, List<byte[]> entries) throws IOException {
    if (first.compareTo(next) < 0) {
      throw new IllegalArgumentException(first + " is before " + next);
    }
    for (int i = 0; i < entries.size(); i++) {
      writer.addDocument(document(first.plus(i).number(), EntryFacts.of(entries.get(i))));
    }
    if (!entries.isEmpty()) {
      lastLeaf = Optional.of(MerkleHash.leaf(entries.getLast()));
    }
    next = first.plus(entries.size());
  }

  /** Forgets the entries from one position to another, exclusive: they were pruned. */
  public void remove(EntryPosition from, EntryPosition to) throws IOException {
    writer.deleteDocuments(
        NumericDocValuesField.newSlowRangeQuery(
            IndexFields.POSITION, from.number(), to.number() - 1));
  }

  /** Makes durable what was added. */
  public void commit() throws IOException {
    Map<String, String> data =
        lastLeaf
            .map(
                leaf ->
                    Map.of(
                        "version",
                        VERSION,
                        NEXT,
                        Long.toString(next.number()),
                        LEAF,
                        HexFormat.of().formatHex(leaf)))
            .orElse(Map.of("version", VERSION, NEXT, Long.toString(next.number())));
    writer.setLiveCommitData(data.entrySet());
    writer.commit();
  }

  /**
   * Entries that fit, in one direction, behind the cursor. Sees everything that was added.
   *
   * @param limit most entries of the page
   */
  public SearchPage search(
      AuditQuery query, boolean newestFirst, Optional<SearchCursor> behind, int limit)
      throws IOException {
    searchers.maybeRefreshBlocking();
    IndexSearcher searcher = searchers.acquire();
    try {
      return new Search(searcher, query, newestFirst, behind).page(limit);
    } finally {
      searchers.release(searcher);
    }
  }

  /**
   * Whether any entry has that actor, target, request or case: then naming it tells nothing new.
   */
  public boolean knows(String pseudonym) {
    try {
      searchers.maybeRefreshBlocking();
      IndexSearcher searcher = searchers.acquire();
      try {
        return IndexView.knows(searcher.getIndexReader(), pseudonym);
      } finally {
        searchers.release(searcher);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Commits and closes. */
  @Override
  public void close() throws IOException {
    try (directory;
        writer;
        searchers) {
      if (writer.isOpen()) {
        commit();
      }
    }
  }

  /** Closes without keeping what was added since the last commit. */
  public void abandon() throws IOException {
    try (directory;
        searchers) {
      writer.rollback();
    }
  }

  private static Document document(long position, EntryFacts facts) {
    Document document = new Document();
    document.add(NumericDocValuesField.indexedField(IndexFields.POSITION, position));
    document.add(NumericDocValuesField.indexedField(IndexFields.TIME, facts.micros()));
    term(document, IndexFields.TYPE, facts.type());
    for (int dot = facts.type().indexOf('.'); dot >= 0; dot = facts.type().indexOf('.', dot + 1)) {
      term(document, IndexFields.TYPE, facts.type().substring(0, dot + 1));
    }
    term(document, IndexFields.SEVERITY, facts.severity());
    term(document, IndexFields.OUTCOME, facts.outcome());
    term(document, IndexFields.APP, facts.app());
    term(document, IndexFields.CHANNEL, facts.channel());
    term(document, IndexFields.REQUEST, facts.request());
    term(document, IndexFields.CASE, facts.caseId());
    facts.actors().forEach(actor -> term(document, IndexFields.ACTOR, actor));
    for (EntryFacts.Target target : facts.targets()) {
      term(document, IndexFields.TARGET, target.id());
      term(document, IndexFields.TARGET_KIND, target.kind());
      term(document, IndexFields.TARGET_BOTH, IndexFields.both(target.kind(), target.id()));
    }
    return document;
  }

  private static void term(Document document, String field, String value) {
    if (!value.isEmpty()) {
      document.add(new StringField(field, value, Store.NO));
    }
  }
}
