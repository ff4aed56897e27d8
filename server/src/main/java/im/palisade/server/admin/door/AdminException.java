package im.palisade.server.admin.door;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A refusal that the console is told; an answer and not a fault, so it has no stack trace. */
public final class AdminException extends RuntimeException {
  private final transient Refusal refusal;
  private final transient List<FieldFault> faults;
  private final transient Optional<Reason> reason;
  private final transient Optional<Duration> retryAfter;
  private final int code;

  private AdminException(
      Refusal refusal,
      String message,
      Optional<Reason> reason,
      List<FieldFault> faults,
      Optional<Duration> retryAfter,
      int code) {
    super(message, null, false, false);
    this.refusal = refusal;
    this.reason = reason;
    this.faults = List.copyOf(faults);
    this.retryAfter = retryAfter;
    this.code = code;
  }

  /** A refusal. */
  public static AdminException of(Refusal refusal) {
    return new AdminException(
        refusal, refusal.meaning(), Optional.empty(), List.of(), Optional.empty(), 0);
  }

  /** A refusal with its reason. */
  public static AdminException of(Refusal refusal, Reason reason) {
    return new AdminException(
        refusal, reason.meaning(), Optional.of(reason), List.of(), Optional.empty(), 0);
  }

  /** Fields that are wrong. */
  public static AdminException invalid(List<FieldFault> faults) {
    return new AdminException(
        Refusal.INVALID, Refusal.INVALID.meaning(), Optional.empty(), faults, Optional.empty(), 0);
  }

  /** One field that is wrong. */
  public static AdminException invalid(String field, FieldFault.Fault fault, String detail) {
    return invalid(List.of(new FieldFault(field, fault, detail)));
  }

  /** One field that is wrong, and why. */
  public static AdminException invalid(String field, FieldFault.Fault fault, Reason reason) {
    return invalid(List.of(new FieldFault(field, fault, reason)));
  }

  /**
   * One field that is wrong, and why.
   *
   * @param detail what it was, in words of whoever found it
   */
  public static AdminException invalid(String field, Reason reason, String detail) {
    return invalid(
        List.of(new FieldFault(field, FieldFault.Fault.NOT_ALLOWED, detail, Optional.of(reason))));
  }

  /** A refusal that passes. */
  public static AdminException later(Refusal refusal, Duration wait) {
    return new AdminException(
        refusal, refusal.meaning(), Optional.empty(), List.of(), Optional.of(wait), 0);
  }

  /** A rule of a feature, by the number REST and clients are told. */
  public static AdminException refused(int code, String info) {
    return new AdminException(
        Refusal.REFUSED, info, Optional.empty(), List.of(), Optional.empty(), code);
  }

  /** Which refusal. */
  public Refusal refusal() {
    return refusal;
  }

  /** Why exactly, where the refusal says too little. */
  public Optional<Reason> reason() {
    return reason;
  }

  /** What is wrong with which fields. */
  public List<FieldFault> faults() {
    return faults;
  }

  /** How long to wait, where waiting helps. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }

  /** The number of a feature's refusal, else 0. */
  public int code() {
    return code;
  }
}
