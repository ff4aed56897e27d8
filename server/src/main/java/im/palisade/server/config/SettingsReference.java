package im.palisade.server.config;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * Writes the settings file that a first start leaves behind: every key, commented out, explained.
 */
public final class SettingsReference {
  private static final int WIDTH = 96;

  private SettingsReference() {}

  /** A YAML text in which every setting stands with its meaning, form and default. */
  public static String yaml(Collection<Setting<?>> declared) {
    StringBuilder out =
        new StringBuilder(
            """
            # Palisade settings. Every key is shown with its default; remove the '#' to change one.
            # The environment (the name in brackets) wins over this file, the command line over both.
            """);
    String open = "";
    for (Setting<?> setting : declared) {
      int dot = setting.key().lastIndexOf('.');
      String section = setting.key().substring(0, dot);
      if (!section.equals(open)) {
        out.append('\n');
        open = section;
      }
      wrap(out, setting.meaning());
      wrap(out, "Form: " + setting.form() + " [" + setting.environmentName() + "]");
      out.append('#').append(setting.key()).append(": ").append(quoted(setting.defaultText()));
      out.append('\n');
    }
    return out.toString();
  }

  private static String quoted(String text) {
    return text.isEmpty() || text.contains("#") || text.contains(": ") ? '"' + text + '"' : text;
  }

  private static void wrap(StringBuilder out, String text) {
    Deque<String> words = new ArrayDeque<>(List.of(text.split(" ")));
    while (!words.isEmpty()) {
      StringBuilder line = new StringBuilder("#");
      while (!words.isEmpty() && line.length() + 1 + words.peek().length() <= WIDTH) {
        line.append(' ').append(words.poll());
      }
      if (line.length() == 1) {
        line.append(' ').append(words.poll());
      }
      out.append(line).append('\n');
    }
  }
}
