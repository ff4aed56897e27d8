package im.palisade.client;

/**
 * Who logs in, from where.
 *
 * @param platform one of web, android, ios, windows, mac, linux, mini, server
 * @param deviceId stable per installation
 */
public record ImLogin(
    long sdkAppId, String userId, String userSig, String platform, String deviceId) {}
