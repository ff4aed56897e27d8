package im.palisade.cli;

/**
 * Makes text of strangers harmless on a terminal: no escape sequence, no control character, no
 * change of writing direction, and no line that could pass for one of ours.
 */
final class SafeText {
  private static final String CONTINUED = "\n    | ";

  private SafeText() {}

  /** A text over several lines; those after the first are indented and marked. */
  static String lines(String hostile) {
    return clean(hostile, CONTINUED);
  }

  /** A text on one line. */
  static String line(String hostile) {
    return clean(hostile, " ");
  }

  private static String clean(String hostile, String lineBreak) {
    StringBuilder safe = new StringBuilder(hostile.length() + 16);
    String text = hostile.replace("\r\n", "\n");
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029) {
        safe.append(lineBreak);
      } else if (c == '\t') {
        safe.append("  ");
      } else if (c < 0x20) {
        safe.appendCodePoint(0x2400 + c); // the control picture: visible, without effect
      } else if (c == 0x7F) {
        safe.appendCodePoint(0x2421);
      } else if (changesTheTerminal(c)) {
        safe.appendCodePoint(0xFFFD);
      } else {
        safe.appendCodePoint(c);
      }
    }
    return safe.toString();
  }

  private static boolean changesTheTerminal(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.SURROGATE, Character.UNASSIGNED -> true;
      // Zero-width joiners belong to emoji; every other format character can only mislead here.
      case Character.FORMAT -> c != 0x200D && c != 0x200C;
      default -> false;
    };
  }
}
