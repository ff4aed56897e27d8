package im.palisade.server.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads amounts as operators write them. */
final class Units {
  private static final Pattern AMOUNT = Pattern.compile("(\\d{1,12})\\s*([A-Za-z]*)");

  private Units() {}

  static Duration duration(String text) {
    Matcher amount = match(text);
    long value = Long.parseLong(amount.group(1));
    return switch (amount.group(2)) {
      case "ms" -> Duration.ofMillis(value);
      case "s" -> Duration.ofSeconds(value);
      case "m" -> Duration.ofMinutes(value);
      case "h" -> Duration.ofHours(value);
      case "d" -> Duration.ofDays(value);
      default ->
          throw new IllegalArgumentException(
              "'" + text + "' needs one of the units ms, s, m, h, d");
    };
  }

  static long size(String text) {
    Matcher amount = match(text);
    long value = Long.parseLong(amount.group(1));
    return switch (amount.group(2)) {
      case "", "B" -> value;
      case "KiB" -> value << 10;
      case "MiB" -> value << 20;
      case "GiB" -> value << 30;
      default ->
          throw new IllegalArgumentException(
              "'" + text + "' needs one of the units B, KiB, MiB, GiB");
    };
  }

  private static Matcher match(String text) {
    Matcher amount = AMOUNT.matcher(text.trim());
    if (!amount.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not an amount with a unit");
    }
    return amount;
  }
}
