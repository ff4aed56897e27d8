package im.palisade.server.archive;

import im.palisade.server.app.App;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A clock hour of an app, by its wall clock: mostly 60 minutes.
 *
 * @param text as the caller named it, {@code yyyymmddhh}
 * @param begin its first instant
 * @param end the first instant after it
 */
record ArchiveHour(App app, ChatType type, String text, Instant begin, Instant end) {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuuMMddHH").withResolverStyle(ResolverStyle.STRICT);

  /** The kinds of conversations there are archives of. */
  enum ChatType {
    C2C("C2C"),
    GROUP("Group");

    private final String restName;

    ChatType(String restName) {
      this.restName = restName;
    }

    String restName() {
      return restName;
    }

    static ChatType ofRestName(String name) {
      return name.equals(C2C.restName) ? C2C : GROUP;
    }
  }

  /** The hour of ten digits in the app's time zone; empty when there is none. */
  static Optional<ArchiveHour> parse(App app, ChatType type, String text) {
    if (text.length() != 10 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    try {
      LocalDateTime local = LocalDateTime.parse(text, FORMAT);
      ZoneId zone = app.settings().zone();
      // An hour that summer time leaves out is none; one that it repeats is twice as long.
      return zone.getRules().getValidOffsets(local).isEmpty()
          ? Optional.empty()
          : Optional.of(
              new ArchiveHour(
                  app, type, text, start(local, zone), start(local.plusHours(1), zone)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The hour a moment is in. */
  static ArchiveHour of(App app, ChatType type, Instant moment) {
    ZoneId zone = app.settings().zone();
    LocalDateTime local = LocalDateTime.ofInstant(moment, zone).truncatedTo(ChronoUnit.HOURS);
    return new ArchiveHour(
        app, type, FORMAT.format(local), start(local, zone), start(local.plusHours(1), zone));
  }

  private static Instant start(LocalDateTime local, ZoneId zone) {
    return local.atZone(zone).toInstant();
  }

  /** Begins the names of its files; the hour stands there as UNIX seconds. */
  String fileStem() {
    return app.appId()
        + "-"
        + (type == ChatType.C2C ? "c2c" : "group")
        + "-"
        + begin.getEpochSecond();
  }
}
