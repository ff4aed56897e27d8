package im.palisade.server.auditlog.forward;

import im.palisade.compliance.export.PlacedEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Where events are copied to. For one thread, but for {@link #abort}. */
interface Receiver {
  /** One word for metrics and file names. */
  String name();

  /** Where it is, to be shown; without secrets. */
  String place();

  /**
   * How much may be under way before it is made sure of, which is what the end of a process that is
   * killed repeats.
   *
   * @param events at most so many
   * @param every and for so long at most; zero where handing over is the confirmation
   */
  record Settling(int events, Duration every) {}

  /** How often what was handed over is to be settled. */
  Settling settling();

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

  /** Lets go of whatever is open; what was not settled is repeated. */
  void reset();

  /** Ends a call that waits, from another thread; nothing can be sent any more. */
  void abort();
}
