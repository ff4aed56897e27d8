package im.palisade.server.relation;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whom a call is about: the account it acts for, the accounts it names that can be acted on, and
 * why the others cannot.
 *
 * @param others by UserID, each once
 * @param faults by UserID
 */
record Addressees(Account owner, Map<String, Account> others, Map<String, RelationFault> faults) {

  /**
   * Looks all up at once.
   *
   * @throws ImException 30003 when the acting account does not exist
   */
  static Addressees resolve(
      AccountService accounts, App app, String from, Collection<String> userIds) {
    List<String> wanted = new ArrayList<>(userIds.size() + 1);
    wanted.add(from);
    wanted.addAll(userIds);
    Map<String, Account> found = accounts.findAll(app, wanted);
    Account owner = found.get(from);
    if (owner == null) {
      throw new ImException(ErrorCode.RELATION_ACCOUNT_NOT_FOUND);
    }
    Map<String, Account> others = new LinkedHashMap<>();
    Map<String, RelationFault> faults = new LinkedHashMap<>();
    for (String userId : userIds) {
      Account account = found.get(userId);
      if (account == null) {
        faults.put(userId, RelationFault.ACCOUNT_NOT_EXIST);
      } else if (userId.equals(from)) {
        faults.put(userId, RelationFault.SELF);
      } else {
        others.put(userId, account);
      }
    }
    return new Addressees(owner, others, faults);
  }

  /** Only the acting account. */
  static Account owner(AccountService accounts, App app, String from) {
    return resolve(accounts, app, from, List.of()).owner();
  }

  /** Internal ids of the others. */
  List<Long> ids() {
    return others.values().stream().map(Account::id).toList();
  }

  /**
   * Who of the others has whom in a list, by UserID.
   *
   * @param mine ids of those the acting account has
   * @param theirs ids of those that have the acting account
   */
  Map<String, Direction> directions(Set<Long> mine, Set<Long> theirs) {
    Map<String, Direction> found = new LinkedHashMap<>();
    others.forEach(
        (userId, account) ->
            found.put(
                userId, Direction.of(mine.contains(account.id()), theirs.contains(account.id()))));
    return found;
  }

  /** All faults, those found here and later. */
  Map<String, RelationFault> with(Map<String, RelationFault> more) {
    Map<String, RelationFault> all = new LinkedHashMap<>(faults);
    all.putAll(more);
    return all;
  }
}
