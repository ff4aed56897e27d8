package im.palisade.server.relation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.RestReply;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.function.BiConsumer;

/** The answer of a batch: one result per account in the order asked, and who failed. */
final class ItemResults {
  private ItemResults() {}

  /** {@code ResultItem} and {@code Fail_Account} with nothing beside them. */
  static RestReply reply(
      String command, Collection<String> userIds, Map<String, RelationFault> faults) {
    return reply("ResultItem", command, userIds, faults, (item, userId) -> {});
  }

  /**
   * Results under another name, with more in each.
   *
   * @param command stands in the {@code Err_…} identifiers
   * @param more is given each item before its code is added
   */
  static RestReply reply(
      String array,
      String command,
      Collection<String> userIds,
      Map<String, RelationFault> faults,
      BiConsumer<ObjectNode, String> more) {
    ObjectNode reply = Json.object();
    addTo(reply, array, command, userIds, faults, more);
    return RestReply.ok(reply);
  }

  static void addTo(
      ObjectNode reply,
      String array,
      String command,
      Collection<String> userIds,
      Map<String, RelationFault> faults,
      BiConsumer<ObjectNode, String> more) {
    ArrayNode items = reply.putArray(array);
    ArrayNode failed = Json.mapper().createArrayNode();
    for (String userId : new LinkedHashSet<>(userIds)) {
      ObjectNode item = items.addObject().put("To_Account", userId);
      more.accept(item, userId);
      RelationFault fault = faults.get(userId);
      item.put("ResultCode", fault == null ? 0 : fault.number());
      item.put("ResultInfo", fault == null ? "" : fault.info(command));
      if (fault != null) {
        failed.add(userId);
      }
    }
    if (!failed.isEmpty()) {
      reply.set("Fail_Account", failed);
    }
  }
}
