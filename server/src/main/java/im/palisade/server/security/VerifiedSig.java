package im.palisade.server.security;

/**
 * A UserSig that verified.
 *
 * @param issuedAt UNIX seconds
 * @param expiresAt UNIX seconds, the last at which it counts
 */
public record VerifiedSig(long issuedAt, long expiresAt) {}
