package im.palisade.server.auditlog.forward;

import im.palisade.compliance.export.PlacedEntry;
import java.io.IOException;
import java.util.List;

/** Where events are copied to. For one thread, but for {@link #abort}. */
interface Receiver {
  /** One word for metrics and file names. */
  String name();

  /** Where it is, to be shown; without secrets. */
  String place();

  /**
   * Hands events over, in order. They may get lost until {@link #settle} has returned.
   *
   * @throws IOException when they cannot be handed over; all since the last settling are repeated
   */
  void send(List<PlacedEntry> events) throws IOException;

  /**
   * Makes sure that all that was handed over has arrived.
   *
   * @throws IOException when nobody knows
   */
  void settle() throws IOException;

  /** Whether what was handed over has arrived already when {@link #send} returns. */
  default boolean confirmsEachCall() {
    return false;
  }

  /** Lets go of whatever is open; what was not settled is repeated. */
  void reset();

  /** Ends a call that waits, from another thread. */
  void abort();
}
