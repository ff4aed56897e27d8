package im.palisade.server.group;

import java.util.List;

/** How somebody comes in who asks, or whom a member invites (group-semantics §9). */
public enum JoinOption {
  FREE(1, "FreeAccess", "FreeAccess"),
  APPROVAL(2, "NeedPermission", "NeedPermission"),
  DISABLED(3, "DisableApply", "DisableInvite");

  /** Words of {@code ApplyJoinOption}. */
  public static final List<String> APPLY_WORDS =
      List.of(FREE.applyName, APPROVAL.applyName, DISABLED.applyName);

  /** Words of {@code InviteJoinOption}. */
  public static final List<String> INVITE_WORDS =
      List.of(FREE.inviteName, APPROVAL.inviteName, DISABLED.inviteName);

  private final int code;
  private final String applyName;
  private final String inviteName;

  JoinOption(int code, String applyName, String inviteName) {
    this.code = code;
    this.applyName = applyName;
    this.inviteName = inviteName;
  }

  /** The word of {@code ApplyJoinOption}. */
  public String applyName() {
    return applyName;
  }

  /** The word of {@code InviteJoinOption}. */
  public String inviteName() {
    return inviteName;
  }

  int code() {
    return code;
  }

  static JoinOption ofCode(int code) {
    return values()[code - 1];
  }

  /** The option of a word of either kind that was checked before. */
  static JoinOption named(String word) {
    for (JoinOption option : values()) {
      if (option.applyName.equals(word) || option.inviteName.equals(word)) {
        return option;
      }
    }
    throw new IllegalArgumentException(word);
  }
}
