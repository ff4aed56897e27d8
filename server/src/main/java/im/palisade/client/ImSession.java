package im.palisade.client;

import java.time.Duration;

/**
 * What the server grants at login.
 *
 * @param serverTime UNIX milliseconds
 * @param heartbeat silence after which either side asks whether the other is there
 */
public record ImSession(
    String sessionId, long serverTime, Duration heartbeat, int maxMessageBytes) {}
