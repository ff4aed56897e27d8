package im.palisade.server;

import im.palisade.server.addresses.AddressSettings;
import im.palisade.server.admin.door.ConsoleSettings;
import im.palisade.server.archive.ArchiveSettings;
import im.palisade.server.auditlog.AuditLogSettings;
import im.palisade.server.auditlog.care.AnchorSettings;
import im.palisade.server.auditlog.care.RetentionSettings;
import im.palisade.server.auditlog.forward.ForwardSettings;
import im.palisade.server.callback.CallbackSettings;
import im.palisade.server.callback.TrialWebhook;
import im.palisade.server.config.LoggingSettings;
import im.palisade.server.config.Setting;
import im.palisade.server.demo.DemoSettings;
import im.palisade.server.file.FileSettings;
import im.palisade.server.gateway.GatewaySettings;
import im.palisade.server.message.MessageSettings;
import im.palisade.server.rest.RestSettings;
import im.palisade.server.security.TlsSettings;
import im.palisade.server.store.DatabaseSettings;
import java.util.List;
import java.util.stream.Stream;

/** Every setting there is, in the order of the reference. */
public final class ServerSettings {
  /** Feature by feature. */
  public static final List<Setting<?>> ALL =
      Stream.of(
              RestSettings.SETTINGS,
              GatewaySettings.SETTINGS,
              ConsoleSettings.SETTINGS,
              TlsSettings.SETTINGS,
              DatabaseSettings.SETTINGS,
              MessageSettings.SETTINGS,
              ArchiveSettings.SETTINGS,
              FileSettings.SETTINGS,
              AddressSettings.SETTINGS,
              CallbackSettings.SETTINGS,
              TrialWebhook.SETTINGS,
              DemoSettings.SETTINGS,
              AuditLogSettings.SETTINGS,
              AnchorSettings.SETTINGS,
              RetentionSettings.SETTINGS,
              ForwardSettings.SETTINGS,
              LoggingSettings.SETTINGS)
          .<Setting<?>>flatMap(List::stream)
          .toList();

  private ServerSettings() {}
}
