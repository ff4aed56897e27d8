package im.palisade.server.group;

import static im.palisade.server.group.GroupParams.FACE_URL;
import static im.palisade.server.group.GroupParams.GROUP_ID;
import static im.palisade.server.group.GroupParams.INTRODUCTION;
import static im.palisade.server.group.GroupParams.MUTE_ALL;
import static im.palisade.server.group.GroupParams.NAME;
import static im.palisade.server.group.GroupParams.NOTIFICATION;
import static im.palisade.server.group.GroupParams.TOPIC_ID;
import static im.palisade.server.group.GroupParams.WRONG;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.group.GroupRoster.Joined;
import im.palisade.server.group.GroupRoster.Listed;
import im.palisade.server.group.GroupRoster.Wanted;
import im.palisade.server.group.Topics.NewTopic;
import im.palisade.server.group.Topics.TopicChange;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What clients may read of groups, and their attributes, counters and topics. */
public final class GroupReadCommands {
  private static final String PROFILE =
      "`type`, `name`, `introduction`, `notification`, `faceUrl`, `owner`, `createTime`, `infoSeq`,"
          + " `lastSeq`, `lastMsgTime`, `memberCount`, `maxMembers`, `joinOption`, `inviteOption`,"
          + " `muteAll`, `supportTopic`, `role` of the caller, `custom`";
  private static final Param<List<String>> GROUP_IDS =
      Param.ids("groupIds", 1, 50, "which groups").required();
  private static final Param<List<String>> USER_IDS =
      Param.ids("userIds", 0, 50, "only these members").defaultsTo(List.of());
  private static final int MOST_MEMBERS = 100;
  private static final Param<Integer> LIMIT = Param.limit(15, 500);
  private static final Param<Long> MARK =
      Param.number("mark", 0, Integer.MAX_VALUE, "live rooms: only who carries this mark");
  private static final Param<String> CURSOR =
      Param.text("cursor", Param.ANY_LENGTH, "of the last reply").defaultsTo("");
  private static final Param<String> ATTRIBUTES_OP =
      Param.word("op", List.of("get", "set", "replace", "delete"), "what to do").defaultsTo("get");
  private static final Param<Map<String, String>> ATTRIBUTES =
      Param.pairs("attributes", "`set` and `replace`: the attributes").defaultsTo(Map.of());
  private static final Param<List<String>> KEYS =
      Param.ids("keys", 0, 100, "`delete`: which attributes").defaultsTo(List.of());
  private static final Param<Long> VERSION =
      Param.u32("version", "the version of attributes a write rests on");
  private static final Param<String> COUNTERS_OP =
      Param.word("op", List.of("get", "set", "increase", "decrease"), "what to do")
          .defaultsTo("get");
  private static final Param<Map<String, Long>> COUNTERS =
      Param.counts("counters", "all but `get`: value or difference by key").defaultsTo(Map.of());
  private static final Param<String> TOPICS_OP =
      Param.word("op", List.of("list", "create", "modify", "delete"), "what to do")
          .defaultsTo("list");
  private static final Param<List<String>> TOPIC_IDS =
      Param.ids("topicIds", 0, 1000, "`delete`: which topics").defaultsTo(List.of());
  private static final Param<String> CUSTOM_STRING =
      Param.text("customString", Topic.MAX_CUSTOM_STRING, "the app's own words on a topic");

  private final GroupServices services;
  private final GroupAttributes attributes;
  private final GroupCounters counters;
  private final Topics topics;

  GroupReadCommands(
      GroupServices services, GroupAttributes attributes, GroupCounters counters, Topics topics) {
    this.services = services;
    this.attributes = attributes;
    this.counters = counters;
    this.topics = topics;
  }

  /** The commands. */
  public List<Command> commands() {
    AuditDeclaration reads = AuditDeclaration.none("users read the groups they may see");
    AuditDeclaration writes = AuditDeclaration.records("group.update");
    return List.of(
        Command.of("group.info", WRONG)
            .meaning("What groups say of themselves; also how a group is found by its id.")
            .params(GROUP_IDS)
            .reply(ReplyField.of("groups", "`groupId`, `code` of each; when that is 0 " + PROFILE))
            .handledBy(reads, this::info),
        Command.of("group.list", WRONG)
            .meaning("The groups the caller is in, but for live rooms.")
            .reply(
                ReplyField.of(
                    "groups",
                    "`groupId`, "
                        + PROFILE
                        + ", `msgFlag`, `readSeq`, `unread`, `nameCard`, `joinTime` of each"))
            .handledBy(reads, this::list),
        Command.of("group.members", WRONG)
            .meaning(
                "Members of a group, page by page or by name, 100 at most; in a live room those who"
                    + " are there, the latest first.")
            .params(GROUP_ID, USER_IDS, LIMIT, CURSOR, MARK)
            .reply(
                ReplyField.of(
                    "members",
                    "`userId`, `nick`, `faceUrl`, `joinTime` of each, and but for live rooms"
                        + " `role`, `nameCard`, `muteUntil`, `lastSendTime`, `custom`"),
                ReplyField.of("cursor?", "of the next page; empty at the end"))
            .codes(ErrorCode.GROUP_NOT_FOUND, ErrorCode.GROUP_NOT_PERMITTED)
            .handledBy(reads, this::members),
        inTurn("group.attributes")
            .meaning(
                "Reads or writes the attributes of a group; a write may name the version it rests"
                    + " on.")
            .params(GROUP_ID, ATTRIBUTES_OP, ATTRIBUTES, KEYS, VERSION)
            .reply(
                ReplyField.of("attributes", "all there are now"),
                ReplyField.of("version", "of them"))
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_ATTRIBUTE_KEY_TOO_LONG,
                ErrorCode.GROUP_ATTRIBUTE_VALUE_TOO_LONG,
                ErrorCode.GROUP_ATTRIBUTES_EXCEEDED,
                ErrorCode.GROUP_ATTRIBUTES_TOO_LARGE,
                ErrorCode.GROUP_ATTRIBUTE_RATE_EXCEEDED,
                ErrorCode.GROUP_ATTRIBUTE_NOT_FOUND,
                ErrorCode.GROUP_ATTRIBUTE_CONFLICT)
            .handledBy(writes, this::attributes),
        inTurn("group.counters")
            .meaning("Reads or writes the counters of a group.")
            .params(GROUP_ID, COUNTERS_OP, COUNTERS)
            .reply(ReplyField.of("counters", "what was read, or as they are after the write"))
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_COUNTERS_OFF,
                ErrorCode.GROUP_COUNTERS_EXCEEDED)
            .handledBy(writes, this::counters),
        inTurn("group.topics")
            .meaning("Reads, makes, changes or deletes topics of a community.")
            .params(
                GROUP_ID,
                TOPICS_OP,
                TOPIC_ID,
                TOPIC_IDS,
                NAME,
                INTRODUCTION,
                NOTIFICATION,
                FACE_URL,
                CUSTOM_STRING,
                MUTE_ALL)
            .reply(
                ReplyField.of(
                    "topics?",
                    "`list`: `topicId`, `name`, `introduction`, `notification`, `faceUrl`,"
                        + " `customString`, `createTime`, `muteAll`, `lastSeq`, `lastMsgTime`,"
                        + " `readSeq`, `unread`, `muteUntil`, `msgFlag` of each"),
                ReplyField.of("topicId?", "`create`: of the topic made"),
                ReplyField.of("deleted?", "`delete`: by topic, whether it was there"))
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.COMMUNITY_OFF,
                ErrorCode.TOPIC_NOT_FOUND)
            .handledBy(writes, this::topics));
  }

  private static Command.Builder inTurn(String name) {
    return Command.of(name, WRONG).inTurnBy(GROUP_ID);
  }

  private void info(CommandCall call) {
    App app = GroupCommands.app(call);
    Actor actor = GroupCommands.actor(services.accounts(), call);
    List<String> wanted = call.get(GROUP_IDS);
    Map<String, GroupRow> found =
        services
            .groups()
            .read(app, wanted.stream().filter(GroupIds::isPossible).distinct().toList());
    Set<Long> owners = new HashSet<>();
    found.values().forEach(row -> owners.add(row.group().ownerId()));
    Map<Long, Account> named = services.accounts().findByIds(app, owners);
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("groups");
    for (String groupId : wanted) {
      GroupRow row = found.get(groupId);
      ObjectNode json = list.addObject().put("groupId", groupId);
      if (row == null) {
        json.put("code", ErrorCode.GROUP_NOT_FOUND.number());
        continue;
      }
      Standing standing = standing(app, actor, row.group());
      if (standing == Standing.OUTSIDER && !row.group().type().allows(Rule.FOUND_BY_ID)) {
        json.put("code", ErrorCode.GROUP_NOT_PERMITTED.number());
      } else {
        json.put("code", 0);
        fill(json, app, row, named, standing);
      }
    }
    call.reply(reply);
  }

  private void list(CommandCall call) {
    App app = GroupCommands.app(call);
    Account account = GroupCommands.actor(services.accounts(), call).account();
    ObjectNode reply = Json.object();
    reply.putArray("groups").addAll(joined(app, account));
    call.reply(reply);
  }

  /** The groups an account is in, as it is told them. */
  List<ObjectNode> joined(App app, Account account) {
    List<Joined> joined =
        services
            .roster()
            .joined(
                app, account.userId(), new Wanted(Optional.empty(), Optional.empty(), false, true));
    Set<Long> owners = new HashSet<>();
    joined.forEach(each -> owners.add(each.row().group().ownerId()));
    Map<Long, Account> named = services.accounts().findByIds(app, owners);
    List<ObjectNode> list = new ArrayList<>();
    for (Joined each : joined) {
      Group group = each.row().group();
      // Before its first message a Work group is its owner's alone.
      if (group.active() || group.ownerId() == account.id()) {
        GroupMember self = each.self().orElseThrow();
        ObjectNode json = Json.object().put("groupId", group.groupId());
        list.add(json);
        fill(json, app, each.row(), named, Standing.of(self.role()));
        json.put("msgFlag", self.msgFlag().wireName())
            .put("readSeq", self.readSeq())
            .put("unread", each.unread())
            .put("nameCard", self.nameCard())
            .put("joinTime", self.joinTime());
      }
    }
    return list;
  }

  private void fill(
      ObjectNode json, App app, GroupRow row, Map<Long, Account> owners, Standing standing) {
    Group group = row.group();
    GroupTexts texts = group.texts();
    Account owner = owners.get(group.ownerId());
    json.put("type", group.type().name())
        .put("name", texts.name())
        .put("introduction", texts.introduction())
        .put("notification", texts.notification())
        .put("faceUrl", texts.faceUrl())
        .put("owner", owner == null ? "" : owner.userId())
        .put("createTime", group.createTime())
        .put("infoSeq", group.infoSeq())
        .put("lastSeq", row.numbers().lastSeq())
        .put("lastMsgTime", row.numbers().lastMsgTime())
        .put(
            "memberCount",
            group.type().isLive()
                ? services.rooms().online(app, group)
                : row.numbers().memberCount())
        .put("maxMembers", group.maxMembers())
        .put("joinOption", group.joinOption().applyName())
        .put("inviteOption", group.inviteOption().inviteName())
        .put("muteAll", group.muteAll())
        .put("supportTopic", group.supportTopic())
        .put("role", standing == Standing.OUTSIDER ? "NotMember" : role(standing));
    json.set(
        "custom", Json.mapper().valueToTree(CustomFields.readable(app, group.custom(), standing)));
  }

  private static String role(Standing standing) {
    return switch (standing) {
      case OUTSIDER -> "NotMember";
      case MEMBER -> Role.MEMBER.wireName();
      case ADMIN -> Role.ADMIN.wireName();
      case OWNER, APP -> Role.OWNER.wireName();
    };
  }

  private void members(CommandCall call) {
    App app = GroupCommands.app(call);
    Actor actor = GroupCommands.actor(services.accounts(), call);
    Group group = services.groups().require(app, GroupCommands.groupId(call));
    Standing standing = standing(app, actor, group);
    if (standing == Standing.OUTSIDER) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
    List<String> some = call.get(USER_IDS);
    if (group.type().isLive()) {
      call.reply(attendees(call, app, group, some));
      return;
    }
    ObjectNode reply = Json.object();
    if (!some.isEmpty()) {
      put(reply, app, services.roster().some(app, group, some), standing);
      call.reply(reply);
      return;
    }
    GroupRoster.Page page =
        services
            .roster()
            .page(
                app,
                group,
                Set.of(Role.values()),
                call.get(CURSOR),
                Math.min(MOST_MEMBERS, call.get(LIMIT)));
    put(reply, app, page.members(), standing);
    call.reply(reply.put("cursor", page.next()));
  }

  private ObjectNode attendees(CommandCall call, App app, Group room, List<String> some) {
    LiveRooms.Attendees page =
        some.isEmpty()
            ? services
                .rooms()
                .attendees(
                    app,
                    room,
                    call.get(CURSOR),
                    call.get(LIMIT),
                    call.find(MARK).map(Long::intValue))
            : new LiveRooms.Attendees(services.rooms().attendees(app, room, some), "");
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("members");
    for (LiveRooms.Attendee each : page.list()) {
      list.addObject()
          .put("userId", each.account().userId())
          .put("nick", each.account().nick())
          .put("faceUrl", each.account().faceUrl())
          .put("joinTime", each.joinTime());
    }
    return some.isEmpty() ? reply.put("cursor", page.next()) : reply;
  }

  private void put(ObjectNode reply, App app, List<Listed> members, Standing standing) {
    Map<Long, Account> named =
        services
            .accounts()
            .findByIds(app, members.stream().map(each -> each.member().accountId()).toList());
    ArrayNode list = reply.putArray("members");
    for (Listed each : members) {
      GroupMember member = each.member();
      Account account = named.get(member.accountId());
      ObjectNode json =
          list.addObject()
              .put("userId", each.userId())
              .put("nick", account == null ? "" : account.nick())
              .put("faceUrl", account == null ? "" : account.faceUrl())
              .put("role", member.role().wireName())
              .put("joinTime", member.joinTime())
              .put("nameCard", member.nameCard())
              .put("muteUntil", each.muteUntil())
              .put("lastSendTime", member.lastSendTime());
      json.set(
          "custom",
          Json.mapper().valueToTree(CustomFields.readableOfMember(app, member.custom(), standing)));
    }
  }

  private void attributes(CommandCall call) {
    App app = GroupCommands.app(call);
    Actor actor = GroupCommands.actor(services.accounts(), call);
    Group group = services.groups().require(app, GroupCommands.groupId(call));
    OptionalLong version = call.find(VERSION).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    switch (call.get(ATTRIBUTES_OP)) {
      case "set" -> attributes.modify(app, actor, group, call.get(ATTRIBUTES), version);
      case "replace" -> attributes.set(app, actor, group, call.get(ATTRIBUTES), version);
      case "delete" -> attributes.delete(app, actor, group, call.get(KEYS), version);
      default -> permitReading(app, actor, group);
    }
    GroupAttributes.Version now = attributes.read(app, group);
    ObjectNode reply = Json.object().put("version", now.number());
    reply.set("attributes", Json.mapper().valueToTree(now.pairs()));
    call.reply(reply);
  }

  private void counters(CommandCall call) {
    App app = GroupCommands.app(call);
    Actor actor = GroupCommands.actor(services.accounts(), call);
    Group group = services.groups().require(app, GroupCommands.groupId(call));
    String operation = call.get(COUNTERS_OP);
    Map<String, Long> values;
    if (operation.equals("get")) {
      permitReading(app, actor, group);
      values = counters.read(app, group);
    } else {
      values =
          counters.update(
              app,
              actor,
              group,
              some(call.get(COUNTERS)),
              switch (operation) {
                case "increase" -> GroupCounters.Mode.INCREASE;
                case "decrease" -> GroupCounters.Mode.DECREASE;
                default -> GroupCounters.Mode.SET;
              });
    }
    ObjectNode reply = Json.object();
    reply.set("counters", Json.mapper().valueToTree(values));
    call.reply(reply);
  }

  private void topics(CommandCall call) {
    App app = GroupCommands.app(call);
    Actor actor = GroupCommands.actor(services.accounts(), call);
    Group group = services.groups().require(app, GroupCommands.groupId(call));
    Optional<String> topicId = call.find(TOPIC_ID);
    ObjectNode reply = Json.object();
    switch (call.get(TOPICS_OP)) {
      case "create" -> {
        Topic made =
            topics.create(
                app,
                actor,
                group,
                new NewTopic(
                    topicId,
                    new GroupTexts(
                        GroupFields.name(
                            app,
                            call.find(NAME)
                                .filter(name -> !name.isEmpty())
                                .orElseThrow(() -> missing("name"))),
                        call.find(INTRODUCTION).orElse(""),
                        call.find(NOTIFICATION).orElse(""),
                        call.find(FACE_URL).orElse("")),
                    call.find(CUSTOM_STRING).orElse(""),
                    OptionalLong.empty(),
                    false));
        reply.put("topicId", made.topicId());
      }
      case "modify" ->
          topics.modify(
              app,
              actor,
              group,
              topicId.orElseThrow(() -> missing("topicId")),
              new TopicChange(
                  call.find(NAME).map(name -> GroupFields.name(app, name)),
                  call.find(INTRODUCTION),
                  call.find(NOTIFICATION),
                  call.find(FACE_URL),
                  call.find(CUSTOM_STRING),
                  call.find(MUTE_ALL)));
      case "delete" -> {
        Map<String, Boolean> outcomes = topics.destroy(app, actor, group, call.get(TOPIC_IDS));
        reply.set("deleted", Json.mapper().valueToTree(outcomes));
      }
      default -> listTopics(app, actor, group, reply);
    }
    call.reply(reply);
  }

  private void listTopics(App app, Actor actor, Group group, ObjectNode reply) {
    topics.check(app, group);
    permitReading(app, actor, group);
    List<Topic> all = topics.list(app, group);
    Map<Long, Topics.Self> own = topics.self(app, group, actor.account().id(), all);
    ArrayNode list = reply.putArray("topics");
    for (Topic topic : all) {
      Topics.Self self = own.get(topic.id());
      list.addObject()
          .put("topicId", topic.topicId())
          .put("name", topic.texts().name())
          .put("introduction", topic.texts().introduction())
          .put("notification", topic.texts().notification())
          .put("faceUrl", topic.texts().faceUrl())
          .put("customString", topic.customString())
          .put("createTime", topic.createTime())
          .put("muteAll", topic.muteAll())
          .put("lastSeq", topic.lastSeq())
          .put("lastMsgTime", topic.lastMsgTime())
          .put("readSeq", self.readSeq())
          .put("unread", self.unread())
          .put("muteUntil", self.muteUntil())
          .put("msgFlag", self.msgFlag().wireName());
    }
  }

  private static Map<String, Long> some(Map<String, Long> counters) {
    if (counters.isEmpty()) {
      throw missing("counters");
    }
    return counters;
  }

  private static ImException missing(String field) {
    return new ImException(WRONG, field + " is missing");
  }

  private void permitReading(App app, Actor actor, Group group) {
    if (standing(app, actor, group) == Standing.OUTSIDER) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
  }

  private Standing standing(App app, Actor actor, Group group) {
    return services.standings().of(app, actor, group);
  }
}
