package im.palisade.bench;

import im.palisade.client.ImClient;
import im.palisade.client.ImListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** What devices wait for that come back: the first list of a busy user, and everybody at once. */
final class SyncBench {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CONVERSATIONS = 1_000;
  private static final int WARM_UPS = 20;
  private static final int RUNS = 40;
  private static final int WINDOW = 100;
  private static final int ROUNDS = 5;

  /** Connections that are being made at a time: what clients' jitter leaves of a storm. */
  private static final int AT_ONCE = 1_000;

  private final Report report;
  private final ServerUnderTest server;
  private final Generator generator;

  SyncBench(Report report, ServerUnderTest server, Generator generator) {
    this.report = report;
    this.server = server;
    this.generator = generator;
  }

  /** From nothing to the first conversation list of a user with a thousand conversations. */
  void firstList() throws InterruptedException {
    List<String> peers = names("s", CONVERSATIONS);
    String self = "bench-busy";
    server.importUsers(List.of(self));
    sendToAll(self, peers);
    double[] millis = new double[RUNS];
    long bytes = 0;
    for (int i = -WARM_UPS; i < RUNS; i++) {
      long begin = System.nanoTime();
      ImClient client = connect(self);
      try {
        bytes = client.request("sync", ImClient.object()).join().toString().length();
      } finally {
        if (i >= 0) {
          millis[i] = (System.nanoTime() - begin) / 1e6;
        }
        client.close();
      }
    }
    Arrays.sort(millis);
    report.add(Figure.of("sync", "first list, p50", millis[RUNS / 2], "ms"));
    report.add(Figure.of("sync", "first list, slowest", millis[RUNS - 1], "ms").atMost(300));
    report.add(Figure.of("sync", "first list, size", bytes / 1024.0, "KiB"));
  }

  /**
   * Clients have connected and synchronised, as those that are there have. Then all connections
   * break at once; all come back and synchronise while each is sent a message.
   *
   * @param clients how many
   */
  void storm(int clients) throws InterruptedException {
    List<String> names = names("r", clients);
    String sender = "bench-storm";
    server.importUsers(List.of(sender));
    List<Returning> users = new ArrayList<>();
    List<Logins.Candidate> candidates = new ArrayList<>();
    for (String name : names) {
      Returning user = new Returning();
      users.add(user);
      candidates.add(new Logins.Candidate(server.login(name), user));
    }
    Logins.Outcome first = Logins.run(generator, server.imUrl(), candidates, AT_ONCE, true).join();
    awaitSynced(users);
    generator.call(
        () -> {
          users.forEach(user -> user.expecting = true);
          first.open().forEach(LoadConnection::close);
          return true;
        });
    long begin = System.nanoTime();
    var back = Logins.run(generator, server.imUrl(), candidates, AT_ONCE, true);
    sendToAll(sender, names);
    Logins.Outcome outcome = back.join();
    double connected = (System.nanoTime() - begin) / 1e9;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    long missing = clients;
    while (missing > 0 && System.nanoTime() < deadline) {
      List<Logins.Candidate> again =
          generator.call(
              () -> candidates.stream().filter(each -> !returning(each).connected).toList());
      if (!again.isEmpty()) {
        Logins.run(generator, server.imUrl(), again, AT_ONCE, true).join();
      }
      missing = generator.call(() -> users.stream().filter(user -> !user.has).count());
      if (missing > 0) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
    double whole = (System.nanoTime() - begin) / 1e9;
    report.add(Figure.of("storm", "clients", clients, ""));
    report.add(Figure.of("storm", "logins that had to be repeated", outcome.failed(), ""));
    outcome.failures().forEach(failure -> report.note("storm: " + failure));
    report.add(Figure.of("storm", "all connected again", connected, "s"));
    report.add(Figure.of("storm", "all synchronised, with what was sent", whole, "s").atMost(15));
    report.add(Figure.of("storm", "messages lost", (double) missing, "").atMost(0));
    generator.call(
        () -> {
          outcome.open().forEach(LoadConnection::close);
          return true;
        });
  }

  private void awaitSynced(List<Returning> users) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (generator.call(() -> users.stream().anyMatch(user -> !user.synced))) {
      if (System.nanoTime() > deadline) {
        throw new BenchException("not every client was answered its first synchronisation");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static Returning returning(Logins.Candidate candidate) {
    return (Returning) candidate.then();
  }

  /** What is refused is sent again with the same random, as a client does. */
  private void sendToAll(String from, List<String> to) throws InterruptedException {
    ImClient client = connect(from);
    try {
      Map<String, Long> open = new LinkedHashMap<>();
      to.forEach(name -> open.put(name, open.size() + 1L));
      long repeated = 0;
      for (int round = 0; round < ROUNDS && !open.isEmpty(); round++) {
        Semaphore window = new Semaphore(WINDOW);
        Set<String> accepted = ConcurrentHashMap.newKeySet();
        for (Map.Entry<String, Long> each : open.entrySet()) {
          window.acquire();
          var _ =
              client
                  .sendText("C2C" + each.getKey(), each.getValue(), Returning.TEXT)
                  .whenComplete(
                      (sent, failure) -> {
                        if (failure == null) {
                          accepted.add(each.getKey());
                        }
                        window.release();
                      });
        }
        window.acquire(WINDOW);
        open.keySet().removeAll(accepted);
        repeated += open.size();
      }
      report.add(Figure.of("sends", "repeated", (double) repeated, ""));
      if (!open.isEmpty()) {
        throw new BenchException(open.size() + " messages were refused again and again");
      }
    } finally {
      client.close();
    }
  }

  private ImClient connect(String name) throws InterruptedException {
    try {
      ImClient client = ImClient.connect(server.imUrl(), new ImListener() {}, PATIENCE);
      client.login(server.imLogin(name)).join();
      return client;
    } catch (IOException e) {
      throw new BenchException("connect: " + e.getMessage());
    }
  }

  private List<String> names(String prefix, int count) throws InterruptedException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("bench-%s%05d".formatted(prefix, i));
    }
    server.importUsers(names);
    return names;
  }

  /** Comes back, asks for what it missed, and looks out for its message. On the loop only. */
  private static final class Returning implements LoadConnection.User {
    static final String TEXT = "@storm:one message for each";

    private static final byte[] MARK = Bytes.ascii("@storm:");
    private static final ClientFrame SYNC =
        ClientFrame.text("{\"id\":2,\"cmd\":\"sync\",\"data\":{}}");

    private static final byte[] SYNCED = Bytes.ascii("\"id\":2,");

    private boolean synced;
    private boolean expecting;
    private boolean connected;
    private boolean has;

    @Override
    public void onOpen(LoadConnection connection) {
      connected = true;
      connection.send(SYNC);
      connection.flush();
    }

    @Override
    public void onFrame(LoadConnection connection, byte[] payload, int length) {
      if (expecting && Bytes.indexOf(payload, 0, length, MARK) >= 0) {
        has = true;
      }
      synced |= Bytes.indexOf(payload, 0, length, SYNCED) >= 0;
    }

    @Override
    public void onClosed(LoadConnection connection, int code) {
      connected = false;
    }
  }
}
