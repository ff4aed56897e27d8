package im.palisade.compliance.log;

import im.palisade.compliance.file.LogFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The fencing number: whoever raised it last may write. */
final class Fence {
  private static final String FILE = "writer/fence";

  private Fence() {}

  static long raise(LogFiles files) throws IOException {
    long next = present(files) + 1;
    files.replace(FILE, Long.toString(next).getBytes(StandardCharsets.US_ASCII));
    return next;
  }

  static long present(LogFiles files) throws IOException {
    byte[] text = files.read(FILE).orElse(new byte[] {'0'});
    return Long.parseLong(new String(text, StandardCharsets.US_ASCII));
  }
}
