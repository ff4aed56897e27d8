package im.palisade.server.protocol;

import java.util.Optional;

/** The platforms a client may name at login (client-protocol) and how REST reports them. */
public enum Platform {
  WEB(1, "web", "Web", false),
  ANDROID(2, "android", "Android", true),
  IOS(3, "ios", "iPhone", true),
  WINDOWS(4, "windows", "PC", false),
  MAC(5, "mac", "Mac", false),
  LINUX(6, "linux", "PC", false),
  MINI(7, "mini", "Web", false),
  SERVER(8, "server", "", false),
  /** What a client of {@link #IOS} names itself beside that; a platform of its own ever after. */
  IPAD(9, "ipad", "iPad", true);

  private final int code;
  private final String wireName;
  private final String restName;
  private final boolean mobile;

  Platform(int code, String wireName, String restName, boolean mobile) {
    this.code = code;
    this.wireName = wireName;
    this.restName = restName;
    this.mobile = mobile;
  }

  /** The platform stored under that number. */
  public static Platform ofCode(int code) {
    for (Platform platform : values()) {
      if (platform.code == code) {
        return platform;
      }
    }
    throw new IllegalArgumentException("no platform " + code);
  }

  /** How it is stored. */
  public int code() {
    return code;
  }

  /** The platform of that wire name. */
  public static Optional<Platform> ofWireName(String name) {
    for (Platform platform : values()) {
      if (platform.wireName.equals(name)) {
        return Optional.of(platform);
      }
    }
    return Optional.empty();
  }

  /** Name in the client protocol. */
  public String wireName() {
    return wireName;
  }

  /** Name in {@code query_online_status}; empty for {@code SERVER}, which shows no detail. */
  public String restName() {
    return restName;
  }

  /** Whether a lost connection leaves the device reachable by push (PushOnline). */
  public boolean isMobile() {
    return mobile;
  }
}
