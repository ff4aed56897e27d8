package im.palisade.server.config;

import java.util.List;

/**
 * How the server logs.
 *
 * @param format of a line
 * @param level least level that is written
 */
public record LoggingSettings(Format format, Level level) {
  /** A line for people or for machines. */
  public enum Format {
    TEXT,
    JSON
  }

  /** Least level. */
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  private static final Setting<Format> FORMAT =
      Setting.choice(
          "logging.format",
          Format.class,
          Format.TEXT,
          "Form of a log line on standard output: text for people, json for collectors.");
  private static final Setting<Level> LEVEL =
      Setting.choice(
          "logging.level",
          Level.class,
          Level.INFO,
          "Least level that is logged. Neither message content nor secrets are logged at any.");

  /** Every setting of this feature. */
  public static final List<Setting<?>> SETTINGS = List.of(FORMAT, LEVEL);

  public static LoggingSettings from(Settings settings) {
    return new LoggingSettings(settings.get(FORMAT), settings.get(LEVEL));
  }
}
