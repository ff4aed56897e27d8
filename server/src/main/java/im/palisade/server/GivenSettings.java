package im.palisade.server;

import im.palisade.server.addresses.AddressSettings;
import im.palisade.server.admin.door.ConsoleSettings;
import im.palisade.server.archive.ArchiveSettings;
import im.palisade.server.auditlog.AuditLogSettings;
import im.palisade.server.auditlog.care.AuditCare;
import im.palisade.server.auditlog.forward.ForwardSettings;
import im.palisade.server.callback.CallbackSettings;
import im.palisade.server.callback.TrialWebhook;
import im.palisade.server.config.Settings;
import im.palisade.server.demo.DemoSettings;
import im.palisade.server.file.FileSettings;
import im.palisade.server.gateway.GatewaySettings;
import im.palisade.server.message.MessageSettings;
import im.palisade.server.rest.RestSettings;
import im.palisade.server.security.TlsSettings;
import im.palisade.server.store.DatabaseSettings;

/**
 * The settings as the parts take them. All are read before anything is started, so that what they
 * alone can refuse is refused then.
 */
record GivenSettings(
    Settings all,
    RestSettings rest,
    GatewaySettings gateway,
    ConsoleSettings console,
    TlsSettings tls,
    DatabaseSettings database,
    MessageSettings messages,
    ArchiveSettings archive,
    FileSettings files,
    AddressSettings addresses,
    CallbackSettings callbacks,
    TrialWebhook trialWebhook,
    DemoSettings demo,
    AuditLogSettings audit,
    AuditCare.Wanted care,
    ForwardSettings forwarders) {

  static GivenSettings from(Settings settings) {
    return new GivenSettings(
        settings,
        RestSettings.from(settings),
        GatewaySettings.from(settings),
        ConsoleSettings.from(settings),
        TlsSettings.from(settings),
        DatabaseSettings.from(settings),
        MessageSettings.from(settings),
        ArchiveSettings.from(settings),
        FileSettings.from(settings),
        AddressSettings.from(settings),
        CallbackSettings.from(settings),
        TrialWebhook.from(settings),
        DemoSettings.from(settings),
        AuditLogSettings.from(settings),
        AuditCare.Wanted.from(settings),
        ForwardSettings.from(settings));
  }
}
