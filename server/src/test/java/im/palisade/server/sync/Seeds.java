package im.palisade.server.sync;

import java.util.List;
import java.util.stream.LongStream;

/** Which random schedules are tried. */
final class Seeds {
  private Seeds() {}

  /** Those of the system property {@code palisade.test.seeds}, else these; first-last. */
  static List<Long> of(String otherwise) {
    String[] ends = System.getProperty("palisade.test.seeds", otherwise).split("-", 2);
    return LongStream.rangeClosed(Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1]))
        .boxed()
        .toList();
  }
}
