package im.palisade.bench;

import java.util.Optional;

/** CPU time of server, database and generator since a moment. */
final class CpuMeter {
  /** Microseconds of CPU. */
  record Used(long server, long database, long generator) {
    Used minus(Used earlier) {
      return new Used(
          server - earlier.server, database - earlier.database, generator - earlier.generator);
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
        ProcessUse.cpuMicros(ProcessHandle.current().pid()));
  }
}
