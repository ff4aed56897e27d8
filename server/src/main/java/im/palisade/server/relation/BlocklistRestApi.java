package im.palisade.server.relation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Blocklists in {@code sns} (rest-accounts C9–C12). */
public final class BlocklistRestApi {
  private static final String SERVICE = "sns";
  private static final int MAX_PAGE = 1000;

  private static final Field<Integer> START_INDEX =
      Field.integer("StartIndex", 0, Integer.MAX_VALUE, "0, then the StartIndex answered")
          .required();
  private static final Field<Integer> MAX_LIMITED =
      Field.integer("MaxLimited", 1, Integer.MAX_VALUE, "page size, 1000 at most").required();
  private static final Field<Long> LAST_SEQUENCE =
      Field.u32("LastSequence", "the caller's; nothing is sent when it is the present one")
          .required();
  private static final Field<String> CHECK_TYPE = SnsFields.checkType("BlackCheckResult_Type");

  private final BlocklistService blocklists;

  BlocklistRestApi(BlocklistService blocklists) {
    this.blocklists = blocklists;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration changes = AuditDeclaration.records("user.relation.set");
    AuditDeclaration reads =
        AuditDeclaration.none("an app's back end reads whom its users have blocked");
    return List.of(
        Endpoint.of(SERVICE, "black_list_add", Family.RELATION)
            .meaning("Blocks accounts")
            .fields(SnsFields.FROM_ACCOUNT, SnsFields.TO_ACCOUNTS)
            .handledBy(changes, this::add),
        Endpoint.of(SERVICE, "black_list_delete", Family.RELATION)
            .meaning("Takes accounts out of a blocklist")
            .fields(SnsFields.FROM_ACCOUNT, SnsFields.TO_ACCOUNTS)
            .handledBy(changes, this::delete),
        Endpoint.of(SERVICE, "black_list_get", Family.RELATION)
            .meaning("Pages through a blocklist")
            .fields(SnsFields.FROM_ACCOUNT, START_INDEX, MAX_LIMITED, LAST_SEQUENCE)
            .handledBy(reads, this::get),
        Endpoint.of(SERVICE, "black_list_check", Family.RELATION)
            .meaning("Tells who has blocked whom")
            .fields(SnsFields.FROM_ACCOUNT, SnsFields.TO_ACCOUNTS, CHECK_TYPE)
            .handledBy(reads, this::check));
  }

  private RestReply add(RestCall call) {
    List<String> wanted = call.get(SnsFields.TO_ACCOUNTS);
    return ItemResults.reply(
        "BlackListAdd",
        wanted,
        blocklists.add(call.app(), call.get(SnsFields.FROM_ACCOUNT), wanted, call.cause()));
  }

  private RestReply delete(RestCall call) {
    List<String> wanted = call.get(SnsFields.TO_ACCOUNTS);
    return ItemResults.reply(
        "BlackListDelete",
        wanted,
        blocklists.delete(call.app(), call.get(SnsFields.FROM_ACCOUNT), wanted, call.cause()));
  }

  private RestReply get(RestCall call) {
    int start = call.get(START_INDEX);
    int limit = Math.min(call.get(MAX_LIMITED), MAX_PAGE);
    int known = (int) Math.min(call.get(LAST_SEQUENCE), Integer.MAX_VALUE);
    BlocklistService.Page page =
        blocklists.page(call.app(), call.get(SnsFields.FROM_ACCOUNT), start, limit, known);
    ObjectNode reply = Json.object();
    ArrayNode items = reply.putArray("BlackListItem");
    for (Blocked entry : page.entries()) {
      items
          .addObject()
          .put("To_Account", entry.userId())
          .put("AddBlackTimeStamp", entry.addedSeconds());
    }
    return RestReply.ok(
        reply
            .put("StartIndex", page.complete() ? 0 : start + page.entries().size())
            .put("CurruentSequence", page.sequence()));
  }

  private RestReply check(RestCall call) {
    List<String> wanted = call.get(SnsFields.TO_ACCOUNTS);
    boolean both = call.get(CHECK_TYPE).endsWith("_Both");
    Map<String, RelationFault> faults = new LinkedHashMap<>();
    Map<String, Direction> found =
        blocklists.check(call.app(), call.get(SnsFields.FROM_ACCOUNT), wanted, both, faults);
    return ItemResults.reply(
        "BlackListCheckItem",
        "BlackListCheck",
        wanted,
        faults,
        (item, userId) ->
            item.put("Relation", relation(found.getOrDefault(userId, Direction.NONE))));
  }

  private static String relation(Direction direction) {
    return switch (direction) {
      case NONE -> "BlackCheckResult_Type_NO";
      case A_WITH_B -> "BlackCheckResult_Type_AWithB";
      case B_WITH_A -> "BlackCheckResult_Type_BWithA";
      case BOTH -> "BlackCheckResult_Type_BothWay";
    };
  }
}
