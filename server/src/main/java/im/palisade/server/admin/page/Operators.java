package im.palisade.server.admin.page;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.app.App;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;

/**
 * Which account stands for the console where the app's users see an operator: administrators are no
 * users. The audit log names the administrator.
 */
final class Operators {
  private final AccountService accounts;

  Operators(AccountService accounts) {
    this.accounts = accounts;
  }

  /** The first of the app's own administrators. */
  Account of(AdminCall call) {
    return call.app().administrators().stream()
        .sorted()
        .flatMap(userId -> accounts.find(call.app(), userId).stream())
        .findFirst()
        .orElseThrow(() -> AdminException.of(Refusal.CONFLICT, Reason.NO_REST_USER));
  }

  /**
   * A user of the app.
   *
   * @throws ImException ACCOUNT_NOT_FOUND
   */
  Account user(App app, String userId) {
    return accounts
        .find(app, userId)
        .orElseThrow(() -> new ImException(ErrorCode.ACCOUNT_NOT_FOUND));
  }
}
