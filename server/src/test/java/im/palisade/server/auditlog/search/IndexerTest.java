package im.palisade.server.auditlog.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.index.AuditIndex;
import im.palisade.compliance.index.AuditQuery;
import im.palisade.compliance.index.EntryPosition;
import im.palisade.compliance.index.IndexView;
import im.palisade.compliance.index.SearchPage;
import im.palisade.compliance.log.Retention;
import im.palisade.server.auditlog.LogEntries;
import im.palisade.server.auditlog.SampleLog;
import im.palisade.server.config.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    log.log()
        .prune(
            new Retention.Plan(768, List.of(1L)),
            List.of("act_1", "act_2"),
            "p",
            Actor.SYSTEM,
            "r");
    long minimum = log.entries().minima().getFirst().index();
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
            Optional<IndexView> view = IndexView.open(index);
            try {
              return view.isPresent() && view.get().next().equals(indexer.next().orElseThrow());
            } finally {
              if (view.isPresent()) {
                view.get().close();
              }
            }
          });
    }
    try (IndexView view = IndexView.open(index).orElseThrow()) {
      assertEquals(1, view.search(request(7), true, Optional.empty(), 5).total());
      assertTrue(view.knows("usr_7"));
      assertFalse(view.knows("usr_7000"));
    }
    DurableFiles.deleteTree(index);
    assertEquals(Optional.empty(), IndexView.open(index));
    try (AuditIndex fresh = AuditIndex.open(index)) {
      assertEquals(EntryPosition.START, fresh.next());
    }
  }
}
