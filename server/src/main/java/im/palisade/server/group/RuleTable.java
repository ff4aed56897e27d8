package im.palisade.server.group;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The rules of the built-in types, to be held beside group-semantics §3, §4 and §6.1. Columns stand
 * in the order of {@link BaseType}.
 */
final class RuleTable {
  private static final String TABLE =
      """
      rule                 Work             Public           Meeting          Live             Community

      members              yes              yes              yes              no               yes
      found-by-id          no               yes              yes              yes              yes
      join                 disabled         approval         free             free             free
      join-settable        no               yes              yes              yes              no
      invite               free             disabled         disabled         disabled         free
      invite-settable      yes              yes              yes              no               yes
      invitee-consents     no               no               no               no               no
      owner-quits          yes              no               no               no               no
      remove               owner            admin            admin            nobody           admin
      admins               no               yes              yes              no               yes
      transfer             owner            owner            owner            nobody           owner
      dissolve             nobody           owner            owner            owner            owner
      activation           yes              no               no               no               no
      import               yes              yes              yes              no               yes

      edit-texts           member           admin            admin            owner            admin
      edit-rest            owner            admin            admin            owner            admin
      mute                 nobody           admin            admin            owner            admin
      member-pages         offset           offset           offset           none             cursor
      member-fields        yes              yes              yes              no               yes
      counters             yes              yes              yes              yes              plain
      topics               no               no               no               no               yes
      max-members          6000             6000             6000             0                100000

      history              yes              yes              yes              no               yes
      history-before-join  no               no               yes              no               yes
      history-settable     yes              yes              yes              no               no
      unread               yes              yes              no               no               yes
      msg-flag             AcceptAndNotify  AcceptAndNotify  AcceptNotNotify  AcceptNotNotify  AcceptAndNotify
      rest-recall          yes              yes              yes              no               yes
      modify               yes              yes              yes              no               yes
      clear-history        yes              yes              yes              yes              no
      receipts             yes              yes              yes              no               no
      extensions           yes              yes              yes              no               no
      targeted             yes              yes              yes              no               no
      online-only          yes              yes              yes              no               yes
      no-unread            yes              yes              no               no               yes
      no-last-msg          yes              yes              yes              no               yes
      at-all               yes              yes              yes              no               yes
      notice-some          yes              yes              yes              no               yes

      tip-join             store            store            off              push             store
      tip-invite           store            store            off              push             store
      tip-remove           store            store            off              push             store
      tip-quit             store            store            off              push             store
      tip-name             store            store            store            push             store
      tip-notice           store            store            store            push             store
      tip-introduction     store            store            store            push             store
      tip-face             store            store            store            push             store
      tip-owner            store            store            store            push             store
      tip-fields           store            store            store            push             store
      tip-mute-all         off              off              off              off              off
      tip-join-option      off              off              off              off              off
      tip-mute             store            store            off              off              store
      tip-admin            store            store            off              off              store
      """;

  private static final Map<BaseType, Map<Rule, String>> RULES = parse();

  private RuleTable() {}

  /** Every rule of a built-in type. */
  static Map<Rule, String> of(BaseType type) {
    return RULES.get(type);
  }

  private static Map<BaseType, Map<Rule, String>> parse() {
    Map<BaseType, Map<Rule, String>> columns = new EnumMap<>(BaseType.class);
    for (BaseType type : BaseType.values()) {
      columns.put(type, new EnumMap<>(Rule.class));
    }
    List<String> lines = TABLE.lines().skip(1).filter(line -> !line.isBlank()).toList();
    for (String line : lines) {
      String[] cells = line.trim().split(" +", -1);
      Rule rule =
          Rule.named(cells[0]).orElseThrow(() -> new IllegalStateException("no rule " + line));
      int column = 0;
      for (BaseType type : BaseType.values()) {
        String value = cells[++column];
        if (!rule.accepts(value)) {
          throw new IllegalStateException(line);
        }
        columns.get(type).put(rule, value);
      }
    }
    columns.forEach(
        (type, rules) -> {
          if (rules.size() != Rule.values().length) {
            throw new IllegalStateException("a rule is missing");
          }
        });
    return columns;
  }
}
