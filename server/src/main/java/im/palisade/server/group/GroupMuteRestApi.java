package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.group.GroupMutes.Muted;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.util.List;
import java.util.Optional;

/** Mutes in groups and topics (rest-groups B7–B9). */
public final class GroupMuteRestApi {
  private static final String SERVICE = GroupFields.SERVICE;
  private static final int MAX_MUTED = 500;

  private static final Field<List<String>> MEMBERS =
      Field.namedAccounts("Members_Account", 1, MAX_MUTED, "who may not send")
          .whenTooMany(ErrorCode.GROUP_TOO_MANY_ACCOUNTS)
          .required();
  private static final Field<Long> MUTE_TIME =
      Field.u32("MuteTime", "seconds; 0 lifts, 4294967295 for ever").alias("ShutUpTime").required();

  private final GroupService groups;
  private final GroupMutes mutes;
  private final Topics topics;
  private final AccountService accounts;

  GroupMuteRestApi(GroupServices services, Topics topics) {
    this.groups = services.groups();
    this.mutes = services.mutes();
    this.accounts = services.accounts();
    this.topics = topics;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration reads = AuditDeclaration.none("an app's back end reads its own mutes");
    return List.of(
        Endpoint.of(SERVICE, "forbid_send_msg", Family.GROUP)
            .meaning("Keeps accounts from sending into a group or topic for a time")
            .fields(GroupFields.GROUP_ID, MEMBERS, MUTE_TIME, GroupFields.TOPIC_ID)
            .handledBy(AuditDeclaration.records("group.mute"), this::mute),
        Endpoint.of(SERVICE, "get_group_muted_account", Family.GROUP)
            .meaning("Tells who may not send into a group or topic")
            .fields(GroupFields.GROUP_ID, GroupFields.TOPIC_ID)
            .handledBy(reads, this::list),
        Endpoint.of(SERVICE, "get_group_shutted_uin", Family.GROUP)
            .meaning("The same as get_group_muted_account with names of old")
            .fields(GroupFields.GROUP_ID)
            .handledBy(reads, this::listOld));
  }

  private RestReply mute(RestCall call) {
    List<String> named = call.get(MEMBERS);
    long seconds = call.get(MUTE_TIME);
    Optional<String> topicId = call.find(GroupFields.TOPIC_ID).filter(id -> !id.isEmpty());
    Group group = group(call);
    Actor actor = RestActors.of(accounts, call);
    if (topicId.isPresent()) {
      topics.mute(call.app(), actor, group, topicId.get(), named, seconds);
    } else {
      mutes.mute(call.app(), actor, group, named, seconds);
    }
    return RestReply.ok();
  }

  private RestReply list(RestCall call) {
    Optional<String> topicId = call.find(GroupFields.TOPIC_ID).filter(id -> !id.isEmpty());
    Group group = group(call);
    long place = topicId.map(id -> topics.require(call.app(), group, id).id()).orElse(group.id());
    return list(call, place, group, "MutedAccountList", "MutedUntil");
  }

  private RestReply listOld(RestCall call) {
    Group group = group(call);
    return list(call, group.id(), group, "ShuttedUinList", "ShuttedUntil");
  }

  private RestReply list(RestCall call, long place, Group group, String name, String until) {
    ObjectNode reply = Json.object().put("GroupId", group.groupId());
    ArrayNode list = reply.putArray(name);
    for (Muted each : mutes.list(call.app(), place)) {
      list.addObject().put("Member_Account", each.userId()).put(until, each.until());
    }
    return GroupFields.within(RestReply.ok(reply));
  }

  private Group group(RestCall call) {
    return groups.require(call.app(), call.get(GroupFields.GROUP_ID));
  }
}
