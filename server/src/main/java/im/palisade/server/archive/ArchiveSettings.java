package im.palisade.server.archive;

import im.palisade.server.config.Setting;
import im.palisade.server.config.Settings;
import java.util.List;
import java.util.Optional;

/**
 * Where archives are fetched from.
 *
 * @param publicUrl of the REST listener as its callers reach it, without a slash at the end
 */
public record ArchiveSettings(Optional<String> publicUrl) {
  private static final Setting<Optional<String>> PUBLIC_URL =
      Setting.webAddress(
          "archive.public-url",
          "Where callers reach the REST listener, for links to message archives; its own address"
              + " and port when empty.");

  /** Every setting of this feature. */
  public static final List<Setting<?>> SETTINGS = List.of(PUBLIC_URL);

  /** Takes the values an operator gave. */
  public static ArchiveSettings from(Settings settings) {
    return new ArchiveSettings(settings.get(PUBLIC_URL));
  }
}
