package im.palisade.server;

import im.palisade.server.account.AccountImport;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.app.AppSettings;
import im.palisade.server.audit.Cause;
import im.palisade.server.store.Regions;
import java.util.Comparator;

/**
 * The first app, which a first start creates with its key and administrator. A start that was cut
 * short in between is completed by the next one.
 */
final class TrialApp {
  static final String ADMINISTRATOR = "administrator";

  /**
   * Declares the custom fields that the upstream product's own samples use, and switches on every
   * group feature, so that whatever the documentation shows can be tried at once.
   */
  static final AppSettings SETTINGS =
      AppSettings.parse(
          """
          {
            "profileFields": [{"name": "Test"}],
            "friendFields": [{"name": "Test"}],
            "groups": {
              "memberList": true,
              "guests": true,
              "broadcast": true,
              "groupFields": [{"name": "GroupTestData1"}, {"name": "GroupTestData2"}],
              "memberFields": [{"name": "MemberDefined1"}, {"name": "MemberDefined2"}]
            }
          }
          """);

  private final AppService apps;
  private final AccountService accounts;

  TrialApp(AppService apps, AccountService accounts) {
    this.apps = apps;
    this.accounts = accounts;
  }

  /** The installation's first app, created when there is none. */
  App ensure(Cause cause) {
    App first =
        apps.all().stream()
            .min(Comparator.comparingLong(App::appId))
            .orElseGet(() -> apps.create("trial", Regions.HOME, SETTINGS, cause));
    if (!first.administrators().isEmpty()) {
      return first;
    }
    accounts.importAccount(first, AccountImport.of(ADMINISTRATOR), cause.within(first.appId()));
    return apps.addAdministrator(first.appId(), ADMINISTRATOR, cause);
  }
}
