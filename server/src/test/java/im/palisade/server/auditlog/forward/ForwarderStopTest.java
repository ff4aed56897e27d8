package im.palisade.server.auditlog.forward;

import static im.palisade.server.auditlog.forward.ForwardedLog.PATIENCE;
import static im.palisade.server.auditlog.forward.ForwardedLog.awaitAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.export.ExportFormat;
import im.palisade.compliance.index.EntryPosition;
import im.palisade.server.security.Certificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stop and what a kill of the server leave to be sent again. */
class ForwarderStopTest {
  /** Confirms nothing for being idle, so that much is under way when it is stopped. */
  private static final Forwarder.Pace LAZY =
      new Forwarder.Pace(Duration.ofMinutes(1), Duration.ofMillis(20), Duration.ofMillis(100));

  @TempDir private Path folder;
  private ForwardedLog log;

  @BeforeEach
  void open() throws IOException {
    log = new ForwardedLog(folder);
  }

  @AfterEach
  void close() {
    log.close();
  }

  private SyslogCollector collector() throws IOException {
    return new SyslogCollector(ReceiverTls.server(Certificates.ec(), Optional.empty()), false);
  }

  private EntryPosition position(String receiver) throws IOException {
    Path file = log.position(receiver);
    return Files.exists(file) ? Forwarder.read(file) : EntryPosition.START;
  }

  private List<Long> all() {
    return LongStream.range(0, log.size()).boxed().toList();
  }

  private static List<Long> indexes(SyslogCollector collector) {
    return collector.all().stream().map(ForwardedLog::indexOfMessage).toList();
  }

  private static List<Long> indexes(WebCollector collector) {
    return collector.taken().stream().map(ForwardedLog::indexOfLine).toList();
  }

  private List<Long> indexesInFolder(Path to) throws IOException {
    try (Stream<Path> files = Files.list(to)) {
      return files
          .sorted()
          .flatMap(ForwarderStopTest::lines)
          .map(ForwardedLog::indexOfLine)
          .toList();
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitCount(LongSupplier count, long atLeast) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> count.getAsLong() >= atLeast);
  }

  @Test
  void aStopHasConfirmedWhatACollectorHasSoThatNothingOfItComesTwice() throws IOException {
    try (SyslogCollector collector = collector()) {
      log.append(1300);
      Forwarder first = log.forwarder(ForwardedLog.syslog(collector), LAZY);
      awaitCount(() -> collector.all().size(), 1300);
      first.join(PATIENCE);
      assertEquals(new EntryPosition(1, collector.all().size()), position("syslog"));
      log.append(10);
      Forwarder second = log.forwarder(ForwardedLog.syslog(collector));
      awaitAll(second);
      second.join(PATIENCE);
      assertEquals(all(), indexes(collector));
    }
  }

  @Test
  void aStopWaitsForTheAnswerThatIsUnderWay() throws IOException {
    try (WebCollector collector = new WebCollector(_ -> 200)) {
      collector.hold();
      log.append(1300);
      Forwarder first = log.forwarder(ForwardedLog.web(collector));
      awaitCount(collector::calls, 1);
      first.stop();
      collector.letGo();
      first.join(PATIENCE);
      assertEquals(new EntryPosition(1, Forwarder.BATCH), position("https"));
      assertEquals(Forwarder.BATCH, collector.taken().size(), "nothing is sent any more");
      Forwarder second = log.forwarder(ForwardedLog.web(collector));
      awaitAll(second);
      second.join(PATIENCE);
      assertEquals(all(), indexes(collector));
    }
  }

  @Test
  void filesOfAFolderGoOnAfterAStopWithoutRepeating() throws IOException {
    Path to = folder.resolve("out");
    log.append(1300);
    Forwarder first =
        log.forwarder(new FolderReceiver(to, ExportFormat.JSONL, 1 << 30, Clock.systemUTC()), LAZY);
    Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(to));
    first.join(PATIENCE);
    assertEquals(indexesInFolder(to).size(), position("folder").index());
    log.append(10);
    Forwarder second =
        log.forwarder(new FolderReceiver(to, ExportFormat.JSONL, 1 << 30, Clock.systemUTC()));
    awaitAll(second);
    second.join(PATIENCE);
    assertEquals(all(), indexesInFolder(to));
  }

  @Test
  void whoDoesNotConfirmHoldsAStopUpForItsTimeAndGetsWhatWasUnderWayAgain() throws IOException {
    try (SyslogCollector deaf = collector();
        WebCollector silent = new WebCollector(_ -> 200)) {
      log.append(3000);
      deaf.deafAfter(200);
      silent.hold();
      Forwarder toDeaf = log.forwarder(ForwardedLog.syslog(deaf), LAZY);
      Forwarder toSilent = log.forwarder(ForwardedLog.web(silent), LAZY);
      awaitCount(() -> deaf.all().size(), 200);
      awaitCount(silent::calls, 1);
      long began = System.nanoTime();
      ForwardFeature.close(List.of(toDeaf, toSilent), Duration.ofMillis(300));
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, took::toString);
      assertEquals(EntryPosition.START, position("syslog"));
      assertEquals(EntryPosition.START, position("https"));

      deaf.deafAfter(0);
      silent.letGo();
      Forwarder toBetter = log.forwarder(ForwardedLog.syslog(deaf));
      Forwarder toOther = log.forwarder(ForwardedLog.web(silent));
      awaitAll(toBetter);
      awaitAll(toOther);
      toBetter.join(PATIENCE);
      toOther.join(PATIENCE);
      Set<Long> expected = new TreeSet<>(all());
      assertEquals(expected, new TreeSet<>(indexes(deaf)));
      assertEquals(expected, new TreeSet<>(indexes(silent)));
      assertTrue(silent.taken().size() <= log.size() + Forwarder.BATCH, "one batch came twice");
    }
  }

  /** The file of the position is replaced in one step: what it says now is what a kill leaves. */
  @Test
  void whereverAKillFallsNothingIsMissingAndNoMoreThanTheBoundComesAgain() throws IOException {
    Path to = folder.resolve("out");
    try (SyslogCollector collector = collector();
        WebCollector web = new WebCollector(_ -> 200)) {
      log.append(12_000);
      List<Receiver> receivers =
          List.of(
              ForwardedLog.syslog(collector),
              ForwardedLog.web(web),
              new FolderReceiver(to, ExportFormat.JSONL, 1 << 30, Clock.systemUTC()));
      List<LongSupplier> counts =
          List.of(
              () -> collector.all().size(),
              () -> web.taken().size(),
              () -> Files.exists(to) ? newlines(to) : 0);
      List<Forwarder> forwarders = new java.util.ArrayList<>();
      for (Receiver receiver : receivers) {
        forwarders.add(log.forwarder(receiver));
      }
      boolean[] sawSome = new boolean[receivers.size()];
      while (forwarders.stream().anyMatch(each -> each.state().behind() > 0)) {
        for (int i = 0; i < receivers.size(); i++) {
          String name = receivers.get(i).name();
          long atLeast = counts.get(i).getAsLong();
          long kept = position(name).index();
          long atMost = counts.get(i).getAsLong();
          int bound = receivers.get(i).settling().events();
          assertTrue(atLeast - kept <= bound, name + " has " + atLeast + " of " + kept);
          assertTrue(kept <= atMost, name + " has only " + atMost + " of " + kept);
          sawSome[i] |= kept > 0 && kept < log.size();
        }
      }
      forwarders.forEach(each -> each.join(PATIENCE));
      for (boolean some : sawSome) {
        assertTrue(some, "nothing was seen in the middle");
      }
    }
  }

  private static long newlines(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(file -> lines(file).count()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whileAPositionCannotBeKeptNothingIsSentAgainOrOn() throws IOException {
    try (WebCollector collector = new WebCollector(_ -> 200)) {
      // What a position is written to before it takes the file's place.
      Path inTheWay = Files.createDirectories(folder.resolve(".https.json.new/full"));
      log.append(1300);
      Forwarder forwarder = log.forwarder(ForwardedLog.web(collector));
      Awaitility.await().atMost(PATIENCE).until(() -> forwarder.state().failures() > 3);
      assertEquals(1, collector.calls());
      assertTrue(forwarder.state().problem().isPresent());
      Files.delete(inTheWay);
      awaitAll(forwarder);
      forwarder.join(PATIENCE);
      assertEquals(all(), indexes(collector));
      assertEquals(Optional.empty(), forwarder.state().problem());
      assertEquals(new EntryPosition(1, log.size()), position("https"));
    }
  }

  @Test
  void aPositionThatIsDamagedOrOfALogThatIsGoneSendsEventsAgainAndLeavesNoneOut()
      throws IOException {
    log.append(5);
    for (String damaged :
        List.of(
            "",
            "{\"epoch\":",
            "{}",
            "[1]",
            "{\"epoch\":1,\"index\":-1}",
            "{\"epoch\":1,\"index\":99999}",
            "{\"epoch\":7,\"index\":3}")) {
      Files.writeString(log.position("https"), damaged);
      try (WebCollector collector = new WebCollector(_ -> 200)) {
        Forwarder forwarder = log.forwarder(ForwardedLog.web(collector));
        awaitAll(forwarder);
        forwarder.join(PATIENCE);
        assertEquals(all(), indexes(collector), damaged);
      }
    }
  }
}
