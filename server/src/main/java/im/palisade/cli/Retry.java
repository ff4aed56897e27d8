package im.palisade.cli;

import java.util.Set;

/** Which refusals pass by themselves (error-codes). */
final class Retry {
  /** Overload, time-outs, rate limits and internal errors: the same request may succeed later. */
  private static final Set<Integer> PASSING =
      Set.of(20004, 20005, 60007, 60008, 60011, 60018, 60019, 70114, 70500, 90994, 90995, 91000);

  private Retry() {}

  static boolean mayHelp(int code) {
    return PASSING.contains(code);
  }
}
