package im.palisade.server.group;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What differs between group types: a row of {@link RuleTable}. Its name there and in settings is
 * the constant's in lower case with hyphens.
 */
public enum Rule {
  /** Whether members are kept; a live room only knows who is there now. */
  MEMBERS(Words.YES_NO),
  /** Whether those outside find it by its id. */
  FOUND_BY_ID(Words.YES_NO),
  /** Where {@code ApplyJoinOption} begins. */
  JOIN(Words.ENTRY),
  /** Whether {@code ApplyJoinOption} may be set. */
  JOIN_SETTABLE(Words.YES_NO),
  /** Where {@code InviteJoinOption} begins. */
  INVITE(Words.ENTRY),
  /** Whether {@code InviteJoinOption} may be set. */
  INVITE_SETTABLE(Words.YES_NO),
  /** Whether somebody invited or added has to agree first. */
  INVITEE_CONSENTS(Words.YES_NO),
  /** Whether the owner may quit. */
  OWNER_QUITS(Words.YES_NO),
  /** The least role that may remove those below it. */
  REMOVE(Words.ROLES),
  /** Whether members may be made admins. */
  ADMINS(Words.YES_NO),
  /** Who may hand over the ownership. */
  TRANSFER(Words.ROLES),
  /** Who may dissolve it; {@code nobody} leaves it to the app. */
  DISSOLVE(Words.ROLES),
  /** Whether nobody but the owner sees it before its first message. */
  ACTIVATION(Words.YES_NO),
  /** Whether it can be imported. */
  IMPORT(Words.YES_NO),
  /** The least role that may change name, introduction, notice and face. */
  EDIT_TEXTS(Words.ROLES),
  /** The least role that may change the rest of the profile. */
  EDIT_REST(Words.ROLES),
  /** The least role that may mute those below it; {@code nobody} also refuses the app. */
  MUTE(Words.ROLES),
  /** How member lists are paged. */
  MEMBER_PAGES("offset|cursor|none"),
  /** Whether members have custom fields. */
  MEMBER_FIELDS(Words.YES_NO),
  /** Whether groups have counters; {@code plain} when they have no topics. */
  COUNTERS("yes|no|plain"),
  /** Whether it may have topics. */
  TOPICS(Words.YES_NO),
  /** Most members; 0 for no limit. */
  MAX_MEMBERS("[0-9]{1,9}"),
  /** Whether messages are stored. */
  HISTORY(Words.YES_NO),
  /** Whether members see what was before them. */
  HISTORY_BEFORE_JOIN(Words.YES_NO),
  /** Whether a group may say otherwise. */
  HISTORY_SETTABLE(Words.YES_NO),
  /** Whether messages count as unread. */
  UNREAD(Words.YES_NO),
  /** The message option a new member has. */
  MSG_FLAG("AcceptAndNotify|AcceptNotNotify|Discard"),
  /** Whether the server recalls messages for the app's back end. */
  REST_RECALL(Words.YES_NO),
  /** Whether a sent message may be changed. */
  MODIFY(Words.YES_NO),
  /** Whether history may be hidden from clients. */
  CLEAR_HISTORY(Words.YES_NO),
  /** Whether messages may ask for receipts. */
  RECEIPTS(Words.YES_NO),
  /** Whether messages may carry key-value pairs. */
  EXTENSIONS(Words.YES_NO),
  /** Whether a message may be for some members only. */
  TARGETED(Words.YES_NO),
  /** Whether a message may be for those online only. */
  ONLINE_ONLY(Words.YES_NO),
  /** Whether a message may say that it does not count. */
  NO_UNREAD(Words.YES_NO),
  /** Whether a message may stay out of conversation lists. */
  NO_LAST_MSG(Words.YES_NO),
  /** Whether a message may mention everybody. */
  AT_ALL(Words.YES_NO),
  /** Whether a notification may go to some members only. */
  NOTICE_SOME(Words.YES_NO),
  /** Tips of who joins. */
  TIP_JOIN(Words.TIPS),
  /** Tips of who is invited or added. */
  TIP_INVITE(Words.TIPS),
  /** Tips of who is removed. */
  TIP_REMOVE(Words.TIPS),
  /** Tips of who quits. */
  TIP_QUIT(Words.TIPS),
  /** Tips of another name. */
  TIP_NAME(Words.TIPS),
  /** Tips of another notice. */
  TIP_NOTICE(Words.TIPS),
  /** Tips of another introduction. */
  TIP_INTRODUCTION(Words.TIPS),
  /** Tips of another face. */
  TIP_FACE(Words.TIPS),
  /** Tips of another owner. */
  TIP_OWNER(Words.TIPS),
  /** Tips of custom fields. */
  TIP_FIELDS(Words.TIPS),
  /** Tips of mute-all. */
  TIP_MUTE_ALL(Words.TIPS),
  /** Tips of the join option. */
  TIP_JOIN_OPTION(Words.TIPS),
  /** Tips of muted members. */
  TIP_MUTE(Words.TIPS),
  /** Tips of admins set or dismissed. */
  TIP_ADMIN(Words.TIPS);

  /** Words of settings that stand for several rules at once. */
  private static final Map<String, List<Rule>> TOGETHER =
      Map.of(
          "tip-members", List.of(TIP_JOIN, TIP_INVITE, TIP_REMOVE, TIP_QUIT),
          "tip-profile",
              List.of(TIP_NAME, TIP_NOTICE, TIP_INTRODUCTION, TIP_FACE, TIP_OWNER, TIP_FIELDS),
          "tip-control", List.of(TIP_MUTE_ALL, TIP_JOIN_OPTION),
          "tip-roles", List.of(TIP_MUTE, TIP_ADMIN));

  /** A regular expression: the words that may stand in the row. */
  private final String words;

  Rule(String words) {
    this.words = words;
  }

  /** Whether a value may stand in the rule's row. */
  boolean accepts(String value) {
    return value.matches(words);
  }

  /** The name in the table and in settings. */
  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<Rule> named(String key) {
    return Arrays.stream(values()).filter(rule -> rule.key().equals(key)).findFirst();
  }

  /** The rules a word of the settings stands for: its own, or several at once; else none. */
  static List<Rule> meant(String key) {
    return named(key).map(List::of).orElseGet(() -> TOGETHER.getOrDefault(key, List.of()));
  }

  /** Tips that are the same in every live room. */
  static Set<Rule> tipsOfLiveRooms() {
    return EnumSet.range(TIP_JOIN, TIP_JOIN_OPTION);
  }

  private static final class Words {
    static final String YES_NO = "yes|no";
    static final String ENTRY = "free|approval|disabled";
    static final String ROLES = "member|admin|owner|nobody";
    static final String TIPS = "store|push|off";
  }
}
