package im.palisade.server.profile;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.Map;

/** Takes part in the transaction that changes a profile; imports of accounts are none. */
@FunctionalInterface
public interface ProfileHook {
  /**
   * Fields have other values.
   *
   * @param account before the change
   * @param changed only what now has another value; empty text when it was cleared
   */
  void changed(
      UnitOfWork unit, App app, Account account, Map<ProfileField, String> changed, Cause cause)
      throws SQLException;
}
