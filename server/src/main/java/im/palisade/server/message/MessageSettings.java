package im.palisade.server.message;

import im.palisade.server.config.Setting;
import im.palisade.server.config.Settings;
import java.util.List;

/**
 * How messages are written.
 *
 * @param writers lanes of the group-commit pipeline per region
 */
public record MessageSettings(int writers) {
  private static final Setting<Integer> WRITERS =
      Setting.integer(
          "message.writers",
          2,
          1,
          16,
          "Lanes of the message writer per region. Each holds one database connection; more lanes"
              + " overlap commits, fewer make larger batches.");

  /** Every setting of this feature. */
  public static final List<Setting<?>> SETTINGS = List.of(WRITERS);

  public static MessageSettings from(Settings settings) {
    return new MessageSettings(settings.get(WRITERS));
  }
}
