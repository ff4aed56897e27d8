package im.palisade.compliance.log;

import im.palisade.compliance.file.LogFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The fencing number: whoever raised it last may write. */
final class Fence {
  private static final String FILE = "writer/fence";

  private Fence() {}

  /**
   * Raises it above every number that journals bear, so that a lost or changed file cannot let a
   * new segment pass for an older one.
   */
  static long raise(LogFiles files) throws IOException {
    long highest = present(files);
    for (int epoch : EpochFiles.epochs(files)) {
      for (String name : files.list(epoch + "/journal")) {
        if (name.matches("[0-9]{16}-[0-9]{8,18}")) {
          highest = Math.max(highest, Long.parseLong(name.substring(17)));
        }
      }
    }
    long next = highest + 1;
    files.replace(FILE, Long.toString(next).getBytes(StandardCharsets.US_ASCII));
    return next;
  }

  /** The number that stands there; 0 when there is none that can be read. */
  static long present(LogFiles files) throws IOException {
    byte[] text = files.read(FILE).orElse(new byte[] {'0'});
    String number = new String(text, StandardCharsets.US_ASCII);
    return number.matches("[0-9]{1,18}") ? Long.parseLong(number) : 0;
  }
}
