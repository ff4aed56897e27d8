package im.palisade.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is alive in another JVM's heap. Resident memory alone can hide growth inside a heap that was
 * in use before.
 */
final class HeapUse {
  private static final Pattern USED =
      Pattern.compile(
          "(?m)^\\s*(?:PSYoungGen|ParOldGen|PSOldGen|garbage-first heap|def new generation"
              + "|DefNew|tenured generation|Tenured).*?used (\\d+)K");

  private HeapUse() {}

  /** Bytes that survive a full collection, which this starts; empty without a JDK's jcmd. */
  static OptionalLong liveBytes(long pid) throws InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    if (!Files.isExecutable(jcmd)) {
      return OptionalLong.empty();
    }
    try {
      run(jcmd, pid, "GC.run");
      Matcher used = USED.matcher(run(jcmd, pid, "GC.heap_info"));
      long kib = 0;
      while (used.find()) {
        kib += Long.parseLong(used.group(1));
      }
      return kib == 0 ? OptionalLong.empty() : OptionalLong.of(kib * 1024);
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private static String run(Path jcmd, long pid, String command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(jcmd.toString(), Long.toString(pid), command)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}
