package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.LaneKey;
import im.palisade.server.group.GroupRoster.Joined;
import im.palisade.server.group.GroupRoster.Listed;
import im.palisade.server.group.GroupRoster.Wanted;
import im.palisade.server.group.Topics.NewTopic;
import im.palisade.server.group.Topics.TopicChange;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What clients may read of groups, and their attributes, counters and topics. */
public final class GroupReadCommands {
  private static final int MAX_READ = 50;
  private static final int MAX_PAGE = 100;
  private static final int DEFAULT_PAGE = 15;

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
    LaneKey inTurn = LaneKey.field("groupId");
    return List.of(
        new Command("group.info", reads, this::info),
        new Command("group.list", reads, this::list),
        new Command("group.members", reads, this::members),
        new Command("group.attributes", writes, inTurn, this::attributes),
        new Command("group.counters", writes, inTurn, this::counters),
        new Command("group.topics", writes, inTurn, this::topics));
  }

  private void info(CommandCall call) {
    App app = GroupCommands.app(call);
    Actor actor = GroupCommands.actor(services.accounts(), call);
    List<String> wanted = ClientFields.texts(call.data().path("groupIds"), "groupIds");
    if (wanted.isEmpty() || wanted.size() > MAX_READ) {
      throw new ImException(ClientFields.WRONG, "groupIds must be 1 to " + MAX_READ);
    }
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
    List<Joined> joined =
        services
            .roster()
            .joined(
                app, account.userId(), new Wanted(Optional.empty(), Optional.empty(), false, true));
    Set<Long> owners = new HashSet<>();
    joined.forEach(each -> owners.add(each.row().group().ownerId()));
    Map<Long, Account> named = services.accounts().findByIds(app, owners);
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("groups");
    for (Joined each : joined) {
      Group group = each.row().group();
      // Before its first message a Work group is its owner's alone.
      if (group.active() || group.ownerId() == account.id()) {
        GroupMember self = each.self().orElseThrow();
        ObjectNode json = list.addObject().put("groupId", group.groupId());
        fill(json, app, each.row(), named, Standing.of(self.role()));
        json.put("msgFlag", self.msgFlag().wireName())
            .put("readSeq", self.readSeq())
            .put("unread", each.unread())
            .put("nameCard", self.nameCard())
            .put("joinTime", self.joinTime());
      }
    }
    call.reply(reply);
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
    if (!group.type().allows(Rule.MEMBERS)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the type keeps no members");
    }
    Standing standing = standing(app, actor, group);
    if (standing == Standing.OUTSIDER) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
    List<String> some = ClientFields.texts(call.data().path("userIds"), "userIds");
    ObjectNode reply = Json.object();
    if (!some.isEmpty()) {
      if (some.size() > MAX_READ) {
        throw new ImException(ClientFields.WRONG, "userIds must be at most " + MAX_READ);
      }
      put(reply, app, services.roster().some(app, group, some), standing);
      call.reply(reply);
      return;
    }
    int limit =
        Math.clamp(call.optionalU32("limit", ClientFields.WRONG).orElse(DEFAULT_PAGE), 1, MAX_PAGE);
    GroupRoster.Page page =
        services
            .roster()
            .page(
                app,
                group,
                Set.of(Role.values()),
                call.optionalText("cursor", ClientFields.WRONG).orElse(""),
                limit);
    put(reply, app, page.members(), standing);
    call.reply(reply.put("cursor", page.next()));
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
    OptionalLong version = call.optionalU32("version", ClientFields.WRONG);
    switch (operation(call, List.of("get", "set", "replace", "delete"))) {
      case "set" -> attributes.modify(app, actor, group, pairs(call), version);
      case "replace" -> attributes.set(app, actor, group, pairs(call), version);
      case "delete" ->
          attributes.delete(
              app, actor, group, ClientFields.texts(call.data().path("keys"), "keys"), version);
      default -> permitReading(app, actor, group);
    }
    GroupAttributes.Version now = attributes.read(app, group);
    ObjectNode reply = Json.object().put("version", now.number());
    reply.set("attributes", Json.mapper().valueToTree(now.pairs()));
    call.reply(reply);
  }

  private static Map<String, String> pairs(CommandCall call) {
    return ClientFields.pairs(call.data().path("attributes"), "attributes");
  }

  private void counters(CommandCall call) {
    App app = GroupCommands.app(call);
    Actor actor = GroupCommands.actor(services.accounts(), call);
    Group group = services.groups().require(app, GroupCommands.groupId(call));
    String operation = operation(call, List.of("get", "set", "increase", "decrease"));
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
              ClientFields.numbers(call.data().path("counters"), "counters"),
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
    Optional<String> topicId = call.optionalText("topicId", ClientFields.WRONG);
    ObjectNode reply = Json.object();
    switch (operation(call, List.of("list", "create", "modify", "delete"))) {
      case "create" -> {
        Topic made =
            topics.create(
                app,
                actor,
                group,
                new NewTopic(
                    topicId,
                    new GroupTexts(
                        GroupFields.name(app, call.text("name", ClientFields.WRONG)),
                        text(call, "introduction", GroupTexts.MAX_INTRODUCTION).orElse(""),
                        text(call, "notification", GroupTexts.MAX_NOTIFICATION).orElse(""),
                        text(call, "faceUrl", GroupTexts.MAX_FACE_URL).orElse("")),
                    text(call, "customString", Topic.MAX_CUSTOM_STRING).orElse(""),
                    OptionalLong.empty(),
                    false));
        reply.put("topicId", made.topicId());
      }
      case "modify" ->
          topics.modify(
              app,
              actor,
              group,
              topicId.orElseThrow(() -> new ImException(ClientFields.WRONG, "topicId is missing")),
              new TopicChange(
                  call.optionalText("name", ClientFields.WRONG)
                      .map(name -> GroupFields.name(app, name)),
                  text(call, "introduction", GroupTexts.MAX_INTRODUCTION),
                  text(call, "notification", GroupTexts.MAX_NOTIFICATION),
                  text(call, "faceUrl", GroupTexts.MAX_FACE_URL),
                  text(call, "customString", Topic.MAX_CUSTOM_STRING),
                  ClientFields.flag(call, "muteAll")));
      case "delete" -> {
        Map<String, Boolean> outcomes =
            topics.destroy(
                app, actor, group, ClientFields.texts(call.data().path("topicIds"), "topicIds"));
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

  private static Optional<String> text(CommandCall call, String field, int maxBytes) {
    return ClientFields.text(call, field, maxBytes);
  }

  private static String operation(CommandCall call, List<String> operations) {
    return ClientFields.word(call, "op", operations).orElse(operations.getFirst());
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
