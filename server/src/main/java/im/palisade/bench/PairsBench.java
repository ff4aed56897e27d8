package im.palisade.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pairs of users that write to each other, as fast as it goes or at a fixed rate. */
final class PairsBench {
  /** For {@link #steady}: nothing is held against this run. */
  static final double NO_TARGET = 0;

  private static final Duration DRAIN = Duration.ofSeconds(15);

  /**
   * Settings of a run.
   *
   * @param textBytes length of each text
   */
  record Plan(int pairs, int textBytes, Duration warmUp, Duration duration) {}

  private final Report report;
  private final Plan plan;

  PairsBench(Report report, Plan plan) {
    this.report = report;
    this.plan = plan;
  }

  /**
   * As many messages as the subject takes.
   *
   * @param disk where the subject keeps its tables, if it has any
   */
  void saturate(String label, Subject subject, int window, Optional<BenchDirectory> disk)
      throws InterruptedException {
    boolean real = disk.isPresent();
    try (Generator generator = new Generator();
        Pairs pairs = connect(generator, subject, "p")) {
      Map<String, Long> before = disk.map(BenchDirectory::tableSizes).orElse(Map.of());
      pairs.start(new Pairs.Load.Closed(window));
      Measured m = measure(pairs, subject);
      pairs.stop(DRAIN);
      Figure rate = Figure.of(label, "acknowledged and delivered", m.tally().perSecond(), "msg/s");
      report.add(real ? rate.atLeast(12_000) : rate);
      cpu(label, m, real);
      latencies(label, m.tally());
      disk.ifPresent(d -> disk(label, before, d.tableSizes(), pairs.tally().total()));
      report.add(label, pairs.faults());
    }
  }

  /**
   * A fixed number of messages a second, whose latencies count from when they were due.
   *
   * @param targetMillis what the 99th percentiles are held to, or {@link #NO_TARGET}
   */
  void steady(String label, Subject subject, int perSecond, double targetMillis)
      throws InterruptedException {
    try (Generator generator = new Generator();
        Pairs pairs = connect(generator, subject, "r")) {
      pairs.start(new Pairs.Load.Open(perSecond));
      Measured m = measure(pairs, subject);
      pairs.stop(DRAIN);
      report.add(Figure.of(label, "acknowledged and delivered", m.tally().perSecond(), "msg/s"));
      cpu(label, m, false);
      Latencies ack = m.tally().ack();
      Figure p99 = Figure.of(label, "send to ack p99", ack.millisAt(99), "ms");
      report.add(Figure.of(label, "send to ack p50", ack.millisAt(50), "ms"));
      report.add(targetMillis > 0 ? p99.atMost(targetMillis) : p99);
      report.add(Figure.of(label, "send to ack p99.9", ack.millisAt(99.9), "ms"));
      report.add(Figure.of(label, "send to ack max", ack.maxMillis(), "ms"));
      Latencies delivery = m.tally().delivery();
      Figure delivered = Figure.of(label, "send to delivered p99", delivery.millisAt(99), "ms");
      report.add(Figure.of(label, "send to delivered p50", delivery.millisAt(50), "ms"));
      report.add(targetMillis > 0 ? delivered.atMost(targetMillis) : delivered);
      report.add(Figure.of(label, "send to delivered p99.9", delivery.millisAt(99.9), "ms"));
      report.add(Figure.of(label, "send to delivered max", delivery.maxMillis(), "ms"));
      report.add(label, pairs.faults());
    }
  }

  private record Measured(Pairs.Tally tally, CpuMeter.Used used) {}

  private Measured measure(Pairs pairs, Subject subject) throws InterruptedException {
    Thread.sleep(plan.warmUp());
    CpuMeter meter = new CpuMeter(subject);
    pairs.mark();
    Thread.sleep(plan.duration());
    Pairs.Tally tally = pairs.tally();
    return new Measured(tally, meter.since());
  }

  private Pairs connect(Generator generator, Subject subject, String prefix)
      throws InterruptedException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < plan.pairs() * 2; i++) {
      names.add("bench-%s%05d".formatted(prefix, i));
    }
    subject.importUsers(names);
    return Pairs.connect(generator, subject, names, plan.textBytes());
  }

  private void cpu(String label, Measured m, boolean targets) {
    double messages = Math.max(1, m.tally().acked());
    CpuMeter.Used used = m.used();
    boolean hasDatabase = used.database() > 0;
    String name = hasDatabase ? "server CPU, database included" : "server CPU";
    Figure server = Figure.of(label, name, used.both() / messages, "us/msg");
    report.add(targets ? server.atMost(100) : server);
    if (hasDatabase) {
      Figure database = Figure.of(label, "  of it database", used.database() / messages, "us/msg");
      report.add(targets ? database.atMost(35) : database);
    }
    report.add(Figure.of(label, "generator CPU", used.generator() / messages, "us/msg"));
    report.add(Figure.of(label, "other processes meanwhile", used.coresOfOthers(), "cores"));
  }

  private void latencies(String label, Pairs.Tally tally) {
    for (double percentile : new double[] {50, 99, 99.9}) {
      String name = percentile == 99.9 ? "p99.9" : "p%.0f".formatted(percentile);
      report.add(Figure.of(label, "send to ack " + name, tally.ack().millisAt(percentile), "ms"));
    }
    for (double percentile : new double[] {50, 99, 99.9}) {
      String name = percentile == 99.9 ? "p99.9" : "p%.0f".formatted(percentile);
      report.add(
          Figure.of(
              label, "send to delivered " + name, tally.delivery().millisAt(percentile), "ms"));
    }
  }

  /** Table files grow by extents, so that this is exact only over many messages. */
  private void disk(
      String label, Map<String, Long> before, Map<String, Long> after, long messages) {
    long all = 0;
    long ofMessages = 0;
    for (var table : after.entrySet()) {
      long growth = table.getValue() - before.getOrDefault(table.getKey(), 0L);
      all += growth;
      if (table.getKey().contains("message")) {
        ofMessages += growth;
      }
    }
    double count = Math.max(1, messages);
    report.add(Figure.of(label, "message tables on disk", ofMessages / count, "B/msg").atMost(400));
    report.add(Figure.of(label, "all tables on disk", all / count, "B/msg"));
  }
}
