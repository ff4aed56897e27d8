package im.palisade.server.groupmessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.groupmessage.GroupHistory.AppPage;
import im.palisade.server.groupmessage.GroupHistory.Entry;
import im.palisade.server.groupmessage.GroupMessageStore.Line;
import im.palisade.server.message.GroupTip;
import im.palisade.server.message.MessageFlags;
import im.palisade.server.message.Priority;
import im.palisade.server.message.StoredMessage;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reading a group's history through REST (rest-groups C5). */
final class GroupHistoryRestApi {
  private static final int MOST = 20;
  private static final int MAX_LIST_BYTES = 1_000_000;
  private static final int PRESENT = 0;
  private static final int HOLE = 1;
  private static final int RECALLED = 2;

  private static final Field<Integer> NUMBER =
      Field.integer("ReqMsgNumber", 1, Integer.MAX_VALUE, "how many; at most 20 come").required();
  private static final Field<Long> SEQ =
      Field.u32("ReqMsgSeq", "the highest sequence wanted; 0 or absent: the newest").defaultsTo(0L);
  private static final Field<Integer> WITH_RECALLED =
      Field.integer(
              "WithRecalledMsg",
              Integer.MIN_VALUE,
              Integer.MAX_VALUE,
              "1 lists recalled messages as well")
          .defaultsTo(0);

  private final GroupHistory history;
  private final Places places;

  GroupHistoryRestApi(GroupHistory history, Places places) {
    this.history = history;
    this.places = places;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of("group_open_http_svc", "group_msg_get_simple", Family.GROUP)
            .meaning("Reads a group's history, newest first")
            .fields(GroupFields.GROUP_ID, NUMBER, SEQ, WITH_RECALLED, GroupFields.TOPIC_ID)
            .handledBy(AuditDeclaration.records("content.read"), this::read));
  }

  private RestReply read(RestCall call) {
    int wanted = call.get(NUMBER);
    long from = call.get(SEQ);
    boolean withRecalled = call.get(WITH_RECALLED) == 1;
    Place place = GroupFields.place(call, places);
    AppPage page =
        history.page(call.app(), place, from, withRecalled, Math.min(wanted, MOST), call.cause());
    List<ObjectNode> list = new ArrayList<>();
    int bytes = 2;
    boolean cut = false;
    for (Entry entry : page.entries()) {
      ObjectNode json = json(entry);
      bytes += Json.bytes(json).length + 1;
      if (bytes > MAX_LIST_BYTES && !list.isEmpty()) {
        cut = true;
        break;
      }
      list.add(json);
    }
    // Fewer than were asked for is an end only where there is nothing below.
    boolean fewer = list.size() < wanted;
    boolean unfinished = cut || (fewer && page.lowest() > 1);
    boolean onlyHoles =
        !page.entries().isEmpty()
            && page.entries().stream().allMatch(each -> each instanceof Entry.Hole);
    ObjectNode reply = Json.object();
    reply.put("GroupId", place.group().groupId());
    reply.put("IsFinished", unfinished ? (onlyHoles && !cut ? 2 : 0) : 1);
    reply.putArray("RspMsgList").addAll(list);
    return RestReply.ok(reply);
  }

  private static ObjectNode json(Entry entry) {
    return switch (entry) {
      case Entry.Hole _, Entry.Marker _ ->
          common("", HOLE, Priority.NORMAL, 0, entry.seq(), 0).set("MsgBody", empty());
      case Entry.Message message -> json(message.line());
    };
  }

  private static ObjectNode json(Line line) {
    StoredMessage message = line.message();
    boolean system = message.has(MessageFlags.SYSTEM);
    boolean recalled = message.has(MessageFlags.RECALLED);
    ObjectNode json =
        common(
            system ? GroupTip.SENDER : line.from(),
            recalled ? RECALLED : PRESENT,
            system ? Priority.LOWEST : message.body().note().priority(),
            message.random(),
            message.seq(),
            message.time());
    if (system) {
      json.put("IsSystemMsg", 1);
      json.set("MsgBody", empty());
      json.set("GroupTip", tip(message));
    } else if (recalled) {
      json.set("MsgBody", empty());
    } else {
      json.putRawValue(
          "MsgBody", new RawValue(new String(message.body().elements(), StandardCharsets.UTF_8)));
      message.body().cloudCustomData().ifPresent(custom -> json.put("CloudCustomData", custom));
    }
    return json;
  }

  private static ObjectNode common(
      String from, int place, Priority priority, long random, long seq, long time) {
    return Json.object()
        .put("From_Account", from)
        .put("IsPlaceMsg", place)
        .put("MsgPriority", priority.code())
        .put("MsgRandom", random)
        .put("MsgSeq", seq)
        .put("MsgTimeStamp", time);
  }

  private static JsonNode empty() {
    return Json.mapper().createArrayNode();
  }

  private static JsonNode tip(StoredMessage message) {
    try {
      return Json.mapper().readTree(message.body().elements()).path(0).path("MsgContent");
    } catch (IOException e) {
      throw new UncheckedIOException("what was stored can be read", e);
    }
  }
}
