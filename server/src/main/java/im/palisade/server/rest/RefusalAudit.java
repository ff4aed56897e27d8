package im.palisade.server.rest;

import im.palisade.server.app.App;
import im.palisade.server.app.Principal;
import im.palisade.server.protocol.ErrorCode;
import java.time.Instant;
import java.util.Optional;

/**
 * Records calls that failed one of the checks 3 to 9 of rest-conventions §2 ({@code
 * auth.api.rejected}, {@code rest.denied}) and those that came too often ({@code
 * rest.ratelimited}). Called on the thread of the call before its answer is sent, so it should
 * return fast; a flood of refusals must not become a flood of records.
 */
public interface RefusalAudit {

  /**
   * A call that was refused.
   *
   * @param app empty when the call named no known one
   * @param caller empty unless the UserSig was a valid one
   * @param code what the caller is answered
   */
  record RefusedCall(
      Optional<App> app,
      Optional<Principal> caller,
      String address,
      String requestId,
      Instant receivedAt,
      int code) {
    private static final int ACCOUNT_CODES = 70_000;

    /** Whether the credential was refused, rather than what its bearer may do. */
    public boolean isAboutCredential() {
      return code == ErrorCode.NOT_AUTHENTICATED.number()
          || code / 10_000 == ACCOUNT_CODES / 10_000;
    }
  }

  /** A call was refused. */
  void refused(RefusedCall call);

  /**
   * A call of an administrator that came too soon after others.
   *
   * @param code what the caller is answered
   */
  record LimitedCall(
      Principal caller,
      Endpoint endpoint,
      String address,
      String requestId,
      Instant receivedAt,
      int code) {}

  /** A call was limited. */
  void limited(LimitedCall call);
}
