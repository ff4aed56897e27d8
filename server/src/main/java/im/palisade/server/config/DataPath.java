package im.palisade.server.config;

import java.nio.file.Path;

/** Where a server keeps everything unless it is told otherwise. */
public final class DataPath {
  private DataPath() {}

  /**
   * What the system property {@code palisade.data} says, as an installation's command does; else
   * {@code /var/lib/palisade} for root, and in the user's own data folder for others.
   */
  public static Path standard() {
    String installed = System.getProperty("palisade.data", "");
    if (!installed.isEmpty()) {
      return Path.of(installed);
    }
    if (System.getProperty("user.name").equals("root")) {
      return Path.of("/var/lib/palisade");
    }
    String xdg = System.getenv("XDG_DATA_HOME");
    Path base =
        xdg == null || xdg.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".local", "share")
            : Path.of(xdg);
    return base.resolve("palisade").toAbsolutePath();
  }
}
