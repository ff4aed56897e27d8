package im.palisade.server.addresses;

import im.palisade.server.config.Setting;
import im.palisade.server.config.Settings;
import im.palisade.server.security.AddressBlock;
import java.util.List;

/**
 * The addresses this installation is reached at and calls from, for firewalls of others. An empty
 * list stands for the addresses of the server's own interfaces.
 *
 * @param client native clients connect to
 * @param web web clients connect to
 * @param webhookEgress webhooks come from
 */
public record AddressSettings(List<String> client, List<String> web, List<String> webhookEgress) {
  private static final Setting<List<String>> CLIENT =
      blocks("addresses.client", "Addresses native clients connect to, as GetIPList tells them.");
  private static final Setting<List<String>> WEB =
      blocks("addresses.web", "Addresses web clients connect to, as GetIPList tells them.");
  private static final Setting<List<String>> WEBHOOK_EGRESS =
      blocks("addresses.webhook-egress", "Addresses webhooks come from, as GetIPList tells them.");

  /** Every setting of this feature. */
  public static final List<Setting<?>> SETTINGS = List.of(CLIENT, WEB, WEBHOOK_EGRESS);

  public AddressSettings {
    client = List.copyOf(client);
    web = List.copyOf(web);
    webhookEgress = List.copyOf(webhookEgress);
  }

  /** Takes the values an operator gave. */
  public static AddressSettings from(Settings settings) {
    return new AddressSettings(
        settings.get(CLIENT), settings.get(WEB), settings.get(WEBHOOK_EGRESS));
  }

  private static Setting<List<String>> blocks(String key, String meaning) {
    Setting<List<String>> words = Setting.list(key, "", meaning);
    return new Setting<>(
        key,
        "addresses or CIDR blocks, separated by commas",
        "",
        meaning + " The server's own addresses when empty.",
        text -> {
          List<String> texts = words.reader().apply(text);
          texts.forEach(AddressBlock::parse);
          return texts;
        });
  }
}
