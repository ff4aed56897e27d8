package im.palisade.compliance.bench;

import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyOptions;
import im.palisade.compliance.verify.VerifyReport;
import java.nio.file.Path;
import java.util.List;

/** Leaves a second in a verification of a whole log. */
public final class VerifyBench {
  private VerifyBench() {}

  /** Verifies the log twice: the first time warms up. */
  public static void run(Path folder) {
    for (String round : List.of("first", "second")) {
      long began = System.nanoTime();
      VerifyReport report = LogVerifier.verify(folder, VerifyOptions.trusting(List.of()));
      double seconds = (System.nanoTime() - began) / 1e9;
      long leaves = report.parts().stream().mapToLong(VerifyReport.Part::checked).sum();
      Runtime memory = Runtime.getRuntime();
      System.out.printf(
          "%s: %d leaves in %.1f s, %.0f leaves/s, %s, heap in use %d MiB%n",
          round,
          leaves,
          seconds,
          leaves / seconds,
          report.result(),
          (memory.totalMemory() - memory.freeMemory()) >> 20);
    }
  }
}
