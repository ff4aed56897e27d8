package im.palisade.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A settings file that is changed by program: one dotted key a line, everything else (comments,
 * other keys) stays as it is. The file is replaced only by one that was read and checked.
 */
public final class SettingsFile {
  private final Path file;
  private final Collection<Setting<?>> declared;

  public SettingsFile(Path file, Collection<Setting<?>> declared) {
    this.file = file;
    this.declared = declared;
  }

  /**
   * Gives a key a value.
   *
   * @throws SettingException when there is no such key, the value is not allowed, or the key stands
   *     in the file in a nested form that cannot be changed by program
   */
  public void set(String key, String value) throws IOException {
    change(key, List.of(key + ": " + quoted(value)));
  }

  /**
   * Takes a key out, so that its default holds.
   *
   * @throws SettingException as above
   */
  public void unset(String key) throws IOException {
    change(key, List.of());
  }

  private void change(String key, List<String> line) throws IOException {
    if (declared.stream().noneMatch(setting -> setting.key().equals(key))) {
      throw new SettingException(key, "no such setting");
    }
    List<String> lines =
        Files.exists(file) ? new ArrayList<>(Files.readAllLines(file)) : new ArrayList<>();
    Pattern ours = Pattern.compile("['\"]?" + Pattern.quote(key) + "['\"]?\\s*:.*");
    int at = lines.size();
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (ours.matcher(lines.get(i)).matches()) {
        lines.remove(i);
        at = i;
      }
    }
    Path candidate = file.resolveSibling("." + file.getFileName() + ".candidate");
    try {
      if (checked(candidate, lines).isSet(key)) {
        throw new SettingException(key, "stands in " + file + " in a nested form: change it there");
      }
      lines.addAll(at, line);
      checked(candidate, lines);
    } finally {
      Files.deleteIfExists(candidate);
    }
    replace(text(lines));
  }

  private Settings checked(Path candidate, List<String> lines) throws IOException {
    DurableFiles.write(candidate, text(lines), "rw-------");
    return Settings.read(declared, candidate, Map.of(), Map.of());
  }

  /** Owner, group and mode stay: the server must still be able to read it, and nobody else. */
  private void replace(String text) throws IOException {
    if (!Files.exists(file)) {
      DurableFiles.write(file, text, "rw-------");
      return;
    }
    Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
    DurableFiles.write(fresh, text, "rw-------");
    for (String attribute : List.of("unix:uid", "unix:gid", "unix:mode")) {
      Files.setAttribute(fresh, attribute, Files.getAttribute(file, attribute));
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    DurableFiles.forceDirectory(file.toAbsolutePath().getParent());
  }

  private static String text(List<String> lines) {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  private static String quoted(String value) {
    if (value.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException("a value is one line");
    }
    return "'" + value.replace("'", "''") + "'";
  }
}
