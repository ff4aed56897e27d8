package im.palisade.server.protocol;

/** What holds for every text that comes in. */
public final class Texts {
  private Texts() {}

  /**
   * Whether it is valid Unicode: half a surrogate pair, which JSON can escape, has no bytes in
   * UTF-8 and would be kept as something else.
   */
  public static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (i + 1 == text.length()
            || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
