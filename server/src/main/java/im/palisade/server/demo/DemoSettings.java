package im.palisade.server.demo;

import im.palisade.server.config.Setting;
import im.palisade.server.config.Settings;
import java.util.List;

/**
 * Whether the chat page is served.
 *
 * @param chat on, off, or by itself
 */
public record DemoSettings(When chat) {
  /** When something is served. */
  public enum When {
    AUTO,
    ON,
    OFF
  }

  private static final Setting<When> CHAT =
      Setting.choice(
          "demo.chat",
          When.class,
          When.AUTO,
          "Whether the chat page is served at /chat. Whoever reaches it can be any user of the"
              + " first app but an administrator. auto: only with the embedded database and when"
              + " both listeners are on loopback.");

  /** Every setting of this feature. */
  public static final List<Setting<?>> SETTINGS = List.of(CHAT);

  /** Takes the values an operator gave. */
  public static DemoSettings from(Settings settings) {
    return new DemoSettings(settings.get(CHAT));
  }

  /**
   * Whether the page is to be served.
   *
   * @param embedded the database is the embedded one
   * @param loopback nobody else reaches the listeners
   */
  boolean isOn(boolean embedded, boolean loopback) {
    return switch (chat) {
      case ON -> true;
      case OFF -> false;
      case AUTO -> embedded && loopback;
    };
  }
}
