package im.palisade.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One declared setting: its dotted key in the YAML file, its default, how its text is read and what
 * it means. The environment name is the key in capitals, {@code .} and {@code -} as {@code _},
 * after {@code PALISADE_}.
 *
 * @param form what the operator may write, as shown in the reference
 * @param reader reads the text or throws IllegalArgumentException with what is wrong
 * @param defaultText the default as it would be written; empty for none
 */
public record Setting<T>(
    String key, String form, String defaultText, String meaning, Function<String, T> reader) {

  /** A free text; empty means not set. */
  public static Setting<Optional<String>> optionalText(String key, String meaning) {
    return new Setting<>(
        key, "text", "", meaning, s -> s.isBlank() ? Optional.empty() : Optional.of(s.trim()));
  }

  /** A path, made absolute; empty means not set. */
  public static Setting<Optional<Path>> path(String key, String meaning) {
    return new Setting<>(
        key,
        "path",
        "",
        meaning,
        s -> s.isBlank() ? Optional.empty() : Optional.of(Path.of(s.strip()).toAbsolutePath()));
  }

  /** A text that is never empty. */
  public static Setting<String> text(String key, String defaultText, String meaning) {
    return new Setting<>(
        key,
        "text",
        defaultText,
        meaning,
        s -> {
          if (s.isBlank()) {
            throw new IllegalArgumentException("must not be empty");
          }
          return s.trim();
        });
  }

  /** An integer within bounds, both inclusive. */
  public static Setting<Integer> integer(
      String key, int defaultValue, int min, int max, String meaning) {
    return new Setting<>(
        key,
        min + " to " + max,
        Integer.toString(defaultValue),
        meaning,
        s -> {
          int value;
          try {
            value = Integer.parseInt(s.trim());
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + s + "' is not an integer", e);
          }
          if (value < min || value > max) {
            throw new IllegalArgumentException(value + " is not within " + min + " to " + max);
          }
          return value;
        });
  }

  /** {@code true} or {@code false}. */
  public static Setting<Boolean> flag(String key, boolean defaultValue, String meaning) {
    return new Setting<>(
        key,
        "true or false",
        Boolean.toString(defaultValue),
        meaning,
        s ->
            switch (s.trim().toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException("'" + s + "' is not true or false");
            });
  }

  /** A length of time such as {@code 30s}, {@code 5m}, {@code 2h}, {@code 7d} or {@code 250ms}. */
  public static Setting<Duration> duration(String key, String defaultText, String meaning) {
    return new Setting<>(key, "e.g. 250ms, 30s, 5m, 2h, 7d", defaultText, meaning, Units::duration);
  }

  /** A size in bytes such as {@code 64KiB}, {@code 256MiB} or {@code 2GiB}. */
  public static Setting<Long> size(String key, String defaultText, String meaning) {
    return new Setting<>(key, "e.g. 64KiB, 256MiB, 2GiB", defaultText, meaning, Units::size);
  }

  /** One word of an enum, in lower case with {@code -} for {@code _}. */
  public static <E extends Enum<E>> Setting<E> choice(
      String key, Class<E> type, E defaultValue, String meaning) {
    List<String> words = Arrays.stream(type.getEnumConstants()).map(Setting::word).toList();
    return new Setting<>(
        key,
        String.join(", ", words),
        word(defaultValue),
        meaning,
        s -> {
          int at = words.indexOf(s.trim().toLowerCase(Locale.ROOT));
          if (at < 0) {
            throw new IllegalArgumentException(
                "'" + s + "' is none of " + String.join(", ", words));
          }
          return type.getEnumConstants()[at];
        });
  }

  /** Words separated by commas; may be empty. */
  public static Setting<List<String>> list(String key, String defaultText, String meaning) {
    return new Setting<>(
        key,
        "values separated by commas",
        defaultText,
        meaning,
        s ->
            Arrays.stream(s.split(","))
                .map(String::trim)
                .filter(w -> !w.isEmpty())
                .collect(Collectors.toUnmodifiableList()));
  }

  /** Name of the environment variable that overrides this setting. */
  public String environmentName() {
    return "PALISADE_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** An http or https address, kept without a slash at its end; none when empty. */
  public static Setting<Optional<String>> webAddress(String key, String meaning) {
    return new Setting<>(
        key, "a URL such as https://im.example.org", "", meaning, Setting::webAddress);
  }

  private static Optional<String> webAddress(String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    URI url = URI.create(text.strip().replaceAll("/+$", ""));
    if (!List.of("http", "https").contains(url.getScheme()) || url.getHost() == null) {
      throw new IllegalArgumentException("'" + text + "' is not an http or https URL");
    }
    return Optional.of(url.toString());
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
