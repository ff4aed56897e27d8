package im.palisade.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Rooms: as many deliveries as it takes, and a steady rate with a latency. */
final class RoomBench {
  private static final Duration DRAIN = Duration.ofSeconds(20);

  /** Messages on their way to the last member at most: the load finds the subject's limit. */
  private static final int IN_FLIGHT = 16;

  private final Report report;
  private final int textBytes;
  private final Duration warmUp;
  private final Duration duration;

  RoomBench(Report report, int textBytes, Duration warmUp, Duration duration) {
    this.report = report;
    this.textBytes = textBytes;
    this.warmUp = warmUp;
    this.duration = duration;
  }

  /**
   * Sends into one room.
   *
   * @param type of the group: a live room, or one that stores what is said
   * @param perSecond messages a second; 40 is what a room takes
   * @param targets what this run is held to
   */
  void run(String label, Subject subject, String type, int size, int perSecond, Targets targets)
      throws InterruptedException {
    String room = "bench-" + label.replace(' ', '-') + "-" + size;
    List<String> names = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      names.add("bench-g%05d".formatted(i));
    }
    subject.importUsers(names);
    subject.createRoom(room, type);
    try (Generator generator = new Generator();
        RoomLoad load = RoomLoad.connect(generator, subject, room, names, textBytes)) {
      OptionalLong heap = targets.measuresHeap() ? HeapUse.liveBytes(subject.pid()) : none();
      Duration joining = load.join();
      OptionalLong heapThen = targets.measuresHeap() ? HeapUse.liveBytes(subject.pid()) : none();
      report.add(Figure.of(label, "members", size, "sockets"));
      report.add(Figure.of(label, "all of them joined within", joining.toMillis() / 1e3, "s"));
      if (heap.isPresent() && heapThen.isPresent()) {
        double each = (heapThen.getAsLong() - heap.getAsLong()) / (double) size;
        report.add(Figure.of(label, "live heap per membership", each, "B").atMost(1_024));
      }
      load.start(perSecond, IN_FLIGHT);
      Thread.sleep(warmUp);
      CpuMeter meter = new CpuMeter(subject);
      load.mark();
      Thread.sleep(duration);
      RoomLoad.Tally tally = load.tally();
      CpuMeter.Used used = meter.since();
      load.stop(DRAIN);
      figures(label, tally, used, targets);
      report.add(label, load.faults());
    }
  }

  /**
   * Lets so many members come into one group as fast as it takes them, and nothing else.
   *
   * @param mostMillis what each may cost on the average; 0 for no target
   */
  void join(String label, Subject subject, String type, int size, double mostMillis)
      throws InterruptedException {
    String group = (type.equals("Community") ? "@TGS#_" : "") + "bench-join-" + type + "-" + size;
    List<String> names = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      names.add("bench-g%05d".formatted(i));
    }
    subject.importUsers(names);
    subject.createRoom(group, type);
    try (Generator generator = new Generator();
        RoomLoad load = RoomLoad.connect(generator, subject, group, names, textBytes)) {
      CpuMeter meter = new CpuMeter(subject);
      Duration joining = load.join();
      CpuMeter.Used used = meter.since();
      Figure each = Figure.of(label, "a join into " + type, joining.toNanos() / 1e6 / size, "ms");
      report.add(mostMillis > 0 ? each.atMost(mostMillis) : each);
      report.add(Figure.of(label, "server CPU", used.both() / (double) size, "us/join"));
      report.add(Figure.of(label, "other processes meanwhile", used.coresOfOthers(), "cores"));
      report.add(label, load.faults());
    }
  }

  /** What a run is held to; 0 for nothing. */
  record Targets(
      double deliveriesPerSecond, double cpuPerDelivery, double lastMillis, boolean measuresHeap) {
    /** The control is held to nothing. */
    static final Targets NONE = new Targets(0, 0, 0, false);
  }

  private void figures(String label, RoomLoad.Tally tally, CpuMeter.Used used, Targets targets) {
    double deliveries = Math.max(1, tally.deliveries());
    report.add(Figure.of(label, "messages taken", tally.taken() / tally.seconds(), "msg/s"));
    report.add(Figure.of(label, "messages dropped", tally.dropped() / tally.seconds(), "msg/s"));
    Figure rate = Figure.of(label, "deliveries", deliveries / tally.seconds(), "1/s");
    report.add(
        targets.deliveriesPerSecond() > 0 ? rate.atLeast(targets.deliveriesPerSecond()) : rate);
    Figure cpu = Figure.of(label, "server CPU", used.both() / deliveries, "us/dlv");
    report.add(targets.cpuPerDelivery() > 0 ? cpu.atMost(targets.cpuPerDelivery()) : cpu);
    report.add(Figure.of(label, "generator CPU", used.generator() / deliveries, "us/dlv"));
    report.add(Figure.of(label, "other processes meanwhile", used.coresOfOthers(), "cores"));
    report.add(Figure.of(label, "send to last member p50", tally.last().millisAt(50), "ms"));
    Figure p99 = Figure.of(label, "send to last member p99", tally.last().millisAt(99), "ms");
    report.add(targets.lastMillis() > 0 ? p99.atMost(targets.lastMillis()) : p99);
    report.add(Figure.of(label, "send to last member max", tally.last().maxMillis(), "ms"));
  }

  private static OptionalLong none() {
    return OptionalLong.empty();
  }
}
