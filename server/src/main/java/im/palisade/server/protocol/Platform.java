package im.palisade.server.protocol;

import java.util.Optional;

/** The platforms a client may name at login (client-protocol) and how REST reports them. */
public enum Platform {
  WEB("web", "Web", false),
  ANDROID("android", "Android", true),
  IOS("ios", "iPhone", true),
  WINDOWS("windows", "PC", false),
  MAC("mac", "Mac", false),
  LINUX("linux", "PC", false),
  MINI("mini", "Web", false),
  SERVER("server", "", false);

  private final String wireName;
  private final String restName;
  private final boolean mobile;

  Platform(String wireName, String restName, boolean mobile) {
    this.wireName = wireName;
    this.restName = restName;
    this.mobile = mobile;
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
