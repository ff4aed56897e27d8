package im.palisade.server.auditlog.forward;

import static im.palisade.server.auditlog.forward.ForwardedLog.PATIENCE;
import static im.palisade.server.auditlog.forward.ForwardedLog.awaitAll;
import static im.palisade.server.auditlog.forward.ForwardedLog.syslog;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.export.ExportFormat;
import im.palisade.server.security.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forwarders against receivers that are killed and come back. */
class ForwarderTest {
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

  /** Nothing is missing, nothing out of order, and what is repeated follows an interruption. */
  private static void assertWhole(List<List<String>> connections, long end) {
    long reached = 0;
    for (List<String> messages : connections) {
      long next = -1;
      for (String message : messages) {
        long index = ForwardedLog.indexOfMessage(message);
        if (next < 0) {
          assertTrue(index <= reached, "a gap before " + index + " behind " + reached);
        } else {
          assertEquals(next, index, "order within a connection");
        }
        next = index + 1;
      }
      reached = Math.max(reached, next);
    }
    assertEquals(end, reached);
  }

  @Test
  void aSyslogCollectorThatIsKilledAndComesBackMissesNothing() throws IOException {
    Random random = new Random(9);
    try (SyslogCollector collector =
        new SyslogCollector(ReceiverTls.server(Certificates.ec(), Optional.empty()), false)) {
      log.append(300);
      Forwarder forwarder = log.forwarder(syslog(collector));
      for (int i = 0; i < 6; i++) {
        log.append(400);
        // Sometimes much is on its way that the collector will never read.
        collector.deafAfter(random.nextInt(3) == 0 ? 0 : 50 + random.nextInt(400));
        int seen = collector.all().size();
        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .pollInterval(Duration.ofMillis(5))
            .until(() -> collector.all().size() > seen);
        collector.kill();
        log.append(100);
        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> forwarder.state().problem().isPresent());
        collector.deafAfter(0);
        collector.comeBack();
      }
      awaitAll(forwarder);
      forwarder.join(PATIENCE);
      assertWhole(collector.received(), log.size());
      assertTrue(forwarder.state().failures() >= 6);
      assertEquals(Optional.empty(), forwarder.state().problem());
    }
  }

  @Test
  void aForwarderGoesOnWhereItStoodWhenTheServerStartsAgain() throws IOException {
    try (SyslogCollector collector =
        new SyslogCollector(ReceiverTls.server(Certificates.ec(), Optional.empty()), false)) {
      log.append(20);
      Forwarder first = log.forwarder(syslog(collector));
      awaitAll(first);
      first.join(PATIENCE);
      log.append(20);
      Forwarder second = log.forwarder(syslog(collector));
      awaitAll(second);
      second.join(PATIENCE);
      assertEquals(log.size(), collector.all().size());
      assertWhole(collector.received(), log.size());
    }
  }

  @Test
  void aCollectorMayAskForOurCertificateAndMustShowOneOfItsAuthorities() throws IOException {
    log.append(3);
    try (SyslogCollector collector =
        new SyslogCollector(
            ReceiverTls.server(Certificates.ec(), Optional.of(Certificates.otherEc())), true)) {
      Forwarder without = log.forwarder(syslog(collector));
      Awaitility.await().until(() -> without.state().problem().isPresent());
      without.join(PATIENCE);
      Forwarder stranger =
          log.forwarder(
              new SyslogReceiver(
                  "localhost",
                  collector.port(),
                  ReceiverTls.client(Certificates.rsa(), Optional.of(Certificates.otherEc()))));
      Awaitility.await().until(() -> stranger.state().problem().isPresent());
      stranger.join(PATIENCE);
      assertEquals(0, collector.all().size());
      Forwarder known =
          log.forwarder(
              new SyslogReceiver(
                  "localhost",
                  collector.port(),
                  ReceiverTls.client(Certificates.ec(), Optional.of(Certificates.otherEc()))));
      awaitAll(known);
      known.join(PATIENCE);
      assertWhole(collector.received(), log.size());
    }
  }

  @Test
  void aWebAddressGetsEverythingInOrderThoughItFailsNowAndThen() throws IOException {
    log.append(1700);
    List<Long> order;
    try (WebCollector collector = new WebCollector(call -> call % 3 == 1 ? 503 : 204)) {
      Forwarder forwarder = log.forwarder(ForwardedLog.web(collector));
      awaitAll(forwarder);
      forwarder.join(PATIENCE);
      assertFalse(forwarder.state().place().contains("secret"));
      order = collector.taken().stream().map(ForwardedLog::indexOfLine).toList();
      assertEquals(List.of("Bearer secret-token"), collector.tokens().stream().distinct().toList());
    }
    assertEquals(LongStream.range(0, log.size()).boxed().toList(), order);
  }

  @Test
  void aFolderGetsFilesThatAreNamedByTheirFirstEvent() throws IOException {
    log.append(900);
    Path to = folder.resolve("out");
    Receiver receiver = new FolderReceiver(to, ExportFormat.CSV, 100_000, Clock.systemUTC());
    Forwarder first = log.forwarder(receiver);
    awaitAll(first);
    first.join(PATIENCE);
    log.append(5);
    Forwarder second =
        log.forwarder(new FolderReceiver(to, ExportFormat.CSV, 100_000, Clock.systemUTC()));
    awaitAll(second);
    second.join(PATIENCE);
    List<String> order = new ArrayList<>();
    try (Stream<Path> files = Files.list(to)) {
      for (Path file : files.sorted().toList()) {
        List<String> lines = Files.readAllLines(file);
        assertEquals(ExportFormat.CSV.header(), lines.getFirst());
        String index = lines.get(1).split(",", -1)[2];
        assertTrue(
            file.getFileName().toString().endsWith("%012d.csv".formatted(Long.valueOf(index))),
            file::toString);
        lines.stream().skip(1).map(line -> line.split(",", -1)[2]).forEach(order::add);
      }
    }
    assertEquals(LongStream.range(0, log.size()).mapToObj(Long::toString).toList(), order);
  }

  @Test
  void aDeadReceiverIsToldOfAndHoldsNothingUp() throws IOException {
    log.append(10);
    Forwarder forwarder =
        log.forwarder(
            new SyslogReceiver(
                "localhost", 1, ReceiverTls.client(Certificates.ec(), Optional.empty())));
    Awaitility.await().until(() -> forwarder.state().failures() > 2);
    log.append(10);
    assertEquals(log.size(), forwarder.state().behind());
    assertTrue(forwarder.state().problem().isPresent());
    assertTrue(forwarder.state().lag().compareTo(Duration.ZERO) > 0);
    forwarder.join(PATIENCE);
  }
}
