package im.palisade.server.official;

import java.security.SecureRandom;
import java.util.stream.Collectors;

/** What an official account may be called (rest-conversations-ops Part I). */
final class OfficialIds {
  /** Every official account's id begins so. */
  static final String PREFIX = "@TOA#";

  /** Ids that apps choose begin so. */
  private static final String CHOSEN = "@TOA#_";

  private static final int MAX_BYTES = 48;
  private static final int MADE_LENGTH = 10;
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  private static final SecureRandom RANDOM = new SecureRandom();

  private OfficialIds() {}

  /**
   * Whether an app may choose it: at least one character behind the prefix, no space at the end.
   */
  static boolean isChoosable(String id) {
    return id.startsWith(CHOSEN)
        && id.length() > CHOSEN.length()
        && id.length() <= MAX_BYTES
        && id.chars().allMatch(c -> c >= 0x20 && c <= 0x7E)
        && !id.endsWith(" ");
  }

  /** A new id of the server's. */
  static String made() {
    return RANDOM
        .ints(MADE_LENGTH, 0, ALPHABET.length())
        .mapToObj(at -> ALPHABET.substring(at, at + 1))
        .collect(Collectors.joining("", PREFIX, ""));
  }
}
