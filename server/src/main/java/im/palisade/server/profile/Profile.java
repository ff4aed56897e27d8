package im.palisade.server.profile;

import im.palisade.server.account.Account;
import im.palisade.server.app.AllowType;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * An account's profile as it was read.
 *
 * @param stored values by tag, without nickname and avatar, which the account carries
 * @param defaultAllowType the app's
 */
public record Profile(Account account, Map<String, String> stored, AllowType defaultAllowType) {
  public Profile {
    stored = Map.copyOf(stored);
  }

  /** The field's value as text; gender, AllowType and AdminForbidType always have one. */
  public Optional<String> find(ProfileField field) {
    if (field.equals(ProfileFields.NICK)) {
      return present(account.nick());
    }
    if (field.equals(ProfileFields.IMAGE)) {
      return present(account.faceUrl());
    }
    String value = stored.get(field.tag());
    if (value != null) {
      return Optional.of(value);
    }
    if (field.equals(ProfileFields.GENDER)) {
      return Optional.of("Gender_Type_Unknown");
    }
    if (field.equals(ProfileFields.ALLOW_TYPE)) {
      return Optional.of(defaultAllowType.wireName());
    }
    return field.equals(ProfileFields.ADMIN_FORBID_TYPE)
        ? Optional.of("AdminForbid_Type_None")
        : Optional.empty();
  }

  /** How this account meets friend requests. */
  public AllowType allowType() {
    String value = find(ProfileFields.ALLOW_TYPE).orElseThrow();
    return Arrays.stream(AllowType.values())
        .filter(type -> type.wireName().equals(value))
        .findFirst()
        .orElse(defaultAllowType);
  }

  /** Whether this account may send friend requests. */
  public boolean maySendRequests() {
    return !find(ProfileFields.ADMIN_FORBID_TYPE)
        .orElseThrow()
        .equals(ProfileFields.FORBID_SEND_OUT);
  }

  private static Optional<String> present(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
