package im.palisade.server.file;

import java.util.Arrays;
import java.util.Optional;

/** What a file is for. The codes are stored: they never change their meaning. */
enum FileKind {
  IMAGE(1, "image", 28),
  SOUND(2, "sound", 28),
  VIDEO(3, "video", 100),
  FILE(4, "file", 100);

  private final int code;
  private final String wireName;
  private final long maxBytes;

  FileKind(int code, String wireName, int megabytes) {
    this.code = code;
    this.wireName = wireName;
    this.maxBytes = (long) megabytes << 20;
  }

  int code() {
    return code;
  }

  String wireName() {
    return wireName;
  }

  /** Largest file of this kind (message-formats §1.1). */
  long maxBytes() {
    return maxBytes;
  }

  static Optional<FileKind> ofWireName(String name) {
    return Arrays.stream(values()).filter(kind -> kind.wireName.equals(name)).findFirst();
  }
}
