package im.palisade.server.account;

import java.util.Optional;

/** An account to create or to bring up to date; an absent field leaves what is stored. */
public record AccountImport(String userId, Optional<String> nick, Optional<String> faceUrl) {
  /** Just the account. */
  public static AccountImport of(String userId) {
    return new AccountImport(userId, Optional.empty(), Optional.empty());
  }
}
