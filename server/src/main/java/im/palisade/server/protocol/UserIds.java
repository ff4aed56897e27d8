package im.palisade.server.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a UserID may be (rest-conventions §5.2). */
public final class UserIds {
  /** Longest UserID in UTF-8 bytes. */
  public static final int MAX_BYTES = 32;

  /**
   * Prefixes of ids that are not made by apps: groups, robots, official accounts, system, guests.
   */
  private static final List<String> RESERVED = List.of("@TGS#", "@RBT#", "@TOA#", "@TIM#", "@GST#");

  /** How the ids of guests begin, who watch live rooms without an account. */
  private static final String GUEST = "@GST#";

  private UserIds() {}

  /** Whether this names a guest. */
  public static boolean isGuest(String id) {
    return id.length() > GUEST.length() && id.startsWith(GUEST) && isWellFormed(id);
  }

  /**
   * Whether this names an account at all: 1–32 bytes of printable ASCII or multi-byte UTF-8, no
   * space at either end.
   */
  public static boolean isWellFormed(String id) {
    int length = id.length();
    if (length == 0 || length > MAX_BYTES || id.charAt(0) == ' ' || id.charAt(length - 1) == ' ') {
      return false;
    }
    boolean ascii = true;
    for (int i = 0; i < length; i++) {
      char c = id.charAt(i);
      if (c < 0x20 || c == 0x7F) {
        return false;
      }
      if (c >= 0x80) {
        ascii = false;
        if (Character.isHighSurrogate(c)) {
          if (++i == length || !Character.isLowSurrogate(id.charAt(i))) {
            return false;
          }
        } else if (Character.isLowSurrogate(c) || c < 0xA0) {
          return false;
        }
      }
    }
    return ascii || id.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
  }

  /** Whether an app may create an account of that id. */
  public static boolean isImportable(String id) {
    return isWellFormed(id) && RESERVED.stream().noneMatch(id::startsWith);
  }
}
