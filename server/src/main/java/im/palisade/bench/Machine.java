package im.palisade.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Where the figures come from. */
final class Machine {
  private Machine() {}

  /** Cores, memory, processor, kernel and Java on one line. */
  static String describe() {
    return String.format(
        Locale.ROOT,
        "%d cores, %.1f GiB, %s, Linux %s, Java %s (%s)",
        Runtime.getRuntime().availableProcessors(),
        Long.parseLong(first("/proc/meminfo", l -> l.startsWith("MemTotal")).replaceAll("\\D", ""))
            / 1048576.0,
        after(first("/proc/cpuinfo", l -> l.startsWith("model name"))),
        System.getProperty("os.version"),
        Runtime.version(),
        System.getProperty("java.vendor"));
  }

  /** How many files a process may open at most. */
  static long openFilesLimit() {
    String[] words =
        first("/proc/self/limits", l -> l.startsWith("Max open files")).split("\\s+", -1);
    return words.length > 4 && words[4].matches("\\d+") ? Long.parseLong(words[4]) : 1 << 20;
  }

  private static String after(String line) {
    return line.substring(line.indexOf(':') + 1).strip();
  }

  private static String first(String file, Predicate<String> wanted) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines.filter(wanted).findFirst().orElse("0");
    } catch (IOException e) {
      throw new BenchException(file + " cannot be read: the benchmark runs on Linux only", e);
    }
  }
}
