package im.palisade.server.rest;

import java.util.List;
import java.util.Optional;

/** Whether the server can serve right now; asked by {@code /healthz/ready}. */
@FunctionalInterface
public interface Readiness {

  /** Every check as it stands now; must answer within a second and may block that long. */
  List<Check> checks();

  /**
   * One thing the server needs.
   *
   * @param problem why it cannot be had, in words that say nothing about the host; empty when fine
   */
  record Check(String name, Optional<String> problem) {
    /** A check that passed. */
    public static Check ok(String name) {
      return new Check(name, Optional.empty());
    }

    /** A check that failed. */
    public static Check failed(String name, String problem) {
      return new Check(name, Optional.of(problem));
    }
  }
}
