package im.palisade.server.auditlog.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.index.AuditIndex;
import im.palisade.compliance.index.AuditQuery;
import im.palisade.compliance.index.CommittedIndex;
import im.palisade.compliance.index.EntryPosition;
import im.palisade.compliance.index.IndexView;
import im.palisade.compliance.index.SearchCursor;
import im.palisade.compliance.index.SearchPage;
import im.palisade.compliance.log.Retention;
import im.palisade.server.auditlog.LogEntries;
import im.palisade.server.auditlog.SampleLog;
import im.palisade.server.config.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index follows its log. */
class IndexerTest {
  @TempDir private Path folder;
  private SampleLog log;
  private Path index;

  @BeforeEach
  void open() throws IOException {
    log = new SampleLog(folder.resolve("log"));
    index = folder.resolve("index");
  }

  @AfterEach
  void close() {
    log.close();
  }

  private Indexer start() {
    Indexer indexer = new Indexer("eu-1", index, log.entries());
    indexer.start();
    return indexer;
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(condition);
  }

  private void awaitAll(Indexer indexer) {
    await(() -> indexer.next().equals(log.entries().end()));
  }

  private static AuditQuery request(int number) {
    AuditQuery all = AuditQuery.ALL;
    return new AuditQuery(
        List.of(),
        List.of(),
        List.of(),
        all.app(),
        all.actor(),
        all.targetKind(),
        all.target(),
        all.subject(),
        all.channel(),
        Optional.of("req_" + number),
        all.caseId(),
        all.from(),
        all.until());
  }

  private static SearchPage search(Indexer indexer, AuditQuery query) throws IOException {
    return indexer.search(query, false, Optional.empty(), 2000).orElseThrow();
  }

  @Test
  void catchesUpAtTheStartAndWhileRunning() throws IOException {
    log.append(3000);
    try (Indexer indexer = start()) {
      awaitAll(indexer);
      assertEquals(log.log().size(), search(indexer, AuditQuery.ALL).total());
      log.append(10);
      awaitAll(indexer);
      assertEquals(1, search(indexer, request(3009)).total());
    }
    log.append(5);
    try (Indexer again = start()) {
      awaitAll(again);
      assertEquals(log.log().size(), search(again, AuditQuery.ALL).total());
      assertEquals(1, search(again, request(3014)).total());
    }
  }

  @Test
  void goesThroughAllEpochs() throws IOException {
    log.append(300);
    try (Indexer indexer = start()) {
      awaitAll(indexer);
    }
    log.nextEpoch();
    log.append(20);
    log.nextEpoch();
    log.append(20);
    try (Indexer indexer = start()) {
      awaitAll(indexer);
      assertEquals(301 + 21 + 21, search(indexer, AuditQuery.ALL).total());
      List<EntryPosition> found = search(indexer, request(330)).found();
      assertEquals(3, found.getFirst().epoch());
      LogEntries entries = log.entries();
      assertTrue(entries.one(found.getFirst()).orElseThrow().text().contains("\"req_330\""));
      assertTrue(
          entries
              .one(new EntryPosition(1, 7))
              .orElseThrow()
              .origin()
              .equals("acme.palisade/eu-1/1"));
    }
  }

  @Test
  void isMadeAnewWhenAsked() throws IOException {
    log.append(100);
    try (Indexer indexer = start()) {
      awaitAll(indexer);
      Path stray = index.resolve("stray");
      Files.writeString(stray, "x");
      Files.writeString(Indexer.request(index), "now");
      await(() -> !Files.exists(stray) && !Files.exists(Indexer.request(index)));
      awaitAll(indexer);
      assertEquals(101, search(indexer, AuditQuery.ALL).total());
    }
  }

  @Test
  void isMadeAnewWhenItIsOfAnotherLog() throws IOException {
    log.append(50);
    try (Indexer indexer = start()) {
      awaitAll(indexer);
    }
    try (SampleLog other = new SampleLog(folder.resolve("other"))) {
      other.append(80);
      Indexer indexer = new Indexer("eu-1", index, other.entries());
      indexer.start();
      await(() -> indexer.next().equals(other.entries().end()));
      assertEquals(81, search(indexer, AuditQuery.ALL).total());
      indexer.close();
    }
  }

  @Test
  void forgetsWhatIsPrunedAndKeepsWhatIsHeld() throws IOException {
    // Whole bundles: the journal then holds back nothing, however the entries were committed.
    log.append(1279);
    assertEquals(1280, log.log().size());
    long minimum = prune();
    assertTrue(minimum >= 512, "pruned up to " + minimum);
    try (Indexer indexer = start()) {
      awaitAll(indexer);
      SearchPage all = search(indexer, AuditQuery.ALL);
      assertEquals(log.log().size() - minimum + 256, all.total());
      assertEquals(new EntryPosition(1, 256), all.found().getFirst());
      assertFalse(log.entries().one(new EntryPosition(1, 3)).isPresent());
    }
  }

  @Test
  void showsBesideItsKeeperWhatWasCommitted() throws IOException {
    log.append(40);
    try (Indexer indexer = start()) {
      awaitAll(indexer);
      await(
          () -> {
            Optional<CommittedIndex> kept = CommittedIndex.open(index);
            if (kept.isEmpty()) {
              return false;
            }
            try (CommittedIndex committed = kept.get()) {
              return committed.next().equals(indexer.next().orElseThrow());
            }
          });
    }
    try (IndexView view = view()) {
      assertEquals(1, view.search(request(7), true, Optional.empty(), 5).total());
      assertTrue(view.knows("usr_7"));
      assertFalse(view.knows("usr_7000"));
    }
    DurableFiles.deleteTree(index);
    assertEquals(Optional.empty(), CommittedIndex.open(index));
    try (AuditIndex fresh = AuditIndex.open(index)) {
      assertEquals(EntryPosition.START, fresh.next());
    }
  }

  @Test
  void aViewHasWhatTheKeptIndexLacks() throws IOException {
    log.append(300);
    assertViewed(301);
    try (Indexer indexer = start()) {
      awaitAll(indexer);
    }
    log.append(5000);
    log.nextEpoch();
    log.append(30);
    assertViewed(301 + 5000 + 31);
    try (IndexView view = view()) {
      SearchPage page = view.search(request(5325), true, Optional.empty(), 5);
      assertEquals(new EntryPosition(2, 26), page.found().getFirst());
      assertEquals(new EntryPosition(1, 8), newest(view, request(7)));
    }
  }

  @Test
  void aViewDoesNotTrustTheIndexOfAnotherLog() throws IOException {
    log.append(50);
    try (Indexer indexer = start()) {
      awaitAll(indexer);
    }
    try (SampleLog other = new SampleLog(folder.resolve("other"))) {
      other.append(80);
      checkpointed(other);
      try (IndexView view = IndexView.complete(index, new ReadOnlyDisk(folder.resolve("other")))) {
        assertEquals(81, view.search(AuditQuery.ALL, true, Optional.empty(), 1).total());
        assertEquals(new EntryPosition(1, 80), newest(view, request(79)));
      }
    }
  }

  @Test
  void aViewLacksWhatWasPruned() throws IOException {
    log.append(1279);
    long minimum = prune();
    assertViewed(log.log().size() - minimum + 256);
  }

  /** Prunes three bundles but for the second, which is held; returns the new minimum. */
  private long prune() throws IOException {
    log.log()
        .prune(
            new Retention.Plan(1, 768, List.of(1L), List.of()),
            List.of("act_1", "act_2"),
            "p",
            Actor.SYSTEM,
            "r");
    return log.entries().minima().getFirst().index();
  }

  private IndexView view() throws IOException {
    checkpointed(log);
    return IndexView.complete(index, new ReadOnlyDisk(folder.resolve("log")));
  }

  /** Without a kept index, and with what the one that is kept has. */
  private void assertViewed(long entries) throws IOException {
    checkpointed(log);
    for (Path kept : List.of(index, folder.resolve("none"))) {
      try (IndexView view = IndexView.complete(kept, new ReadOnlyDisk(folder.resolve("log")))) {
        List<EntryPosition> found = new ArrayList<>();
        Optional<SearchCursor> cursor = Optional.empty();
        do {
          SearchPage page = view.search(AuditQuery.ALL, false, cursor, 2000);
          found.addAll(page.found());
          cursor = page.next();
        } while (cursor.isPresent());
        assertEquals(entries, found.size());
        assertEquals(found.stream().sorted().distinct().toList(), found);
      }
    }
  }

  private static EntryPosition newest(IndexView view, AuditQuery query) throws IOException {
    return view.search(query, true, Optional.empty(), 1).found().getFirst();
  }

  /** Views reach as far as the checkpoint, which follows within a second. */
  private static void checkpointed(SampleLog of) {
    await(() -> Checkpoint.parse(of.log().checkpoint().text()).size() == of.log().size());
  }
}
