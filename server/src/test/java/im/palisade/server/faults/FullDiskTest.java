package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.cli.ConnectionFile;
import im.palisade.client.ImClient;
import im.palisade.client.ImRefusedException;
import im.palisade.client.Sent;
import im.palisade.server.PalisadeServer;
import im.palisade.server.testing.LoggedErrors;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A disk that fills up, on a small file system of the test's own. Where none can be mounted the
 * reserve is moved instead: the server is started again with more of it than any disk has.
 */
@ResourceLock(ServerProcess.MACHINE)
class FullDiskTest {
  private static final Logger LOG = LoggerFactory.getLogger(FullDiskTest.class);
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final int DISK_MEBIBYTES = 300;
  private static final long RESERVE = 64L << 20;
  private static final String MORE_THAN_ANY_DISK = "1000000GiB";
  private static final int MANY = 400;
  private static final int ENOUGH = 5;
  private static final long OVER_REST = 4_000_000_000L;

  private final Optional<SmallDisk> disk = SmallDisk.mount(DISK_MEBIBYTES);
  private final Path data =
      disk.map(SmallDisk::directory).orElseGet(TestDatabase::newDirectory).resolve("data");
  private final Mail mail = new Mail("alice", "bob");
  private Optional<PalisadeServer> server = Optional.empty();

  @AfterEach
  void end() {
    server.ifPresent(PalisadeServer::close);
    disk.ifPresent(SmallDisk::close);
  }

  @Test
  void belowTheReserveSendsAreRefusedInClearWordsAndReadsGoOn()
      throws IOException, InterruptedException {
    start(RESERVE + "");
    mail.login();
    assertEquals(0, mail.send("before"));
    fill(RESERVE / 2, MORE_THAN_ANY_DISK);
    Awaitility.await().atMost(PATIENCE).until(() -> mail.send("filling") != 0);
    assertEquals(20005, mail.send("full"));
    assertEquals("storage is full, try again later", mail.lastRefusal());
    JsonNode overRest = sendOverRest();
    assertEquals(91000, overRest.path("ErrorCode").asInt());
    assertTrue(overRest.path("ErrorInfo").asText().contains("storage"), overRest::toString);

    History.check(facts(), List.of(mail));
    Probe.Answer ready = Probe.ready(facts());
    assertEquals(503, ready.status());
    assertEquals("free space is below the reserve", ready.check("storage").path("reason").asText());
    assertTrue(ready.check("database").path("ok").asBoolean());

    free(RESERVE + "");
    Awaitility.await().atMost(PATIENCE).until(() -> mail.send("after") == 0);
    Probe.awaitReady(facts(), PATIENCE);
    assertEquals(0, sendOverRest().path("ErrorCode").asInt(-1));
    mail.attempts.add(new Attempt("alice", OVER_REST, "over REST"));
    History.check(facts(), List.of(mail));
  }

  @Test
  void whenNothingMoreCanBeWrittenNothingAcknowledgedIsLostAndRoomIsEnoughToRecover()
      throws IOException, InterruptedException {
    LoggedErrors.expect("Supervisor: The embedded database failed");
    start("0");
    mail.login();
    assertEquals(0, mail.send("before"));
    fill(0, MORE_THAN_ANY_DISK);
    // Until pages beyond those the tables have are needed; MariaDB may even abort.
    String page = "x".repeat(10_000);
    for (int i = 0; i < MANY && mail.refusals() < ENOUGH; i++) {
      mail.send(page);
    }
    LOG.info("on a full disk: {}", mail.codes());
    assertTrue(mail.refusals() > 0, "it never was full");
    free("0");
    Awaitility.await().atMost(PATIENCE).until(() -> mail.send("after") == 0);
    History.check(facts(), List.of(mail));

    fill(0, MORE_THAN_ANY_DISK);
    ServerProcess.killDatabase(data);
    mail.send("the database starts on a full disk");
    free("0");
    Awaitility.await().atMost(PATIENCE).until(() -> mail.send("after") == 0);
    Probe.awaitReady(facts(), PATIENCE);
    History.check(facts(), List.of(mail));
  }

  private void fill(long left, String reserve) throws IOException, InterruptedException {
    if (disk.isPresent()) {
      disk.get().fill(left);
    } else {
      restart(reserve);
    }
  }

  private void free(String reserve) throws IOException, InterruptedException {
    if (disk.isPresent()) {
      disk.get().free();
    } else {
      restart(reserve);
    }
  }

  private void restart(String reserve) throws IOException, InterruptedException {
    server.orElseThrow().close();
    start(reserve);
    mail.login();
  }

  private void start(String reserve) throws IOException {
    PalisadeServer started =
        TestServer.start(data, Map.of("storage.reserve", reserve, "limits.call-rates", "false"));
    server = Optional.of(started);
    DatabaseRestartTest.trial(started).withUsers("alice", "bob");
  }

  private JsonNode sendOverRest() {
    return DatabaseRestartTest.trial(server.orElseThrow())
        .rest(
            "openim/sendmsg",
            """
            {"From_Account":"alice","To_Account":"bob","MsgRandom":%d,"MsgBody":
            [{"MsgType":"TIMTextElem","MsgContent":{"Text":"over REST"}}]}
            """
                .formatted(OVER_REST));
  }

  private ConnectionFile facts() {
    return ConnectionFile.read(data);
  }

  /** Alice, who sends one message after the other and keeps what she was told. */
  private final class Mail implements Load.Sender {
    private final String from;
    private final String to;
    private final List<Attempt> attempts = new ArrayList<>();
    private final Map<Integer, Integer> codes = new TreeMap<>();
    private String lastRefusal = "";
    private Optional<ImClient> client = Optional.empty();

    Mail(String from, String to) {
      this.from = from;
      this.to = to;
    }

    void login() throws IOException, InterruptedException {
      client = Optional.of(ServerProcess.login(facts(), from));
    }

    /** Sends once; returns the code of the answer. */
    int send(String padding) {
      Attempt attempt =
          new Attempt(from, attempts.size(), from + " says " + attempts.size() + " " + padding);
      attempts.add(attempt);
      int code = code(attempt);
      codes.merge(code, 1, Integer::sum);
      return code;
    }

    private int code(Attempt attempt) {
      try {
        Sent sent =
            client
                .orElseThrow()
                .sendText("C2C" + to, attempt.random(), attempt.text())
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        attempt.acknowledged(new Attempt.Ack(sent.seq(), sent.msgKey()));
        return 0;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof ImRefusedException refusal) {
          lastRefusal = refusal.info();
          return refusal.code();
        }
        throw new AssertionError(attempt.toString(), e);
      } catch (InterruptedException | TimeoutException e) {
        throw new AssertionError(attempt + " was never answered", e);
      }
    }

    @Override
    public void send() {
      throw new UnsupportedOperationException("sends when told");
    }

    @Override
    public String from() {
      return from;
    }

    @Override
    public String to() {
      return to;
    }

    @Override
    public List<Attempt> attempts() {
      return attempts;
    }

    String lastRefusal() {
      return lastRefusal;
    }

    int refusals() {
      return attempts.size() - codes.getOrDefault(0, 0);
    }

    Map<Integer, Integer> codes() {
      return codes;
    }
  }
}
