package im.palisade.compliance.log;

import java.util.stream.LongStream;

/** Which random schedules a test tries. */
public final class Seeds {
  private Seeds() {}

  /** Those of the system property {@code palisade.test.seeds}, else these; first-last. */
  public static LongStream orElse(String otherwise) {
    String[] ends = System.getProperty("palisade.test.seeds", otherwise).split("-", 2);
    return LongStream.rangeClosed(Long.parseLong(ends[0]), Long.parseLong(ends[1]));
  }
}
