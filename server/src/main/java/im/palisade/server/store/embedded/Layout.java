package im.palisade.server.store.embedded;

import java.nio.file.Path;

/**
 * Where things are in the embedded database's directory. The directory is ours and only passed
 * through by the database's user, so that a subverted database cannot make us write through a link;
 * {@code data} and the error log's content are the database's.
 */
final class Layout {
  private Layout() {}

  static Path data(Path directory) {
    return directory.resolve("data");
  }

  /**
   * Temporary tables: not in {@code /tmp}, since a server that starts deletes what it finds of them
   * and so would break the others of this machine.
   */
  static Path temporary(Path directory) {
    return directory.resolve("tmp");
  }

  static Path errorLog(Path directory) {
    return directory.resolve("error.log");
  }

  static Path initialisationLog(Path directory) {
    return directory.resolve("init.log");
  }

  static Path configuration(Path directory) {
    return directory.resolve("my.cnf");
  }

  /** Who runs on the data: process id and start time. */
  static Path processFile(Path directory) {
    return directory.resolve("server.pid");
  }

  /** Which version last wrote the data. */
  static Path versionFile(Path directory) {
    return directory.resolve("version");
  }
}
