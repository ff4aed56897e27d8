package im.palisade.compliance.verify;

import java.util.Set;

/** The event types by which the log speaks of itself, and which a verifier therefore reads. */
final class LogSpecials {
  static final String START = "audit.writer.start";
  static final String ROTATE = "audit.key.rotate";
  static final String PRUNE = "audit.prune";
  private static final Set<String> TYPES = Set.of(START, ROTATE, PRUNE);

  private LogSpecials() {}

  static boolean isSpecial(String type) {
    return TYPES.contains(type);
  }
}
