package im.palisade.server.admin.identity;

import java.time.Instant;

/**
 * Somebody signed in at a browser.
 *
 * @param confirmedAt when password and code were last given
 * @param address IP address of the sign-in
 * @param browser as it named itself, cut
 */
public record ConsoleSession(
    long id,
    long administratorId,
    Instant createdAt,
    Instant seenAt,
    Instant confirmedAt,
    String address,
    String browser) {}
