package im.palisade.server.app;

import im.palisade.server.protocol.Platform;

/**
 * How many devices of one user may be logged in at once (client-features §2.1). Mini-programs count
 * as web, {@code server} is never limited.
 *
 * @param policy which platforms share one place
 * @param webInstances web logins at once, 1–10
 * @param instancesPerPlatform logins at once of each other platform, 1–3
 */
public record MultiLogin(Policy policy, int webInstances, int instancesPerPlatform) {
  /** One place per platform, three for the web. */
  public static final MultiLogin DEFAULT = new MultiLogin(Policy.MULTI, 3, 1);

  /** Which platforms share one place, beside the web where it has its own. */
  public enum Policy {
    /** One device of any platform. */
    SINGLE,
    /** One device of any native platform, and the web. */
    DUAL,
    /** One mobile device, one desktop device, and the web. */
    TRIPLE,
    /** One device of each platform. */
    MULTI
  }

  public MultiLogin {
    if (webInstances < 1 || webInstances > 10) {
      throw new IllegalArgumentException("webInstances must be 1 to 10");
    }
    if (instancesPerPlatform < 1 || instancesPerPlatform > 3) {
      throw new IllegalArgumentException("instancesPerPlatform must be 1 to 3");
    }
  }

  /** The class whose logins compete with one of this platform; empty text for no limit. */
  public String contest(Platform platform) {
    if (platform == Platform.SERVER) {
      return "";
    }
    if (policy == Policy.SINGLE) {
      return "any";
    }
    return switch (platform) {
      case WEB, MINI -> "web";
      case ANDROID, IOS, IPAD ->
          switch (policy) {
            case TRIPLE -> "mobile";
            case MULTI -> platform.wireName();
            case SINGLE, DUAL -> "native";
          };
      case WINDOWS, MAC, LINUX ->
          switch (policy) {
            case TRIPLE -> "desktop";
            case MULTI -> platform.wireName();
            case SINGLE, DUAL -> "native";
          };
      case SERVER -> "";
    };
  }

  /** Logins at once within the contest of this platform. */
  public int places(Platform platform) {
    if (policy == Policy.SINGLE) {
      return 1;
    }
    return switch (platform) {
      case WEB, MINI -> webInstances;
      case SERVER -> Integer.MAX_VALUE;
      case ANDROID, IOS, IPAD, WINDOWS, MAC, LINUX ->
          policy == Policy.MULTI ? instancesPerPlatform : 1;
    };
  }
}
