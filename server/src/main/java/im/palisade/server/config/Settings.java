package im.palisade.server.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The values of the declared settings. The command line wins over the environment, the environment
 * over the file, the file over the defaults. Everything is read and checked when this is made, so a
 * server that has its settings has valid ones.
 */
public final class Settings {
  private final Map<String, Object> values;
  private final Map<String, String> texts;

  private Settings(Map<String, Object> values, Map<String, String> texts) {
    this.values = values;
    this.texts = texts;
  }

  /**
   * Reads settings.
   *
   * @param declared every setting there is
   * @param file YAML with nested or dotted keys; need not exist
   * @param environment variables, of which those that begin with PALISADE_ and name a setting count
   * @param overrides by key, from the command line
   * @throws SettingException naming the first key that is unknown or whose value is wrong
   */
  public static Settings read(
      Collection<Setting<?>> declared,
      Path file,
      Map<String, String> environment,
      Map<String, String> overrides) {
    Map<String, Setting<?>> byKey = new LinkedHashMap<>();
    for (Setting<?> setting : declared) {
      if (byKey.put(setting.key(), setting) != null) {
        throw new IllegalStateException("setting declared twice: " + setting.key());
      }
    }
    Map<String, String> texts = new HashMap<>();
    texts.putAll(known(byKey, fromFile(file), file.toString()));
    for (Setting<?> setting : declared) {
      String value = environment.get(setting.environmentName());
      if (value != null) {
        texts.put(setting.key(), value);
      }
    }
    texts.putAll(known(byKey, overrides, "the command line"));

    Map<String, Object> values = new HashMap<>();
    for (Setting<?> setting : declared) {
      values.put(
          setting.key(), value(setting, texts.getOrDefault(setting.key(), setting.defaultText())));
    }
    return new Settings(Map.copyOf(values), Map.copyOf(texts));
  }

  /** What was written for a setting, or its default's text. */
  public String text(Setting<?> setting) {
    return texts.getOrDefault(setting.key(), setting.defaultText());
  }

  /** Whether somebody gave that key a value. */
  boolean isSet(String key) {
    return texts.containsKey(key);
  }

  /** The texts of the settings that were given, wherever, by key; defaults are not among them. */
  public Map<String, String> given() {
    return texts;
  }

  /** The value of a declared setting. */
  @SuppressWarnings("unchecked")
  public <T> T get(Setting<T> setting) {
    Object value = values.get(setting.key());
    if (value == null) {
      throw new IllegalStateException("not a declared setting: " + setting.key());
    }
    return (T) value;
  }

  private static Object value(Setting<?> setting, String text) {
    try {
      return setting.reader().apply(text);
    } catch (IllegalArgumentException e) {
      throw new SettingException(setting.key(), e.getMessage(), e);
    }
  }

  private static Map<String, String> known(
      Map<String, Setting<?>> byKey, Map<String, String> texts, String where) {
    for (String key : new TreeSet<>(texts.keySet())) {
      if (!byKey.containsKey(key)) {
        throw new SettingException(key, "no such setting (in " + where + ")" + near(byKey, key));
      }
    }
    return texts;
  }

  private static String near(Map<String, Setting<?>> byKey, String key) {
    String last = key.substring(key.lastIndexOf('.') + 1);
    List<String> candidates =
        byKey.keySet().stream().filter(k -> k.endsWith("." + last) || k.contains(last)).toList();
    return candidates.isEmpty() ? "" : "; did you mean " + String.join(" or ", candidates) + "?";
  }

  private static Map<String, String> fromFile(Path file) {
    if (!Files.exists(file)) {
      return Map.of();
    }
    try {
      JsonNode root = new YAMLMapper().readTree(file.toFile());
      Map<String, String> texts = new HashMap<>();
      if (root != null && !root.isMissingNode() && !root.isNull()) {
        flatten("", root, texts);
      }
      return texts;
    } catch (IllegalArgumentException e) {
      throw new SettingException(file.toString(), e.getMessage(), e);
    } catch (JacksonException e) {
      String where =
          e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr() + ": ";
      throw new SettingException(
          file.toString(), "is not YAML" + where + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new SettingException(file.toString(), "cannot be read: " + e.getMessage(), e);
    }
  }

  private static void flatten(String prefix, JsonNode node, Map<String, String> into) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              entry ->
                  flatten(
                      prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey(),
                      entry.getValue(),
                      into));
    } else if (node.isArray()) {
      into.put(prefix, node.valueStream().map(JsonNode::asText).collect(Collectors.joining(",")));
    } else if (prefix.isEmpty()) {
      throw new IllegalArgumentException("must hold keys and values");
    } else if (!node.isNull()) {
      into.put(prefix, node.asText());
    }
  }
}
