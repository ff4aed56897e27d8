package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.rest.RestCall;
import java.util.Optional;

/** Who acts in a REST call. */
final class RestActors {
  private RestActors() {}

  /** The calling administrator, with the app's power. */
  static Actor of(AccountService accounts, RestCall call) {
    return of(accounts, call, Optional.empty());
  }

  /**
   * The account named as operator, which acts with its own rights, or the calling administrator.
   *
   * @throws ImException GROUP_ACCOUNT_NOT_FOUND
   */
  static Actor of(AccountService accounts, RestCall call, Optional<String> from) {
    String userId = from.orElse(call.administrator().userId());
    Account account =
        accounts
            .find(call.app(), userId)
            .orElseThrow(() -> new ImException(ErrorCode.GROUP_ACCOUNT_NOT_FOUND));
    boolean forApp = call.app().administrators().contains(userId);
    return new Actor(account, forApp, call.cause());
  }
}
