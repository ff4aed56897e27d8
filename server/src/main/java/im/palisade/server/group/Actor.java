package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.audit.Cause;

/**
 * Who does something to a group.
 *
 * @param account shown as the operator
 * @param forApp whether it has the app's power, so that no role is asked
 * @param cause what audit events of the act share
 */
public record Actor(Account account, boolean forApp, Cause cause) {
  /** An app's administrator through REST. */
  public static Actor app(Account administrator, Cause cause) {
    return new Actor(administrator, true, cause);
  }

  /** A user, with the rights of its role. */
  public static Actor user(Account account, Cause cause) {
    return new Actor(account, false, cause);
  }
}
