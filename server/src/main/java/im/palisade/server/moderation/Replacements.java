package im.palisade.server.moderation;

/**
 * Hits in a text that give way to something else. Of hits that begin at the same place the longest
 * counts, of those that overlap the one that begins first.
 */
final class Replacements {
  private final String text;
  private final int[] ends;
  private final String[] replacements;
  private boolean any;

  Replacements(String text) {
    this.text = text;
    this.ends = new int[text.length()];
    this.replacements = new String[text.length()];
  }

  void add(int begin, int end, String replacement) {
    any = true;
    if (end > ends[begin]) {
      ends[begin] = end;
      replacements[begin] = replacement;
    }
  }

  /** The text with the hits replaced; the very same object when there are none. */
  String applied() {
    if (!any) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (int at = 0; at < text.length(); ) {
      if (ends[at] > 0) {
        out.append(replacements[at]);
        at = ends[at];
      } else {
        out.append(text.charAt(at++));
      }
    }
    return out.toString();
  }
}
