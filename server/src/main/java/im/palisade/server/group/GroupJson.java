package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.group.GroupRoster.Listed;
import im.palisade.server.protocol.Json;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Groups and members as they stand in REST answers (group-semantics §6). */
final class GroupJson {
  private GroupJson() {}

  /**
   * Which parts are wanted; an absent set wants everything.
   *
   * @param base names of group fields
   * @param member names of member fields
   */
  record Filter(
      Optional<Set<String>> base,
      Optional<Set<String>> member,
      Optional<Set<String>> custom,
      Optional<Set<String>> memberCustom) {
    static final Filter ALL =
        new Filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static Predicate<String> wanted(Optional<Set<String>> names) {
    return name -> names.map(set -> set.contains(name)).orElse(true);
  }

  /** The base fields, into an object that has the GroupId. */
  static void base(
      ObjectNode json,
      App app,
      GroupRow row,
      int memberCount,
      long nextSeq,
      String owner,
      Optional<Set<String>> names) {
    Predicate<String> wanted = wanted(names);
    Group group = row.group();
    GroupTexts texts = group.texts();
    put(json, wanted, "Type", group.type().name());
    put(json, wanted, "Name", texts.name());
    put(json, wanted, "Introduction", texts.introduction());
    put(json, wanted, "Notification", texts.notification());
    put(json, wanted, "FaceUrl", texts.faceUrl());
    put(json, wanted, "Owner_Account", owner);
    put(json, wanted, "CreateTime", group.createTime());
    put(json, wanted, "InfoSeq", group.infoSeq());
    put(json, wanted, "LastInfoTime", group.lastInfoTime());
    put(json, wanted, "LastMsgTime", row.numbers().lastMsgTime());
    put(json, wanted, "NextMsgSeq", nextSeq);
    put(json, wanted, "MemberNum", memberCount);
    put(json, wanted, "MaxMemberNum", group.maxMembers());
    put(json, wanted, "ApplyJoinOption", group.joinOption().applyName());
    if (!group.type().isLive()) {
      put(json, wanted, "InviteJoinOption", group.inviteOption().inviteName());
    }
    String mute = group.muteAll() ? "On" : "Off";
    put(json, wanted, "MuteAllMember", mute);
    boolean legacy = app.settings().groups().legacyNames();
    if (legacy && (wanted.test("MuteAllMember") || wanted.test("ShutUpAllMember"))) {
      json.put("ShutUpAllMember", mute);
    }
    put(json, wanted, "Appid", app.appId());
    if (group.type().isCommunity()) {
      put(json, wanted, "SupportTopic", group.supportTopic() ? 1 : 0);
    }
    if (group.supportTopic()) {
      put(json, wanted, "EnablePermission", group.enablePermission() ? 1 : 0);
      put(json, wanted, "DefaultPermission", group.defaultPermission());
    }
  }

  /** A group's custom fields. */
  static ArrayNode custom(Group group, Optional<Set<String>> names) {
    return pairs(group.custom(), names);
  }

  /** A member without its name; {@code online} is asked only when it is wanted by name. */
  static void member(
      ObjectNode json, App app, GroupMember member, long muteUntil, Filter filter, boolean online) {
    Predicate<String> wanted = wanted(filter.member());
    put(json, wanted, "Role", member.role().wireName());
    put(json, wanted, "JoinTime", member.joinTime());
    put(json, wanted, "MsgSeq", member.readSeq());
    put(json, wanted, "MsgFlag", member.msgFlag().wireName());
    put(json, wanted, "LastSendMsgTime", member.lastSendTime());
    put(json, wanted, "MuteUntil", muteUntil);
    boolean legacy = app.settings().groups().legacyNames();
    if (legacy && (wanted.test("MuteUntil") || wanted.test("ShutUpUntil"))) {
      json.put("ShutUpUntil", muteUntil);
    }
    put(json, wanted, "NameCard", member.nameCard());
    if (filter.member().isPresent() && wanted.test("OnlineStatus")) {
      json.put("OnlineStatus", online ? "Online" : "Offline");
    }
    if (!filter.memberCustom().map(Set::isEmpty).orElse(false)) {
      json.set("AppMemberDefinedData", pairs(member.custom(), filter.memberCustom()));
    }
  }

  /** A member of a list. */
  static ObjectNode member(App app, Listed listed, Filter filter, boolean online) {
    ObjectNode json = Json.object().put("Member_Account", listed.userId());
    member(json, app, listed.member(), listed.muteUntil(), filter, online);
    return json;
  }

  private static ArrayNode pairs(Map<String, String> values, Optional<Set<String>> names) {
    ArrayNode array = Json.mapper().createArrayNode();
    Predicate<String> wanted = wanted(names);
    values.forEach(
        (key, value) -> {
          if (wanted.test(key)) {
            array.addObject().put("Key", key).put("Value", value);
          }
        });
    return array;
  }

  private static void put(ObjectNode json, Predicate<String> wanted, String name, String value) {
    if (wanted.test(name)) {
      json.put(name, value);
    }
  }

  private static void put(ObjectNode json, Predicate<String> wanted, String name, long value) {
    if (wanted.test(name)) {
      json.put(name, value);
    }
  }
}
