package im.palisade.server.auditlog.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.jobs.Threads;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.Certificates;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A real server is killed while it copies its audit log to receivers of all three kinds, then
 * stopped in order: nothing is missing anywhere, and a stop has nothing sent twice.
 */
@ResourceLock(ServerProcess.MACHINE)
class ForwardCrashTest {
  private static final int KILLS = 1;

  /** Of the three receivers' bounds the greatest. */
  private static final int MOST_AGAIN = 5_000;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path root = TestDatabase.newDirectory();
  private final Path data = root.resolve("data");
  private final Path out = root.resolve("out");
  private final AtomicInteger users = new AtomicInteger();

  @Test
  void receiversMissNothingOverKillsAndGetNothingTwiceOverAStop() throws IOException {
    Path authority = root.resolve("authority.pem");
    Certificates.ec().write(authority, root.resolve("key.pem"));
    try (WebCollector web = new WebCollector(_ -> 200);
        SyslogCollector syslog =
            new SyslogCollector(ReceiverTls.server(Certificates.ec(), Optional.empty()), false)) {
      String[] settings = {
        "audit.forward.https.url=" + web.url(),
        "audit.forward.https.authorities=" + authority,
        "audit.forward.syslog.address=localhost:" + syslog.port(),
        "audit.forward.syslog.authorities=" + authority,
        "audit.forward.folder.path=" + out,
      };
      for (int kill = 0; kill < KILLS; kill++) {
        try (ServerProcess server = ServerProcess.start(data, settings).awaitReady();
            Imports imports = new Imports(server)) {
          imports.begin();
          awaitMore(web, syslog, got(web, syslog));
          server.kill();
        }
      }
      Map<String, List<Long>> stopped;
      try (ServerProcess server = ServerProcess.start(data, settings).awaitReady()) {
        try (Imports imports = new Imports(server)) {
          imports.begin();
          awaitMore(web, syslog, got(web, syslog));
          server.stop();
        }
        stopped = got(web, syslog);
      }
      try (ServerProcess server = ServerProcess.start(data, settings).awaitReady()) {
        awaitMore(web, syslog, stopped);
        server.stop();
      }
      got(web, syslog).forEach((name, indexes) -> check(name, indexes, stopped.get(name).size()));
    }
  }

  private static void check(String receiver, List<Long> indexes, int beforeStop) {
    assertEquals(
        LongStream.rangeClosed(0, indexes.getLast()).boxed().toList(),
        List.copyOf(new TreeSet<>(indexes)),
        receiver + " misses some");
    List<Long> after = indexes.subList(beforeStop, indexes.size());
    long next = indexes.get(beforeStop - 1) + 1;
    assertEquals(
        LongStream.range(next, next + after.size()).boxed().toList(),
        after,
        receiver + " did not go on where it stood");
    assertTrue(indexes.size() - indexes.getLast() <= KILLS * MOST_AGAIN, receiver);
  }

  /** Waits until every receiver has got more than that. */
  private void awaitMore(WebCollector web, SyslogCollector syslog, Map<String, List<Long>> before) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                got(web, syslog).entrySet().stream()
                    .allMatch(now -> now.getValue().size() > before.get(now.getKey()).size() + 2));
  }

  /** The leaf indexes that each receiver got, in the order it got them. */
  private Map<String, List<Long>> got(WebCollector web, SyslogCollector syslog) throws IOException {
    List<Long> inFiles = new ArrayList<>();
    if (Files.exists(out)) {
      try (Stream<Path> files = Files.list(out)) {
        for (Path file : files.sorted().toList()) {
          String text = Files.readString(file);
          // A kill may leave a part of a line at the end.
          text.substring(0, text.lastIndexOf('\n') + 1)
              .lines()
              .forEach(line -> inFiles.add(ForwardedLog.indexOfLine(line)));
        }
      }
    }
    return Map.of(
        "syslog", syslog.all().stream().map(ForwardedLog::indexOfMessage).toList(),
        "https", web.taken().stream().map(ForwardedLog::indexOfLine).toList(),
        "folder", inFiles);
  }

  /** Imports accounts as fast as it can until the server is gone. */
  private final class Imports implements AutoCloseable {
    private final ServerProcess server;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ended;

    Imports(ServerProcess server) {
      this.server = server;
    }

    void begin() {
      for (int i = 0; i < 4; i++) {
        threads.add(Thread.ofVirtual().start(this::run));
      }
    }

    private void run() {
      while (!ended) {
        try {
          server.rest(
              "im_open_login_svc/account_import",
              Json.object().put("UserID", "u" + users.incrementAndGet()));
        } catch (IOException | InterruptedException e) {
          return;
        }
      }
    }

    @Override
    public void close() {
      ended = true;
      threads.forEach(Threads::join);
    }
  }
}
