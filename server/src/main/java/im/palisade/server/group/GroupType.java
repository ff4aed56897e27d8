package im.palisade.server.group;

import java.util.Map;
import java.util.Optional;

/**
 * A group's type and what its rules say: a built-in type, changed by the app's settings, or one of
 * the app's own (group-semantics §1.3).
 *
 * @param name in {@code Type}: the base's wire name or the custom type's
 * @param rules every rule, each with a value it accepts
 */
public record GroupType(String name, BaseType base, Map<Rule, String> rules) {

  public GroupType {
    rules = Map.copyOf(rules);
  }

  /** How a tip reaches the members (group-semantics §3.4). */
  public enum TipWay {
    /** To those online, and into the history, with a sequence number. */
    STORE,
    /** To those online. */
    PUSH,
    OFF
  }

  /** Whether a rule of {@code yes} and {@code no} says yes. */
  public boolean allows(Rule rule) {
    return rules.get(rule).equals("yes");
  }

  /** The least role that may; empty for nobody. */
  public Optional<Role> least(Rule rule) {
    return switch (rules.get(rule)) {
      case "member" -> Optional.of(Role.MEMBER);
      case "admin" -> Optional.of(Role.ADMIN);
      case "owner" -> Optional.of(Role.OWNER);
      default -> Optional.empty();
    };
  }

  /** Where an entry option begins. */
  public JoinOption entry(Rule rule) {
    return switch (rules.get(rule)) {
      case "free" -> JoinOption.FREE;
      case "approval" -> JoinOption.APPROVAL;
      default -> JoinOption.DISABLED;
    };
  }

  /** How a kind of tip reaches the members. */
  public TipWay tips(Rule rule) {
    return switch (rules.get(rule)) {
      case "store" -> TipWay.STORE;
      case "push" -> TipWay.PUSH;
      default -> TipWay.OFF;
    };
  }

  /** The message option a new member has. */
  public MsgFlag msgFlag() {
    return MsgFlag.named(rules.get(Rule.MSG_FLAG)).orElseThrow();
  }

  /** Most members; 0 for no limit. */
  public int maxMembers() {
    return Integer.parseInt(rules.get(Rule.MAX_MEMBERS));
  }

  /** Whether it is a live room, of which nothing but the profile is stored. */
  public boolean isLive() {
    return base == BaseType.AV_CHAT_ROOM;
  }

  /** Whether it is a community. */
  public boolean isCommunity() {
    return base == BaseType.COMMUNITY;
  }

  /** Whether member lists are paged by cursor only. */
  public boolean pagesByCursor() {
    return rules.get(Rule.MEMBER_PAGES).equals("cursor");
  }

  /** Whether a group of this type has counters. */
  public boolean hasCounters(boolean withTopics) {
    String rule = rules.get(Rule.COUNTERS);
    return rule.equals("yes") || (rule.equals("plain") && !withTopics);
  }
}
