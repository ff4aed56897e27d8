package im.palisade.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Logins of existing accounts, and what a logged-in connection costs that does nothing. */
final class LoginBench {
  private static final int AT_ONCE = 64;
  private static final int CHURNING_USERS = 2_000;

  private final Report report;
  private final ServerUnderTest server;
  private final Generator generator;

  LoginBench(Report report, ServerUnderTest server, Generator generator) {
    this.report = report;
    this.server = server;
    this.generator = generator;
  }

  /** Connect, log in, close, again and again. */
  void churn(Duration warmUp, Duration duration) throws InterruptedException {
    List<Logins.Candidate> users = users("l", CHURNING_USERS, new Watcher());
    repeat(users, warmUp);
    CpuMeter meter = new CpuMeter(server);
    long begin = System.nanoTime();
    long logins = repeat(users, duration);
    double seconds = (System.nanoTime() - begin) / 1e9;
    rates("login", logins, seconds, meter.since());
  }

  /**
   * Many connections that stay, logged in and silent.
   *
   * @param settle before memory is read
   */
  void idle(int connections, Duration settle) throws InterruptedException {
    Watcher watcher = new Watcher();
    List<Logins.Candidate> users = users("i", connections, watcher);
    // The same logins with few connections at a time, so that code is compiled and the heap's
    // young part is in use before memory is read.
    round(users, false);
    Thread.sleep(settle);
    long resident = ProcessUse.residentBytes(server.pid());
    OptionalLong live = HeapUse.liveBytes(server.pid());
    long databaseResident = databaseResident();
    CpuMeter meter = new CpuMeter(server);
    long begin = System.nanoTime();
    Logins.Outcome outcome = round(users, true);
    double seconds = (System.nanoTime() - begin) / 1e9;
    CpuMeter.Used used = meter.since();
    Thread.sleep(settle);
    long residentThen = ProcessUse.residentBytes(server.pid());
    rates("idle", outcome.succeeded(), seconds, used);
    report.add(Figure.of("idle", "server memory before", resident / 1048576.0, "MiB"));
    report.add(Figure.of("idle", "server memory then", residentThen / 1048576.0, "MiB"));
    report.add(
        Figure.of(
                "idle",
                "server memory per connection",
                (residentThen - resident) / 1024.0 / connections,
                "KiB")
            .atMost(14));
    report.add(
        Figure.of(
            "idle",
            "database memory per connection",
            (databaseResident() - databaseResident) / 1024.0 / connections,
            "KiB"));
    OptionalLong liveThen = HeapUse.liveBytes(server.pid());
    if (live.isPresent() && liveThen.isPresent()) {
      report.add(
          Figure.of(
              "idle",
              "live heap per connection",
              (liveThen.getAsLong() - live.getAsLong()) / 1024.0 / connections,
              "KiB"));
    }
    generator.call(
        () -> {
          watcher.expectEnd();
          outcome.open().forEach(LoadConnection::close);
          return true;
        });
    report.add("idle", watcher.faults());
  }

  private long databaseResident() {
    return server.databasePid().map(ProcessUse::residentBytes).orElse(0L);
  }

  private void rates(String label, long logins, double seconds, CpuMeter.Used used) {
    report.add(Figure.of(label, "logins", logins / seconds, "1/s").atLeast(2_000));
    report.add(
        Figure.of(
                label,
                "server CPU, database included",
                (double) used.both() / Math.max(1, logins),
                "us/login")
            .atMost(500));
    report.add(
        Figure.of(
            label, "  of it database", (double) used.database() / Math.max(1, logins), "us/login"));
    report.add(
        Figure.of(
            label, "generator CPU", (double) used.generator() / Math.max(1, logins), "us/login"));
    report.add(Figure.of(label, "other processes meanwhile", used.coresOfOthers(), "cores"));
  }

  private long repeat(List<Logins.Candidate> users, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    long logins = 0;
    while (System.nanoTime() < end) {
      logins += round(users, false).succeeded();
    }
    return logins;
  }

  private Logins.Outcome round(List<Logins.Candidate> users, boolean keep) {
    Logins.Outcome outcome = Logins.run(generator, server.imUrl(), users, AT_ONCE, keep).join();
    if (outcome.failed() > 0) {
      throw new BenchException(outcome.failed() + " logins failed: " + outcome.failures());
    }
    return outcome;
  }

  private List<Logins.Candidate> users(String prefix, int count, LoadConnection.User then)
      throws InterruptedException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("bench-%s%05d".formatted(prefix, i));
    }
    server.importUsers(names);
    return names.stream().map(name -> new Logins.Candidate(server.login(name), then)).toList();
  }

  /** Nothing should happen on an idle connection. */
  private static final class Watcher implements LoadConnection.User {
    private final Faults faults = new Faults();
    private boolean endExpected;

    void expectEnd() {
      endExpected = true;
    }

    Faults faults() {
      return faults;
    }

    @Override
    public void onOpen(LoadConnection connection) {}

    @Override
    public void onFrame(LoadConnection connection, byte[] payload, int length) {}

    @Override
    public void onClosed(LoadConnection connection, int code) {
      if (!endExpected) {
        faults.add("an idle connection closed with " + code);
      }
    }
  }
}
