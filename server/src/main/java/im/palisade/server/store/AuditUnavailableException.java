package im.palisade.server.store;

/**
 * What was to be done must not be done without its record, and the record cannot be made durable
 * now.
 */
public final class AuditUnavailableException extends StoreException {
  /** What a caller may be told: it says nothing about the host. */
  public static final String PUBLIC_REASON =
      "refused because the audit log cannot record it now, try again later";

  /** The act was not done, or with {@code outcomeUnknown} is done while its record is not yet. */
  public AuditUnavailableException(boolean outcomeUnknown) {
    super("the audit log cannot record the act", outcomeUnknown);
  }
}
