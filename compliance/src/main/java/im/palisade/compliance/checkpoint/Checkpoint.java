package im.palisade.compliance.checkpoint;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a C2SP tlog-checkpoint says: the log, its size and its root. */
@SuppressWarnings("ArrayRecordComponent") // compared by content or not at all
public record Checkpoint(String origin, long size, byte[] root) {
  private static final Pattern TEXT =
      Pattern.compile("([^\\n]+)\\n(0|[1-9][0-9]{0,17})\\n([A-Za-z0-9+/]{43}=)\\n");

  /**
   * Reads the text of a checkpoint: exactly three lines, no extensions.
   *
   * @throws IllegalArgumentException when it is not one
   */
  public static Checkpoint parse(String text) {
    Matcher lines = TEXT.matcher(text);
    if (!lines.matches()) {
      throw new IllegalArgumentException("not a checkpoint");
    }
    Checkpoint checkpoint =
        new Checkpoint(
            lines.group(1),
            Long.parseLong(lines.group(2)),
            Base64.getDecoder().decode(lines.group(3)));
    // Base64 with stray bits at its end decodes too; only one spelling is a checkpoint.
    if (!checkpoint.text().equals(text)) {
      throw new IllegalArgumentException("not a checkpoint");
    }
    return checkpoint;
  }

  /** The text that is signed. */
  public String text() {
    return origin + "\n" + size + "\n" + rootText() + "\n";
  }

  /** The root in base64. */
  public String rootText() {
    return Base64.getEncoder().encodeToString(root);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Checkpoint checkpoint && checkpoint.text().equals(text());
  }

  @Override
  public int hashCode() {
    return text().hashCode();
  }
}
