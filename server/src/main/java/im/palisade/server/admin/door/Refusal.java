package im.palisade.server.admin.door;

/** Why a call of the console was not carried out; the word is what a client goes by. */
public enum Refusal {
  MALFORMED(400, "the body is no JSON object, or the query cannot be read"),
  INVALID(400, "fields are missing or wrong; each is named"),
  SIGNED_OUT(401, "nobody is signed in, or the session has ended"),
  WRONG_CREDENTIALS(401, "name or password is wrong, or the account is disabled"),
  CODE_NEEDED(401, "the password is right; a code of the second factor is needed too"),
  WRONG_CODE(401, "the code of the second factor is wrong or was used before"),
  FORBIDDEN(403, "the administrator's roles do not allow this"),
  FORGED(403, "the request does not come from the console's own pages"),
  SECOND_FACTOR_MISSING(403, "a second factor must be set up first"),
  PASSWORD_CHANGE_NEEDED(403, "the password must be changed first"),
  CONFIRMATION_NEEDED(403, "password and code must be given again before this"),
  NOT_FOUND(404, "there is no such thing, or it is not for this administrator to see"),
  METHOD_NOT_ALLOWED(405, "another method is meant"),
  CONFLICT(409, "it clashes with what is there"),
  REFUSED(409, "the server's rules refuse it; see code"),
  TOO_LARGE(413, "the body is larger than 1 MiB"),
  NOT_JSON(415, "the body must be application/json"),
  LOCKED(429, "too many failures; wait as long as retryAfter says"),
  TOO_MANY(429, "too many requests; wait as long as retryAfter says"),
  INTERNAL(500, "the server failed; its log has more under the request id"),
  UNAVAILABLE(503, "the store does not answer, nothing was done or shown; try again");

  private final int status;
  private final String meaning;

  Refusal(int status, String meaning) {
    this.status = status;
    this.meaning = meaning;
  }

  /** The HTTP status it goes with. */
  public int status() {
    return status;
  }

  /** What it means, for the reference. */
  public String meaning() {
    return meaning;
  }
}
