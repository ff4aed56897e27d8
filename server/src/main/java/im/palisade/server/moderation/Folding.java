package im.palisade.server.moderation;

/** Letters without their case. A folded text has the length of the text, char by char. */
final class Folding {
  /** One char for one: looking up beats asking {@link Character} twice for each. */
  private static final char[] FOLDED = new char[1 << 16];

  static {
    for (int c = 0; c < FOLDED.length; c++) {
      FOLDED[c] = Character.toLowerCase(Character.toUpperCase((char) c));
    }
    // No character; the automaton has no room for it.
    FOLDED[0xFFFF] = 0xFFFD;
  }

  private Folding() {}

  /** The text with every letter in the one case that all its cases have in common. */
  static String fold(String text) {
    return new String(folded(text));
  }

  /** The same as chars, for who looks through it once. */
  static char[] folded(String text) {
    char[] folded = new char[text.length()];
    for (int i = 0; i < folded.length; i++) {
      char c = text.charAt(i);
      folded[i] = FOLDED[c];
      if (Character.isLowSurrogate(c) && i > 0 && Character.isHighSurrogate(text.charAt(i - 1))) {
        int codePoint = Character.toCodePoint(text.charAt(i - 1), c);
        int lower = Character.toLowerCase(Character.toUpperCase(codePoint));
        if (lower != codePoint && Character.charCount(lower) == 2) {
          Character.toChars(lower, folded, i - 1);
        }
      }
    }
    return folded;
  }
}
