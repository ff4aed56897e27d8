package im.palisade.server.callback;

import im.palisade.server.config.Setting;
import im.palisade.server.config.Settings;
import im.palisade.server.security.AddressBlock;
import java.util.List;

/**
 * What an operator allows the webhooks of all apps.
 *
 * @param allowed networks that may be called although they are refused otherwise
 * @param denied networks that are never called
 * @param verifyCertificates whether receivers' certificates must be trusted
 */
public record CallbackSettings(
    List<AddressBlock> allowed, List<AddressBlock> denied, boolean verifyCertificates) {
  private static final Setting<List<AddressBlock>> ALLOWED =
      AddressBlock.setting(
          "webhook.allowed-networks",
          "",
          "Networks webhooks may call although this machine, link-local and metadata addresses"
              + " are refused.");
  private static final Setting<List<AddressBlock>> DENIED =
      AddressBlock.setting(
          "webhook.denied-networks", "", "Networks webhooks never call, whatever else allows it.");
  private static final Setting<Boolean> VERIFY =
      Setting.flag(
          "webhook.verify-certificates",
          true,
          "Whether the certificates of webhook receivers must be trusted.");

  /** Every setting of this feature. */
  public static final List<Setting<?>> SETTINGS = List.of(ALLOWED, DENIED, VERIFY);

  public CallbackSettings {
    allowed = List.copyOf(allowed);
    denied = List.copyOf(denied);
  }

  /** Takes the values an operator gave. */
  public static CallbackSettings from(Settings settings) {
    return new CallbackSettings(settings.get(ALLOWED), settings.get(DENIED), settings.get(VERIFY));
  }
}
