package im.palisade.server.protocol;

/**
 * Where an act came from, as an app's own server is told of it (callbacks §1.1).
 *
 * @param userId who acts; empty when the server does so by itself
 * @param administrator whether an app's back end acts, over REST
 * @param address IP address of the client or of the REST caller
 * @param platform {@code OptPlatform}
 * @param depth how many webhooks led to it, as the caller says; 0 for an act of its own
 */
public record Origin(
    String userId, boolean administrator, String address, String platform, int depth) {
  /** The server itself: a timer, a timeout. */
  public static final Origin SERVER = new Origin("", false, "127.0.0.1", "Unknown", 0);

  private static final String REST = "RESTAPI";

  /** An administrator over REST. */
  public static Origin rest(String userId, String address, int depth) {
    return new Origin(userId, true, address, REST, depth);
  }

  /** A user at a client. */
  public static Origin client(String userId, String address, Platform platform) {
    return new Origin(userId, false, address, platformName(platform), 0);
  }

  /** What webhooks call a client's platform. */
  public static String platformName(Platform platform) {
    return switch (platform) {
      case WEB, MINI -> "Web";
      case ANDROID -> "Android";
      case IOS -> "iOS";
      case IPAD -> "iPad";
      case WINDOWS -> "Windows";
      case MAC -> "Mac";
      case LINUX -> "Linux";
      case SERVER -> "Unknown";
    };
  }
}
