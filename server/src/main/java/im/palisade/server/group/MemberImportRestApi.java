package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.group.MemberImport.Imported;
import im.palisade.server.group.Membership.Outcome;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.util.List;
import java.util.OptionalLong;

/** Import of members (rest-groups-advanced J2). */
public final class MemberImportRestApi {
  private static final int MAX_IMPORTED = 300;

  private static final Field<String> MEMBER_ACCOUNT =
      Field.named("Member_Account", "an account").required();
  private static final Field<String> ROLE =
      Field.word("Role", List.of("Admin"), "Admin for an admin");
  private static final Field<Long> JOIN_TIME =
      Field.u32("JoinTime", "UNIX seconds; now without it");
  private static final Field<Long> UNREAD =
      Field.u32("UnreadMsgNum", "messages it has not read").defaultsTo(0L);
  private static final Field<List<Fields>> MEMBER_LIST =
      Field.objects(
              "MemberList",
              1,
              MAX_IMPORTED,
              List.of(MEMBER_ACCOUNT, ROLE, JOIN_TIME, UNREAD),
              "members to take over")
          .whenTooMany(ErrorCode.GROUP_TOO_MANY_ACCOUNTS)
          .required();

  private final GroupService groups;
  private final MemberImport members;
  private final AccountService accounts;

  MemberImportRestApi(GroupServices services, MemberImport members) {
    this.groups = services.groups();
    this.accounts = services.accounts();
    this.members = members;
  }

  /** The endpoint. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(GroupFields.SERVICE, "import_group_member", Family.GROUP)
            .meaning("Takes over members of another system")
            .fields(GroupFields.GROUP_ID, MEMBER_LIST)
            .handledBy(AuditDeclaration.records("group.member.add"), this::take));
  }

  private RestReply take(RestCall call) {
    List<Imported> wanted =
        call.get(MEMBER_LIST).stream()
            .map(
                each ->
                    new Imported(
                        each.get(MEMBER_ACCOUNT),
                        each.find(ROLE).isPresent(),
                        each.find(JOIN_TIME).map(OptionalLong::of).orElseGet(OptionalLong::empty),
                        each.get(UNREAD)))
            .toList();
    Group group = groups.require(call.app(), call.get(GroupFields.GROUP_ID));
    List<Outcome> outcomes = members.take(call.app(), RestActors.of(accounts, call), group, wanted);
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("MemberList");
    for (int i = 0; i < wanted.size(); i++) {
      list.addObject()
          .put("Member_Account", wanted.get(i).userId())
          .put("Result", outcomes.get(i).code());
    }
    return RestReply.ok(reply);
  }
}
