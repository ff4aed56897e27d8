package im.palisade.server.auditlog.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import im.palisade.compliance.event.CanonicalJson;
import im.palisade.compliance.export.ExportFormat;
import im.palisade.compliance.index.EntryPosition;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.server.auditlog.LogEntries;
import im.palisade.server.auditlog.SampleLog;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.Certificates;
import im.palisade.server.security.OutgoingTls;
import im.palisade.server.security.OutgoingTls.Verification;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forwarders against receivers that are killed and come back. */
class ForwarderTest {
  private static final Forwarder.Pace QUICK =
      new Forwarder.Pace(
          Duration.ofSeconds(1),
          Duration.ofMillis(50),
          Duration.ofMillis(20),
          Duration.ofMillis(100));
  private static final Pattern PLACE = Pattern.compile(" idx=\"([0-9]+)\" leaf=\"([^\"]+)\"");

  @TempDir private Path folder;
  private SampleLog sample;
  private AuditLog log;
  private LogEntries entries;

  @BeforeEach
  void open() throws IOException {
    sample = new SampleLog(folder.resolve("log"));
    log = sample.log();
    entries = sample.entries();
  }

  @AfterEach
  void close() {
    sample.close();
  }

  private Forwarder forwarder(Receiver receiver) throws IOException {
    Forwarder forwarder =
        new Forwarder(
            "eu-1",
            entries,
            receiver,
            folder.resolve(receiver.name() + ".json"),
            EntryPosition.START,
            QUICK,
            Clock.systemUTC());
    forwarder.start();
    return forwarder;
  }

  private static void awaitAll(Forwarder forwarder) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> forwarder.state().behind() == 0);
  }

  private String[] pem(Certificates.Identity identity) throws IOException {
    Path certificate = folder.resolve("c.pem");
    Path key = folder.resolve("k.pem");
    identity.write(certificate, key);
    return new String[] {Files.readString(certificate), Files.readString(key)};
  }

  private SSLContext server(Certificates.Identity own, Optional<Certificates.Identity> trusted)
      throws IOException {
    String[] both = pem(own);
    Optional<String> authorities =
        trusted.isPresent() ? Optional.of(pem(trusted.get())[0]) : Optional.empty();
    return OutgoingTls.context(authorities, Optional.of(both[0] + both[1]), Verification.ON);
  }

  private SSLContext client(Certificates.Identity trusted, Optional<Certificates.Identity> identity)
      throws IOException {
    Optional<String> own = Optional.empty();
    if (identity.isPresent()) {
      String[] both = pem(identity.get());
      own = Optional.of(both[0] + both[1]);
    }
    return OutgoingTls.context(Optional.of(pem(trusted)[0]), own, Verification.GIVEN_ONLY);
  }

  private Receiver syslog(SyslogCollector collector) throws IOException {
    return new SyslogReceiver(
        "localhost", collector.port(), client(Certificates.ec(), Optional.empty()));
  }

  private static long index(String message) {
    Matcher place = PLACE.matcher(message);
    assertTrue(place.find(), message);
    byte[] entry = message.substring(message.indexOf("] {") + 2).getBytes(StandardCharsets.UTF_8);
    assertEquals(
        Base64.getEncoder().encodeToString(MerkleHash.leaf(entry)), place.group(2), message);
    return Long.parseLong(place.group(1));
  }

  /** Nothing is missing, nothing out of order, and what is repeated follows an interruption. */
  private static void assertWhole(List<List<String>> connections, long end) {
    long reached = 0;
    for (List<String> messages : connections) {
      long next = -1;
      for (String message : messages) {
        long index = index(message);
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
        new SyslogCollector(server(Certificates.ec(), Optional.empty()), false)) {
      sample.append(300);
      Forwarder forwarder = forwarder(syslog(collector));
      for (int i = 0; i < 6; i++) {
        sample.append(400);
        // Sometimes much is on its way that the collector will never read.
        collector.deafAfter(random.nextInt(3) == 0 ? 0 : 50 + random.nextInt(400));
        int seen = collector.all().size();
        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .pollInterval(Duration.ofMillis(5))
            .until(() -> collector.all().size() > seen);
        collector.kill();
        sample.append(100);
        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> forwarder.state().problem().isPresent());
        collector.deafAfter(0);
        collector.comeBack();
      }
      awaitAll(forwarder);
      forwarder.close();
      assertWhole(collector.received(), log.size());
      assertTrue(forwarder.state().failures() >= 6);
      assertEquals(Optional.empty(), forwarder.state().problem());
    }
  }

  @Test
  void aForwarderGoesOnWhereItStoodWhenTheServerStartsAgain() throws IOException {
    try (SyslogCollector collector =
        new SyslogCollector(server(Certificates.ec(), Optional.empty()), false)) {
      sample.append(20);
      Forwarder first = forwarder(syslog(collector));
      awaitAll(first);
      first.close();
      sample.append(20);
      Forwarder second = forwarder(syslog(collector));
      awaitAll(second);
      second.close();
      assertEquals(log.size(), collector.all().size());
      assertWhole(collector.received(), log.size());
    }
  }

  @Test
  void aCollectorMayAskForOurCertificateAndMustShowOneOfItsAuthorities() throws IOException {
    sample.append(3);
    try (SyslogCollector collector =
        new SyslogCollector(server(Certificates.ec(), Optional.of(Certificates.otherEc())), true)) {
      Forwarder without = forwarder(syslog(collector));
      Awaitility.await().until(() -> without.state().problem().isPresent());
      without.close();
      Forwarder stranger =
          forwarder(
              new SyslogReceiver(
                  "localhost",
                  collector.port(),
                  client(Certificates.rsa(), Optional.of(Certificates.otherEc()))));
      Awaitility.await().until(() -> stranger.state().problem().isPresent());
      stranger.close();
      assertEquals(0, collector.all().size());
      Forwarder known =
          forwarder(
              new SyslogReceiver(
                  "localhost",
                  collector.port(),
                  client(Certificates.ec(), Optional.of(Certificates.otherEc()))));
      awaitAll(known);
      known.close();
      assertWhole(collector.received(), log.size());
    }
  }

  @Test
  void aWebAddressGetsEverythingInOrderThoughItFailsNowAndThen() throws IOException {
    sample.append(1700);
    AtomicInteger calls = new AtomicInteger();
    List<String> taken = Collections.synchronizedList(new ArrayList<>());
    List<String> tokens = Collections.synchronizedList(new ArrayList<>());
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.setHttpsConfigurator(new HttpsConfigurator(server(Certificates.ec(), Optional.empty())));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/in",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
          int call = calls.incrementAndGet();
          if (call % 3 == 1) {
            exchange.sendResponseHeaders(503, -1);
          } else {
            taken.addAll(body.lines().toList());
            exchange.sendResponseHeaders(204, -1);
          }
          exchange.close();
        });
    server.start();
    try {
      URI url = URI.create("https://localhost:" + server.getAddress().getPort() + "/in");
      Forwarder forwarder =
          forwarder(
              new WebReceiver(
                  url,
                  ExportFormat.JSONL,
                  Optional.of("secret-token"),
                  client(Certificates.ec(), Optional.empty())));
      awaitAll(forwarder);
      forwarder.close();
      assertFalse(forwarder.state().place().contains("secret"));
    } finally {
      server.stop(0);
    }
    assertEquals(List.of("Bearer secret-token"), tokens.stream().distinct().toList());
    List<Long> order = new ArrayList<>();
    for (String line : taken) {
      JsonNode copy = Json.mapper().readTree(line);
      order.add(copy.path("index").asLong());
      byte[] entry = CanonicalJson.bytes(copy.get("event"));
      assertEquals(
          Base64.getEncoder().encodeToString(MerkleHash.leaf(entry)), copy.path("leaf").asText());
    }
    assertEquals(LongStream.range(0, log.size()).boxed().toList(), order);
  }

  @Test
  void aFolderGetsFilesThatAreNamedByTheirFirstEvent() throws IOException {
    sample.append(900);
    Path to = folder.resolve("out");
    Receiver receiver = new FolderReceiver(to, ExportFormat.CSV, 100_000, Clock.systemUTC());
    Forwarder first = forwarder(receiver);
    awaitAll(first);
    first.close();
    sample.append(5);
    Forwarder second =
        forwarder(new FolderReceiver(to, ExportFormat.CSV, 100_000, Clock.systemUTC()));
    awaitAll(second);
    second.close();
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
    sample.append(10);
    Forwarder forwarder =
        forwarder(new SyslogReceiver("localhost", 1, client(Certificates.ec(), Optional.empty())));
    Awaitility.await().until(() -> forwarder.state().failures() > 2);
    sample.append(10);
    assertEquals(log.size(), forwarder.state().behind());
    assertTrue(forwarder.state().problem().isPresent());
    assertTrue(forwarder.state().lag().compareTo(Duration.ZERO) > 0);
    forwarder.close();
  }
}
