package im.palisade.bench;

import im.palisade.bench.RoomBench.Targets;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code palisade bench}: measures the real server on this machine. Exit code 1 when a message was
 * lost, duplicated, reordered or refused; a missed target is shown and changes nothing.
 */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measure the real server over real sockets: a child process on a temporary data directory.",
      "Server, database and load share this machine, so that rates and latencies count only beside"
          + " the control (a bare relay under the same load); CPU per message and memory stand"
          + " for themselves."
    })
public final class BenchCommand implements Callable<Integer> {
  private static final int FILES_BESIDE_CONNECTIONS = 500;

  private static final String LIVE = "AVChatRoom";

  /** The stored type that anybody may join. */
  private static final String STORED = "ChatRoom";

  /** Messages a second that a room takes. */
  private static final int ROOM_RATE = 40;

  /** CPU of one durable write, as {@code rate} shows it where a commit holds one or two. */
  private static final double DURABLE_WRITE_MICROS = 260;

  private static final int STEADY_RATE = 20;
  private static final int STEADY_MEMBERS = 1_000;

  /** What can be measured. */
  enum Mode {
    control,
    login,
    idle,
    pairs,
    rate,
    backup,
    sendmsg,
    reads,
    fanout,
    room,
    group,
    join,
    sync,
    storm,
    console,
    all
  }

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "MODE",
      description = "${COMPLETION-CANDIDATES} (default: all)")
  private List<Mode> chosen = List.of();

  @Option(
      names = "--connections",
      defaultValue = "10000",
      description = "idle: connections (default: ${DEFAULT-VALUE})")
  private int connections;

  @Option(
      names = "--pairs",
      defaultValue = "200",
      description = "pairs, rate, backup: pairs of users (default: ${DEFAULT-VALUE})")
  private int pairs;

  @Option(
      names = "--window",
      defaultValue = "1",
      description =
          "pairs: messages of each user neither acknowledged nor delivered"
              + " (default: ${DEFAULT-VALUE}, so two in each pair)")
  private int window;

  @Option(
      names = "--rate",
      defaultValue = "3000",
      description = "rate, backup: messages a second (default: ${DEFAULT-VALUE})")
  private int rate;

  @Option(
      names = "--members",
      defaultValue = "5000",
      description = "fanout: sockets in the room (default: ${DEFAULT-VALUE})")
  private int members;

  @Option(
      names = "--returning",
      defaultValue = "5000",
      description = "storm: clients that come back (default: ${DEFAULT-VALUE})")
  private int returning;

  @Option(
      names = "--text",
      defaultValue = "100",
      description = "bytes of each text (default: ${DEFAULT-VALUE})")
  private int textBytes;

  @Option(
      names = "--warmup",
      defaultValue = "10",
      description = "seconds before each measurement (default: ${DEFAULT-VALUE})")
  private int warmUpSeconds;

  @Option(
      names = "--duration",
      defaultValue = "15",
      description = "seconds of each measurement (default: ${DEFAULT-VALUE})")
  private int durationSeconds;

  @Option(
      names = "--rest-connections",
      defaultValue = "64",
      description = "sendmsg: keep-alive connections (default: ${DEFAULT-VALUE})")
  private int restConnections;

  @Option(
      names = "--messages",
      defaultValue = "10000000",
      description =
          "reads: stored messages, inserted in bulk, some 350 bytes each on disk"
              + " (default: ${DEFAULT-VALUE})")
  private long messages;

  @Option(
      names = "--users",
      defaultValue = "1000000",
      description = "console: users in the table, inserted in bulk (default: ${DEFAULT-VALUE})")
  private int users;

  @Option(names = "--json", paramLabel = "FILE", description = "also write the figures there")
  private Optional<Path> json = Optional.empty();

  @Option(names = "--keep", description = "leave the data directory")
  private boolean keep;

  @Option(
      names = "--server-jvm",
      paramLabel = "OPTION",
      description = "one more JVM option for the server; may be repeated")
  private List<String> serverJvm = List.of();

  @Option(
      names = "--aot-output",
      paramLabel = "FILE",
      description = "have the measured server's JVM write there what it learned (an AOT cache)")
  private Optional<Path> aotOutput = Optional.empty();

  @Override
  public Integer call() throws InterruptedException {
    try {
      return run();
    } catch (BenchException e) {
      spec.commandLine().getErr().println("palisade bench: " + e.getMessage());
      return 1;
    }
  }

  private int run() throws InterruptedException {
    Set<Mode> modes = modes();
    if (connections + FILES_BESIDE_CONNECTIONS > Machine.openFilesLimit()
        && modes.contains(Mode.idle)) {
      throw new BenchException(
          "--connections %d needs a higher limit of open files (ulimit -Hn is %d)"
              .formatted(connections, Machine.openFilesLimit()));
    }
    PrintWriter out = spec.commandLine().getOut();
    Report report = new Report(out);
    report.note("Machine: " + Machine.describe());
    report.note(
        "JVM options: "
            + String.join(" ", JavaChild.options())
            + " "
            + String.join(" ", serverJvm));
    report.note(
        "Load: %d pairs, window %d, %d-byte texts, %d s warm-up, %d s measured; all on loopback."
            .formatted(pairs, window, textBytes, warmUpSeconds, durationSeconds));
    PairsBench bench = new PairsBench(report, plan());
    RoomBench rooms =
        new RoomBench(
            report,
            textBytes,
            Duration.ofSeconds(warmUpSeconds),
            Duration.ofSeconds(durationSeconds));
    control(report, bench, rooms, modes);
    if (!modes.equals(EnumSet.of(Mode.control))) {
      server(report, bench, rooms, modes);
    }
    report.print();
    json.ifPresent(report::writeJson);
    return report.faultless() ? 0 : 1;
  }

  private Set<Mode> modes() {
    EnumSet<Mode> modes = EnumSet.noneOf(Mode.class);
    modes.addAll(chosen);
    return modes.isEmpty() || modes.contains(Mode.all)
        ? EnumSet.complementOf(EnumSet.of(Mode.all))
        : modes;
  }

  private void control(Report report, PairsBench bench, RoomBench rooms, Set<Mode> modes)
      throws InterruptedException {
    boolean saturated = modes.contains(Mode.control) || modes.contains(Mode.pairs);
    boolean steady = modes.contains(Mode.rate);
    boolean crowded = modes.contains(Mode.fanout) || modes.contains(Mode.room);
    if (!saturated && !steady && !crowded) {
      return;
    }
    try (ControlProcess control = ControlProcess.start()) {
      if (saturated) {
        report.progress("control: a bare relay under the load of pairs");
        bench.saturate("control pairs", control, window, Optional.empty());
      }
      if (steady) {
        report.progress("control: a bare relay at " + rate + " messages a second");
        bench.steady("control rate", control, rate, PairsBench.NO_TARGET);
      }
      if (modes.contains(Mode.fanout)) {
        report.progress("control: a bare relay to " + members + " sockets");
        rooms.run("control fanout", control, LIVE, members, ROOM_RATE, Targets.NONE);
      }
      if (modes.contains(Mode.room)) {
        report.progress("control: a bare relay at " + STEADY_RATE + " messages a second");
        rooms.run("control room", control, LIVE, STEADY_MEMBERS, STEADY_RATE, Targets.NONE);
      }
    }
  }

  private void server(Report report, PairsBench bench, RoomBench rooms, Set<Mode> modes)
      throws InterruptedException {
    report.note(
        "Call-rate and frame-rate limits of the server are off: " + ServerUnderTest.LIMITS_OFF);
    try (BenchDirectory directory = BenchDirectory.create(keep)) {
      report.progress("first start of a server");
      try (ServerUnderTest first = ServerUnderTest.start(directory.data(), serverJvm)) {
        report.add(Figure.of("start", "first start to ready", seconds(first.startedIn()), "s"));
      }
      report.progress("second start");
      List<String> options = new ArrayList<>(serverJvm);
      aotOutput.ifPresent(file -> options.add("-XX:AOTCacheOutput=" + file.toAbsolutePath()));
      try (ServerUnderTest server = ServerUnderTest.start(directory.data(), options)) {
        report.add(
            Figure.of("start", "second start to ready", seconds(server.startedIn()), "s")
                .atMost(5));
        measure(report, bench, rooms, modes, directory, server);
        rest(report, modes, directory, server);
      }
    }
  }

  private void measure(
      Report report,
      PairsBench bench,
      RoomBench rooms,
      Set<Mode> modes,
      BenchDirectory directory,
      ServerUnderTest server)
      throws InterruptedException {
    try (Generator generator = new Generator()) {
      LoginBench logins = new LoginBench(report, server, generator);
      if (modes.contains(Mode.idle)) {
        report.progress("idle: " + connections + " connections");
        logins.idle(connections, Duration.ofSeconds(Math.min(5, warmUpSeconds)));
      }
      if (modes.contains(Mode.login)) {
        report.progress("login: connect, log in, close");
        logins.churn(Duration.ofSeconds(warmUpSeconds), Duration.ofSeconds(durationSeconds));
      }
    }
    sync(report, modes, server);
    if (modes.contains(Mode.pairs)) {
      report.progress("pairs: as many messages as it takes");
      bench.saturate("pairs", server, window, Optional.of(directory));
    }
    if (modes.contains(Mode.rate)) {
      report.progress("rate: " + rate + " messages a second");
      bench.steady("rate", server, rate, 25);
    }
    if (modes.contains(Mode.backup)) {
      backup(report, bench, directory, server);
    }
    if (modes.contains(Mode.fanout)) {
      report.progress("fanout: one room of " + members + " sockets, as much as it takes");
      rooms.run(
          "fanout",
          server,
          LIVE,
          members,
          ROOM_RATE,
          new Targets(100_000, 8, 0, members >= 10_000));
    }
    if (modes.contains(Mode.room)) {
      report.progress("room: " + STEADY_RATE + " messages a second to " + STEADY_MEMBERS);
      rooms.run("room", server, LIVE, STEADY_MEMBERS, STEADY_RATE, new Targets(0, 10, 50, false));
    }
    if (modes.contains(Mode.group)) {
      report.progress("group: the same into a group that stores what is said");
      rooms.run(
          "group",
          server,
          STORED,
          STEADY_MEMBERS,
          STEADY_RATE,
          new Targets(0, 10 + DURABLE_WRITE_MICROS / STEADY_MEMBERS, 60, false));
    }
    if (modes.contains(Mode.join)) {
      report.progress("join: " + STEADY_MEMBERS + " members come into groups that are stored");
      rooms.join("join", server, STORED, STEADY_MEMBERS, 2);
      rooms.join("join", server, "Community", STEADY_MEMBERS, 5);
    }
    server
        .databasePid()
        .ifPresentOrElse(
            pid -> report.progress("database was process " + pid),
            () -> report.note("No database process was found: its CPU time is missing."));
  }

  /** Some hundred MiB of messages first, so that there is something to back up. */
  private void backup(
      Report report, PairsBench bench, BenchDirectory directory, ServerUnderTest server)
      throws InterruptedException {
    report.progress("backup: messages to back up");
    bench.saturate("to back up", server, window, Optional.of(directory));
    report.progress("backup: " + rate + " messages a second while backups are made");
    try (BackupLoop backups = BackupLoop.start(directory.data())) {
      bench.steady("backup", server, rate, 50);
      backups.finish("backup").forEach(report::add);
    }
  }

  private void sync(Report report, Set<Mode> modes, ServerUnderTest server)
      throws InterruptedException {
    try (Generator generator = new Generator()) {
      SyncBench sync = new SyncBench(report, server, generator);
      if (modes.contains(Mode.sync)) {
        report.progress("sync: first list of a user with 1,000 conversations");
        sync.firstList();
      }
      if (modes.contains(Mode.storm)) {
        report.progress("storm: " + returning + " clients come back at once");
        sync.storm(returning);
      }
    }
  }

  private void rest(
      Report report, Set<Mode> modes, BenchDirectory directory, ServerUnderTest server)
      throws InterruptedException {
    RestBench rest = new RestBench(report, server, directory.data(), plan());
    if (modes.contains(Mode.sendmsg)) {
      report.progress("sendmsg: as many calls as it takes");
      rest.send(restConnections);
    }
    if (modes.contains(Mode.reads)) {
      report.progress("reads: profiles, friends, recent contacts, history");
      rest.read(messages);
    }
    if (modes.contains(Mode.console)) {
      new ConsoleBench(report, server, directory.data(), users).run();
    }
  }

  private PairsBench.Plan plan() {
    return new PairsBench.Plan(
        pairs, textBytes, Duration.ofSeconds(warmUpSeconds), Duration.ofSeconds(durationSeconds));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
