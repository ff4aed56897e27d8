package im.palisade.server.app;

import im.palisade.server.security.VerificationKey;
import java.time.Instant;

/** One of an app's keys; several may be active at once, so that keys can be rotated. */
public record AppKey(long id, VerificationKey key, Instant createdAt) {}
