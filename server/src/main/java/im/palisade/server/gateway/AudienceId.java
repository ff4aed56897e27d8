package im.palisade.server.gateway;

/**
 * Names an audience.
 *
 * @param appId SDKAppID of the app it belongs to
 * @param conversationId internal id of the group, topic or room; one of the app's own choosing
 *     below 0
 */
public record AudienceId(long appId, long conversationId) {}
