package im.palisade.bench;

import java.util.Optional;

/** CPU time of server, database and generator since a moment. */
final class CpuMeter {
  /**
   * Microseconds of CPU.
   *
   * @param machine everything that ran, whoever it was
   * @param elapsed wall time
   */
  record Used(long server, long database, long generator, long machine, long elapsed) {
    Used minus(Used earlier) {
      return new Used(
          server - earlier.server,
          database - earlier.database,
          generator - earlier.generator,
          machine - earlier.machine,
          elapsed - earlier.elapsed);
    }

    /** Cores that others kept busy meanwhile: far from 0, rates and latencies say little. */
    double coresOfOthers() {
      return Math.max(0, machine - server - database - generator) / (double) Math.max(1, elapsed);
    }

    /** Server and database together. */
    long both() {
      return server + database;
    }
  }

  private final long server;
  private final Optional<Long> database;
  private final Used start;

  CpuMeter(Subject subject) {
    server = subject.pid();
    database = subject.databasePid();
    start = now();
  }

  Used since() {
    return now().minus(start);
  }

  private Used now() {
    return new Used(
        ProcessUse.cpuMicros(server),
        database.map(ProcessUse::cpuMicros).orElse(0L),
        ProcessUse.cpuMicros(ProcessHandle.current().pid()),
        ProcessUse.machineCpuMicros(),
        System.nanoTime() / 1000);
  }
}
