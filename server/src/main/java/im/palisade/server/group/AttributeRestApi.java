package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Attributes and counters of groups (rest-groups-advanced Parts D and E). */
public final class AttributeRestApi {
  private static final String SERVICE = GroupFields.SERVICE;
  private static final String ATTRIBUTES = "group_open_attr_http_svc";
  private static final int ANY = 1 << 16;

  private static final Field<String> ATTRIBUTE_KEY = Field.text("key", ANY, "its key").required();
  private static final Field<String> ATTRIBUTE_VALUE =
      Field.text("value", ANY, "its value").required();
  private static final Field<List<Fields>> GROUP_ATTR =
      Field.objects(
              "GroupAttr", 1, 1_000, List.of(ATTRIBUTE_KEY, ATTRIBUTE_VALUE), "attributes to write")
          .required();
  private static final Field<List<Fields>> WHOLE =
      Field.objects(
              "GroupAttr", 0, 1_000, List.of(ATTRIBUTE_KEY, ATTRIBUTE_VALUE), "all attributes")
          .required();

  private static final Field<List<String>> COUNTER_KEYS =
      GroupFields.names("GroupCounterKeys", "only these; all without it").defaultsTo(List.of());
  private static final Field<String> COUNTER_KEY =
      Field.of("Key", new Shape.Text(1, GroupCounters.MAX_KEY), "the counter's key").required();
  private static final Field<Long> COUNTER_VALUE =
      Field.whole("Value", Long.MIN_VALUE, Long.MAX_VALUE, "a number").required();
  private static final Field<List<Fields>> GROUP_COUNTER =
      Field.objects(
              "GroupCounter",
              1,
              GroupCounters.MAX_COUNTERS,
              List.of(COUNTER_KEY, COUNTER_VALUE),
              "counters to change")
          .required();
  private static final Field<String> MODE =
      Field.word("Mode", List.of("Set", "Increase", "Decrease"), "what is done with the numbers")
          .defaultsTo("Set");

  private final GroupService groups;
  private final GroupAttributes attributes;
  private final GroupCounters counters;
  private final AccountService accounts;

  AttributeRestApi(GroupServices services, GroupAttributes attributes, GroupCounters counters) {
    this.groups = services.groups();
    this.accounts = services.accounts();
    this.attributes = attributes;
    this.counters = counters;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration changes = AuditDeclaration.records("group.update");
    AuditDeclaration reads = AuditDeclaration.none("an app's back end reads its own groups");
    return List.of(
        Endpoint.of(ATTRIBUTES, "get_group_attr", Family.GROUP)
            .meaning("Reads a group's attributes")
            .fields(GroupFields.GROUP_ID)
            .aliases(SERVICE + "/get_group_attr")
            .handledBy(reads, this::read),
        Endpoint.of(SERVICE, "modify_group_attr", Family.GROUP)
            .meaning("Adds or overwrites attributes")
            .fields(GroupFields.GROUP_ID, GROUP_ATTR)
            .aliases(ATTRIBUTES + "/modify_group_attr")
            .handledBy(changes, this::modify),
        Endpoint.of(SERVICE, "set_group_attr", Family.GROUP)
            .meaning("Replaces all attributes")
            .fields(GroupFields.GROUP_ID, WHOLE)
            .aliases(ATTRIBUTES + "/set_group_attr")
            .handledBy(changes, this::set),
        Endpoint.of(SERVICE, "clear_group_attr", Family.GROUP)
            .meaning("Removes all attributes")
            .fields(GroupFields.GROUP_ID)
            .aliases(ATTRIBUTES + "/clear_group_attr")
            .handledBy(changes, this::clear),
        Endpoint.of(SERVICE, "get_group_counter", Family.GROUP)
            .meaning("Reads counters")
            .fields(GroupFields.GROUP_ID, COUNTER_KEYS)
            .handledBy(reads, this::readCounters),
        Endpoint.of(SERVICE, "update_group_counter", Family.GROUP)
            .meaning("Sets or counts counters up or down")
            .fields(GroupFields.GROUP_ID, GROUP_COUNTER, MODE)
            .handledBy(changes, this::updateCounters),
        Endpoint.of(SERVICE, "delete_group_counter", Family.GROUP)
            .meaning("Deletes counters")
            .fields(GroupFields.GROUP_ID, COUNTER_KEYS)
            .handledBy(changes, this::deleteCounters));
  }

  private RestReply read(RestCall call) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("GroupAttrAry");
    attributes
        .read(call.app(), group(call))
        .pairs()
        .forEach((key, value) -> list.addObject().put("key", key).put("value", value));
    return RestReply.ok(reply);
  }

  private RestReply modify(RestCall call) {
    Map<String, String> pairs = pairs(call.get(GROUP_ATTR));
    attributes.modify(call.app(), actor(call), group(call), pairs, OptionalLong.empty());
    return RestReply.ok();
  }

  private RestReply set(RestCall call) {
    Map<String, String> pairs = pairs(call.get(WHOLE));
    attributes.set(call.app(), actor(call), group(call), pairs, OptionalLong.empty());
    return RestReply.ok();
  }

  private RestReply clear(RestCall call) {
    attributes.set(call.app(), actor(call), group(call), Map.of(), OptionalLong.empty());
    return RestReply.ok();
  }

  private RestReply readCounters(RestCall call) {
    List<String> keys = call.get(COUNTER_KEYS);
    Map<String, Long> all = counters.read(call.app(), group(call));
    Map<String, Long> wanted = new LinkedHashMap<>();
    (keys.isEmpty() ? all.keySet() : keys)
        .forEach(
            key -> {
              if (all.containsKey(key)) {
                wanted.put(key, all.get(key));
              }
            });
    return counters(wanted);
  }

  private RestReply updateCounters(RestCall call) {
    Map<String, Long> values = new LinkedHashMap<>();
    call.get(GROUP_COUNTER)
        .forEach(each -> values.put(each.get(COUNTER_KEY), each.get(COUNTER_VALUE)));
    GroupCounters.Mode mode =
        switch (call.get(MODE)) {
          case "Increase" -> GroupCounters.Mode.INCREASE;
          case "Decrease" -> GroupCounters.Mode.DECREASE;
          default -> GroupCounters.Mode.SET;
        };
    return counters(counters.update(call.app(), actor(call), group(call), values, mode));
  }

  private RestReply deleteCounters(RestCall call) {
    List<String> keys = call.get(COUNTER_KEYS);
    counters.delete(call.app(), actor(call), group(call), keys);
    return RestReply.ok();
  }

  private static RestReply counters(Map<String, Long> values) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("GroupCounter");
    values.forEach((key, value) -> list.addObject().put("Key", key).put("Value", value));
    return RestReply.ok(reply);
  }

  private static Map<String, String> pairs(List<Fields> list) {
    Map<String, String> pairs = new LinkedHashMap<>();
    list.forEach(each -> pairs.put(each.get(ATTRIBUTE_KEY), each.get(ATTRIBUTE_VALUE)));
    return pairs;
  }

  private Actor actor(RestCall call) {
    return RestActors.of(accounts, call);
  }

  private Group group(RestCall call) {
    return groups.require(call.app(), call.get(GroupFields.GROUP_ID));
  }
}
