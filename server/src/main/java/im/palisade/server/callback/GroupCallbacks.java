package im.palisade.server.callback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.callback.CallbackCommand.Kind;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupHook;
import im.palisade.server.group.Role;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Webhooks of groups, live rooms and topics, but for messages (callbacks §4.5, §4.6). */
final class GroupCallbacks implements GroupHook {
  private final Receivers receivers;
  private final Announcer announcer;

  GroupCallbacks(Receivers receivers, Announcer announcer) {
    this.receivers = receivers;
    this.announcer = announcer;
  }

  @Override
  public Set<String> before(App app, Intent intent, Origin origin) {
    CallbackCommand command = command(intent);
    if (!announcer.fires(app, command, origin)) {
      return Set.of();
    }
    ObjectNode body = MessageBodies.head(command);
    switch (intent) {
      case Intent.Create create -> create(body, create);
      case Intent.Apply apply -> {
        group(body, apply.group());
        body.put("Requestor_Account", apply.applicant());
      }
      case Intent.Invite invite -> {
        group(body, invite.group());
        body.put("Operator_Account", invite.operator());
        GroupBodies.members(body, "DestinationMembers", invite.invited());
      }
      case Intent.CreateTopic topic ->
          body.put("Operator_Account", topic.operator())
              .put("Type", topic.community().type().name())
              .put("Name", topic.name());
    }
    body.put("EventTime", announcer.now());
    Callback callback = new Callback(command.wireName(), origin, MessageBodies.text(body));
    Answer answer = receivers.call(app, Kind.BEFORE, callback);
    Verdicts.GROUP.obey(answer, announcer.webhook(app).groupFailure());
    return answer instanceof Answer.Given given && intent instanceof Intent.Invite
        ? refused(given.json())
        : Set.of();
  }

  @Override
  public void happened(
      UnitOfWork unit, App app, Group group, Fact fact, String operator, Origin origin)
      throws SQLException {
    CallbackCommand command = command(fact);
    if (announcer.fires(app, command, origin)) {
      ObjectNode body = body(command, group, fact, operator);
      if (fact instanceof Fact.Dissolved dissolved && listsMembers(group)) {
        GroupBodies.members(body, "MemberList", dissolved.members().read());
      }
      announcer.keep(unit, app, group.id(), command, origin, timed(body));
    }
  }

  @Override
  public void told(App app, Group group, Fact fact, String operator, Origin origin) {
    CallbackCommand command = command(fact);
    if (announcer.fires(app, command, origin)) {
      ObjectNode body = body(command, group, fact, operator);
      announcer.tell(app, group.id(), command, origin, timed(body));
    }
  }

  private static CallbackCommand command(Intent intent) {
    return switch (intent) {
      case Intent.Create _ -> CallbackCommand.GROUP_BEFORE_CREATE;
      case Intent.Apply _ -> CallbackCommand.GROUP_BEFORE_APPLY;
      case Intent.Invite _ -> CallbackCommand.GROUP_BEFORE_INVITE;
      case Intent.CreateTopic _ -> CallbackCommand.TOPIC_BEFORE_CREATE;
    };
  }

  private static CallbackCommand command(Fact fact) {
    return switch (fact) {
      case Fact.Created _ -> CallbackCommand.GROUP_CREATED;
      case Fact.Joined _ -> CallbackCommand.GROUP_JOINED;
      case Fact.Left _ -> CallbackCommand.GROUP_LEFT;
      case Fact.Full _ -> CallbackCommand.GROUP_FULL;
      case Fact.Dissolved _ -> CallbackCommand.GROUP_DESTROYED;
      case Fact.Changed _ -> CallbackCommand.GROUP_CHANGED;
      case Fact.MemberChanged _ -> CallbackCommand.GROUP_MEMBER_CHANGED;
      case Fact.OwnerChanged _ -> CallbackCommand.GROUP_OWNER_CHANGED;
      case Fact.AttributesChanged _ -> CallbackCommand.GROUP_ATTRIBUTES;
      case Fact.PresenceChanged _ -> CallbackCommand.GROUP_MEMBER_STATE;
      case Fact.QuotaReached _ -> CallbackCommand.GROUP_QUOTA;
      case Fact.TopicCreated _ -> CallbackCommand.TOPIC_CREATED;
      case Fact.TopicsDestroyed _ -> CallbackCommand.TOPIC_DESTROYED;
      case Fact.TopicChanged _ -> CallbackCommand.TOPIC_CHANGED;
    };
  }

  private static void create(ObjectNode body, Intent.Create create) {
    Map<String, Integer> owned = create.owned().get();
    body.put("Operator_Account", create.operator())
        .put("Owner_Account", create.owner())
        .put("Type", create.type().name())
        .put("Name", create.name())
        .put("CreateGroupNum", owned.getOrDefault(create.type().base().wireName(), 0));
    GroupBodies.members(body, "MemberList", create.members());
    ObjectNode all = body.putObject("CreatedGroupNum");
    owned.forEach(all::put);
    body.put("InviteOption", create.inviteOption().inviteName());
  }

  private static ObjectNode body(CallbackCommand command, Group group, Fact fact, String operator) {
    ObjectNode body = MessageBodies.head(command);
    if (!(fact instanceof Fact.QuotaReached)) {
      body.put("GroupId", group.groupId());
    }
    if (!(fact instanceof Fact.QuotaReached || fact instanceof Fact.Full)) {
      body.put("Type", group.type().name());
    }
    switch (fact) {
      case Fact.Created created -> {
        body.put("Operator_Account", operator)
            .put("Owner_Account", created.owner())
            .put("Name", group.texts().name());
        GroupBodies.members(body, "MemberList", created.members());
        custom(body, group);
      }
      case Fact.Joined joined -> {
        body.put("JoinType", joined.invited() ? "Invited" : "Apply")
            .put("Operator_Account", operator);
        GroupBodies.members(body, "NewMemberList", joined.members());
      }
      case Fact.Left left -> {
        body.put("ExitType", left.removed() ? "Kicked" : "Quit").put("Operator_Account", operator);
        GroupBodies.members(body, "ExitMemberList", left.members());
      }
      case Fact.Full _ -> {}
      case Fact.Dissolved dissolved ->
          body.put("Owner_Account", dissolved.owner()).put("Name", group.texts().name());
      case Fact.Changed changed -> {
        body.put("Operator_Account", operator);
        changed.changed().forEach(body::put);
      }
      case Fact.MemberChanged changed -> {
        body.put("Operator_Account", operator).put("Modified_Account", changed.member());
        changed.role().map(Role::wireName).ifPresent(role -> body.put("Role", role));
        changed.nameCard().ifPresent(card -> body.put("NameCard", card));
      }
      case Fact.OwnerChanged changed ->
          body.put("Operator_Account", operator)
              .put("OldOwner_Account", changed.former())
              .put("NewOwner_Account", changed.owner());
      case Fact.AttributesChanged changed -> {
        body.put("Operator_Account", operator).put("OptionType", changed.option());
        ArrayNode list = body.putArray("GroupAttr");
        changed
            .pairs()
            .forEach((key, value) -> list.addObject().put("key", key).put("value", value));
      }
      case Fact.PresenceChanged changed -> {
        body.put("EventType", changed.online() ? "Online" : "Offline");
        GroupBodies.members(body, "MemberList", changed.members());
      }
      case Fact.QuotaReached reached ->
          body.put("QuotaUsed", reached.used()).put("Quota", reached.quota());
      case Fact.TopicCreated created -> {
        body.put("TopicId", created.topic().topicId())
            .put("Operator_Account", operator)
            .put("Owner_Account", created.owner())
            .put("Name", created.topic().texts().name());
        body.putArray("UserDefinedDataList");
      }
      case Fact.TopicsDestroyed destroyed ->
          destroyed.topicIds().forEach(body.putArray("TopicIdList")::add);
      case Fact.TopicChanged changed -> {
        body.put("TopicId", changed.topicId()).put("Operator_Account", operator);
        changed.changed().forEach(body::put);
      }
    }
    return body;
  }

  private static void group(ObjectNode body, Group group) {
    body.put("GroupId", group.groupId()).put("Type", group.type().name());
  }

  private static void custom(ObjectNode body, Group group) {
    if (!group.custom().isEmpty()) {
      ArrayNode list = body.putArray("UserDefinedDataList");
      group.custom().forEach((key, value) -> list.addObject().put("Key", key).put("Value", value));
    }
  }

  /** Of communities and live rooms there is none, or it is too long. */
  private static boolean listsMembers(Group group) {
    return !group.type().isCommunity() && !group.type().isLive();
  }

  private static Set<String> refused(ObjectNode answer) {
    Set<String> refused = new HashSet<>();
    for (JsonNode each : answer.path("RefusedMembers_Account")) {
      if (each.isTextual()) {
        refused.add(each.textValue());
      }
    }
    return refused;
  }

  private ObjectNode timed(ObjectNode body) {
    return body.put("EventTime", announcer.now());
  }
}
