package im.palisade.compliance.log;

/** The log cannot take an event or cannot be opened; {@link #reason} says which kind of trouble. */
public final class AuditLogException extends RuntimeException {
  /** Kinds of trouble. */
  public enum Reason {
    /** Storage failed; the event was not acknowledged and may be offered again. */
    UNAVAILABLE,
    /** Another writer took over; this one must not be used any more. */
    FENCED,
    /** The node's counter is not the next one: events were lost or repeated under a new id. */
    COUNTER,
    /** Files were changed or lost; only a restore or a new epoch helps. */
    DAMAGED,
    /** A checkpoint is known that this log does not continue: it was rolled back or forked. */
    ROLLED_BACK
  }

  private final Reason reason;

  AuditLogException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  AuditLogException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
