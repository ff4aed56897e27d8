package im.palisade.server.file;

import im.palisade.server.config.Setting;
import im.palisade.server.config.Settings;
import java.util.List;
import java.util.Optional;

/**
 * Where media files are reached.
 *
 * @param publicUrl of the REST listener as clients reach it, without a slash at the end
 */
public record FileSettings(Optional<String> publicUrl) {
  private static final Setting<Optional<String>> PUBLIC_URL =
      Setting.webAddress(
          "file.public-url",
          "Where clients reach the REST listener's /media, for the URLs of media files; its own"
              + " address and port when empty.");

  /** Every setting of this feature. */
  public static final List<Setting<?>> SETTINGS = List.of(PUBLIC_URL);

  /** Takes the values an operator gave. */
  public static FileSettings from(Settings settings) {
    return new FileSettings(settings.get(PUBLIC_URL));
  }
}
