package im.palisade.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What a process has used so far, as Linux counts it. */
final class ProcessUse {
  /** The kernel shows times in these units whatever its own tick is. */
  private static final long MICROS_PER_TICK = 10_000;

  private ProcessUse() {}

  /** User and system time of all threads, dead ones included, in microseconds. */
  static long cpuMicros(long pid) {
    String stat = read(pid, "stat");
    // The command's name is in parentheses and may hold anything.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_PER_TICK;
  }

  /** CPU time the whole machine spent on anything, in microseconds over all cores. */
  static long machineCpuMicros() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
      String[] fields = lines.findFirst().orElse("").split(" +", -1);
      long ticks = 0;
      // user, nice, system, then (after idle and waiting) both kinds of interrupts and stolen time
      for (int field : new int[] {1, 2, 3, 6, 7, 8}) {
        ticks += Long.parseLong(fields[field]);
      }
      return ticks * MICROS_PER_TICK;
    } catch (IOException e) {
      throw new BenchException("/proc/stat cannot be read", e);
    }
  }

  /** Resident memory in bytes. */
  static long residentBytes(long pid) {
    return read(pid, "status")
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(0L);
  }

  /** The database among the descendants of a server. */
  static Optional<Long> databaseOf(long serverPid) {
    return ProcessHandle.of(serverPid).stream()
        .flatMap(ProcessHandle::descendants)
        .map(ProcessHandle::pid)
        .filter(pid -> read(pid, "comm").matches("(?s)(mariadbd|mysqld).*"))
        .findFirst();
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file));
    } catch (IOException e) {
      throw new BenchException("process " + pid + " is gone", e);
    }
  }
}
