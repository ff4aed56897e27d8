package im.palisade.server.store.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The database's own log. */
final class ErrorLog {
  private static final long ROTATE_AT = 8L << 20;
  private static final int TAIL = 64 << 10;

  private ErrorLog() {}

  /** Makes the file when absent, sets a large one aside, and lets the database write it. */
  static void prepare(Path log, ChildUser user) throws IOException {
    if (Files.exists(log) && Files.size(log) > ROTATE_AT) {
      Files.move(
          log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    }
    createPrivate(log);
    user.own(log);
  }

  /** Makes an empty file for us alone, unless there is one. */
  static void createPrivate(Path log) throws IOException {
    if (!Files.exists(log)) {
      Files.createFile(log);
    }
    ChildUser.setMode(log, "rw-------");
  }

  /**
   * The last line from an offset on that says an error, without its time, led by {@code ": "}; else
   * empty.
   */
  static String lastError(Path log, long from) {
    String lastError = "";
    for (String line : tail(log, from).split("\n", -1)) {
      int at = line.indexOf("ERROR");
      if (at >= 0) {
        lastError = ": " + line.substring(at).replaceFirst("ERROR[]:]", "").trim();
      }
    }
    return lastError;
  }

  private static String tail(Path log, long from) {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long length = file.length();
      long begin = Math.clamp(length - TAIL, Math.min(from, length), length);
      byte[] bytes = new byte[(int) (length - begin)];
      file.seek(begin);
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
