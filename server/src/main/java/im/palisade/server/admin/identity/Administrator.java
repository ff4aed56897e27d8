package im.palisade.server.admin.identity;

import java.time.Instant;
import java.util.Optional;

/**
 * Somebody who may use the console.
 *
 * @param ref pseudonymous reference for the audit log, {@code adm_…}
 * @param name to sign in with, in lower case
 * @param passwordHash Argon2id in PHC form
 * @param mustChangePassword whether somebody else set the password
 * @param secondFactor whether codes are asked for
 */
public record Administrator(
    long id,
    String ref,
    String name,
    String displayName,
    String passwordHash,
    boolean mustChangePassword,
    boolean secondFactor,
    boolean active,
    Instant createdAt,
    Optional<Instant> lastLoginAt) {

  @Override
  public String toString() {
    return "Administrator[" + id + ", " + ref + "]";
  }
}
