package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.protocol.Json;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What tips hold (group-semantics §8.1): the {@code GroupTip} of a history entry. */
final class GroupTips {
  private static final int JOINED = 1;
  private static final int QUIT = 2;
  private static final int REMOVED = 3;
  private static final int ADMIN_SET = 4;
  private static final int ADMIN_CANCELLED = 5;
  private static final int PROFILE = 6;
  private static final int MUTED = 7;

  private GroupTips() {}

  /** A tip's content. */
  record Content(ObjectNode json) {}

  /** What of a profile has changed: the wire's name of the field, and its new value. */
  record Change(String key, String field, String value) {
    Change(String key, String value) {
      this(key, "", value);
    }
  }

  static Content joined(
      Group group, Account operator, Collection<Account> accounts, boolean invited, int count) {
    ObjectNode json = about(JOINED, group, operator, accounts);
    return new Content(json.put("JoinType", invited ? "Invited" : "Apply").put("MemberNum", count));
  }

  static Content quit(Group group, Account account, int count) {
    return new Content(about(QUIT, group, account, List.of(account)).put("MemberNum", count));
  }

  static Content removed(Group group, Account operator, Collection<Account> accounts, int count) {
    return new Content(about(REMOVED, group, operator, accounts).put("MemberNum", count));
  }

  static Content removed(Group group, String operator, Collection<Account> accounts, int count) {
    return new Content(about(REMOVED, group, operator, accounts).put("MemberNum", count));
  }

  static Content admin(Group group, Account operator, Account account, boolean appointed) {
    return new Content(
        about(appointed ? ADMIN_SET : ADMIN_CANCELLED, group, operator, List.of(account)));
  }

  static Content profile(Group group, Account operator, List<Change> changes) {
    ObjectNode json = about(PROFILE, group, operator, List.of());
    ArrayNode list = json.putArray("ChangeList");
    for (Change change : changes) {
      ObjectNode each = list.addObject().put("Key", change.key());
      if (!change.field().isEmpty()) {
        each.put("Field", change.field());
      }
      each.put("Value", change.value());
    }
    return new Content(json);
  }

  /** Mutes by account, in seconds; 0 for lifted ones. */
  static Content muted(Group group, Account operator, Map<Account, Long> seconds) {
    ObjectNode json = about(MUTED, group, operator, List.of());
    ArrayNode list = json.putArray("MemberList");
    seconds.forEach(
        (account, time) ->
            list.addObject().put("Member_Account", account.userId()).put("MuteTime", time));
    return new Content(json);
  }

  private static ObjectNode about(
      int code, Group group, Account operator, Collection<Account> accounts) {
    ObjectNode json = about(code, group, operator.userId(), accounts);
    if (!operator.nick().isEmpty()) {
      json.put("Operator_Nick", operator.nick());
    }
    if (!operator.faceUrl().isEmpty()) {
      json.put("Operator_FaceUrl", operator.faceUrl());
    }
    return json;
  }

  private static ObjectNode about(
      int code, Group group, String operator, Collection<Account> accounts) {
    ObjectNode json =
        Json.object()
            .put("OpType", code)
            .put("GroupName", group.texts().name())
            .put("Operator_Account", operator);
    if (!accounts.isEmpty()) {
      ArrayNode list = json.putArray("MemberList");
      for (Account account : accounts) {
        ObjectNode each = list.addObject().put("Member_Account", account.userId());
        if (!account.nick().isEmpty()) {
          each.put("Nick", account.nick());
        }
      }
    }
    return json;
  }
}
