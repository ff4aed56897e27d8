package im.palisade.server.admin;

import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.AdminServer;
import im.palisade.server.admin.door.AdminTable;
import im.palisade.server.admin.door.ConsoleSettings;
import im.palisade.server.admin.identity.AdministratorService;
import im.palisade.server.admin.identity.AdministratorsApi;
import im.palisade.server.admin.identity.FirstAdministrator;
import im.palisade.server.admin.identity.OwnAccountApi;
import im.palisade.server.admin.identity.OwnAccountService;
import im.palisade.server.admin.identity.Passwords;
import im.palisade.server.admin.identity.RoleService;
import im.palisade.server.admin.identity.SessionApi;
import im.palisade.server.admin.identity.SignInService;
import im.palisade.server.app.AppService;
import im.palisade.server.jobs.Job;
import im.palisade.server.security.SecretBox;
import im.palisade.server.security.TransportSecurity;
import im.palisade.server.store.AuditJournal;
import im.palisade.server.store.Regions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** The management console's side in the server, put together. */
public final class AdminFeature {
  private final ConsoleSettings settings;
  private final SignInService signIns;
  private final FirstAdministrator first;
  private final AppService apps;
  private final AuditJournal journal;
  private final Clock clock;
  private final AdminTable table;

  /**
   * The console.
   *
   * @param directory where the first administrator's link is left
   * @param pages the calls of its pages, beside those about administrators themselves
   */
  public AdminFeature(
      ConsoleSettings settings,
      Regions regions,
      AppService apps,
      AuditJournal journal,
      SecretBox secrets,
      Path directory,
      List<AdminEndpoint<?, ?>> pages,
      Clock clock) {
    this.settings = settings;
    this.apps = apps;
    this.journal = journal;
    this.clock = clock;
    Passwords passwords = new Passwords();
    signIns = new SignInService(regions.home(), journal, secrets, passwords, settings, clock);
    first = new FirstAdministrator(regions.home(), passwords, directory, clock);
    RoleService roles = new RoleService(regions.home());
    List<AdminEndpoint<?, ?>> all = new ArrayList<>();
    all.addAll(new SessionApi(signIns, first, settings).endpoints());
    all.addAll(
        new OwnAccountApi(
                new OwnAccountService(regions.home(), secrets, passwords, clock), signIns, settings)
            .endpoints());
    all.addAll(pages);
    all.addAll(
        new AdministratorsApi(
                new AdministratorService(regions.home(), apps, passwords, signIns, roles, clock),
                roles)
            .endpoints());
    table = new AdminTable(all);
  }

  /** Every call. */
  public AdminTable table() {
    return table;
  }

  /** The listener, not yet started. */
  public AdminServer server(TransportSecurity security) {
    return new AdminServer(settings, security, table, signIns, apps::find, journal, clock);
  }

  /** How the first administrator gets in. */
  public FirstAdministrator first() {
    return first;
  }

  /** Ends sessions that have run out. */
  public Job sweeping() {
    return signIns.sweeping();
  }
}
