package im.palisade.server.push;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Texts;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Tags and attributes (rest-messages D2–D10). */
public final class AudienceRestApi {
  static final String SERVICE = "all_member_push";
  static final String OLD_SERVICE = "openim";
  private static final int CALLS_PER_SECOND = 100;
  private static final int MAX_USERS = 100;
  private static final int MAX_TAGS = 10;
  private static final int MAX_TEXT = 1 << 20;

  private static final Field<JsonNode> ATTR_NAMES =
      Field.raw("AttrNames", "slot 0 to 9 to name of 1 to 50 bytes").required();
  private static final Field<String> USER =
      Field.text("To_Account", MAX_TEXT, "the account")
          .whenWrongType(ErrorCode.ACCOUNT_WRONG_TYPE)
          .required();
  private static final Field<JsonNode> VALUES =
      Field.raw("Attrs", "attribute name to value of 1 to 50 bytes").required();
  private static final Field<List<Fields>> USER_VALUES = users("UserAttrs", VALUES);
  private static final Field<JsonNode> NAMES =
      Field.raw("Attrs", "attribute names, or an object with these as its members").required();
  private static final Field<List<Fields>> USER_NAMES = users("UserAttrs", NAMES);
  private static final Field<List<String>> TAGS =
      Field.list("Tags", new Shape.Text(0, MAX_TEXT), 0, MAX_TAGS, "tags of 1 to 50 bytes")
          .whenTooMany(ErrorCode.PUSH_TAGS_EXCEEDED)
          .required();
  private static final Field<List<Fields>> USER_TAGS = users("UserTags", TAGS);
  private static final Field<List<JsonNode>> ACCOUNTS =
      Field.list("To_Account", new Shape.Raw(), 0, MAX_USERS, "accounts")
          .whenTooMany(ErrorCode.PUSH_TOO_MANY_ACCOUNTS)
          .required();

  private final PushAudience audience;

  public AudienceRestApi(PushAudience audience) {
    this.audience = audience;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration changes = AuditDeclaration.records("rest.call");
    AuditDeclaration none = AuditDeclaration.none("tells tags and attributes, no content");
    return List.of(
        endpoint("im_set_attr_name", "Names attributes", changes, this::setNames, ATTR_NAMES),
        endpoint("im_get_attr_name", "Reads the names of attributes", none, this::getNames),
        endpoint("im_set_attr", "Sets attributes", changes, this::setValues, USER_VALUES),
        endpoint("im_get_attr", "Reads attributes", none, this::getValues, ACCOUNTS),
        endpoint("im_remove_attr", "Removes attributes", changes, this::removeValues, USER_NAMES),
        endpoint("im_add_tag", "Adds tags", changes, this::addTags, USER_TAGS),
        endpoint("im_get_tag", "Reads tags", none, this::getTags, ACCOUNTS),
        endpoint("im_remove_tag", "Removes tags", changes, this::removeTags, USER_TAGS),
        endpoint(
            "im_remove_all_tags", "Removes every tag", changes, this::removeAllTags, ACCOUNTS));
  }

  private RestReply setNames(RestCall call) {
    JsonNode names = call.get(ATTR_NAMES);
    if (!names.isObject() || names.isEmpty()) {
      throw new ImException(ErrorCode.BODY_NOT_JSON, "AttrNames is no object or empty");
    }
    Map<Integer, String> bySlot = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> each : names.properties()) {
      if (!each.getKey().matches("[0-9]")) {
        throw new ImException(ErrorCode.PUSH_ATTRIBUTE_INVALID, "slots are 0 to 9");
      }
      bySlot.put(Integer.parseInt(each.getKey()), text(each.getValue(), "AttrNames"));
    }
    audience.setNames(call.app(), bySlot, call.cause());
    return RestReply.ok();
  }

  private RestReply getNames(RestCall call) {
    ObjectNode reply = Json.object();
    ObjectNode names = reply.putObject("AttrNames");
    audience.names(call.app()).forEach((slot, name) -> names.put(Integer.toString(slot), name));
    return RestReply.ok(reply);
  }

  private RestReply setValues(RestCall call) {
    List<Map.Entry<String, Map<String, String>>> users = new ArrayList<>();
    for (Fields user : users(call, USER_VALUES)) {
      JsonNode values = user.get(VALUES);
      if (!values.isObject()) {
        throw new ImException(ErrorCode.BODY_NOT_JSON, "Attrs is no object");
      }
      Map<String, String> byName = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> each : values.properties()) {
        byName.put(each.getKey(), text(each.getValue(), "Attrs"));
      }
      users.add(Map.entry(user.get(USER), byName));
    }
    audience.setValues(call.app(), users, call.cause());
    return RestReply.ok();
  }

  private RestReply getValues(RestCall call) {
    List<String> wanted = accounts(call);
    var values = audience.values(call.app(), new LinkedHashSet<>(wanted));
    ObjectNode reply = Json.object();
    ArrayNode users = reply.putArray("UserAttrs");
    for (String userId : wanted) {
      ObjectNode attrs = users.addObject().put("To_Account", userId).putObject("Attrs");
      values.get(userId).forEach(attrs::put);
    }
    return RestReply.ok(reply);
  }

  private RestReply removeValues(RestCall call) {
    List<Map.Entry<String, List<String>>> users = new ArrayList<>();
    for (Fields user : users(call, USER_NAMES)) {
      JsonNode names = user.get(NAMES);
      if (!names.isObject() && !names.isArray()) {
        throw new ImException(ErrorCode.BODY_NOT_JSON, "Attrs is no list of names");
      }
      List<String> list = new ArrayList<>();
      if (names.isObject()) {
        names.fieldNames().forEachRemaining(list::add);
      } else {
        for (JsonNode name : names) {
          list.add(text(name, "Attrs"));
        }
      }
      users.add(Map.entry(user.get(USER), list));
    }
    audience.removeValues(call.app(), users, call.cause());
    return RestReply.ok();
  }

  private RestReply addTags(RestCall call) {
    List<Map.Entry<String, List<String>>> users = tags(call);
    for (Map.Entry<String, List<String>> user : users) {
      for (String tag : user.getValue()) {
        if (!Texts.isWellFormed(tag)) {
          throw new ImException(ErrorCode.BODY_NOT_JSON, "a tag is no text");
        }
        if (tag.isEmpty()) {
          throw new ImException(ErrorCode.PUSH_TAG_EMPTY);
        }
        if (PushAudienceStore.utf8(tag).length > PushAudience.MAX_BYTES) {
          throw new ImException(ErrorCode.PUSH_TAG_TOO_LONG);
        }
      }
    }
    audience.addTags(call.app(), users, call.cause());
    return RestReply.ok();
  }

  private RestReply removeTags(RestCall call) {
    audience.removeTags(call.app(), tags(call), call.cause());
    return RestReply.ok();
  }

  private RestReply removeAllTags(RestCall call) {
    audience.removeAllTags(call.app(), accounts(call), call.cause());
    return RestReply.ok();
  }

  private RestReply getTags(RestCall call) {
    List<String> wanted = accounts(call);
    var tags = audience.tags(call.app(), new LinkedHashSet<>(wanted));
    ObjectNode reply = Json.object();
    ArrayNode users = reply.putArray("UserTags");
    for (String userId : wanted) {
      ArrayNode list = users.addObject().put("To_Account", userId).putArray("Tags");
      tags.get(userId).forEach(list::add);
    }
    return RestReply.ok(reply);
  }

  private static List<Map.Entry<String, List<String>>> tags(RestCall call) {
    List<Map.Entry<String, List<String>>> users = new ArrayList<>();
    for (Fields user : users(call, USER_TAGS)) {
      List<String> tags = user.get(TAGS);
      if (tags.isEmpty()) {
        throw new ImException(ErrorCode.BODY_NOT_JSON, "Tags is empty");
      }
      users.add(Map.entry(user.get(USER), tags));
    }
    return users;
  }

  private static List<Fields> users(RestCall call, Field<List<Fields>> field) {
    List<Fields> users = call.get(field);
    if (users.isEmpty()) {
      throw new ImException(ErrorCode.BODY_NOT_JSON, field.name() + " is empty");
    }
    return users;
  }

  private static List<String> accounts(RestCall call) {
    List<JsonNode> accounts = call.get(ACCOUNTS);
    if (accounts.isEmpty()) {
      throw new ImException(ErrorCode.BODY_NOT_JSON, "To_Account is empty");
    }
    if (!accounts.stream().allMatch(JsonNode::isTextual)) {
      throw new ImException(ErrorCode.ACCOUNT_WRONG_TYPE);
    }
    return accounts.stream().map(JsonNode::textValue).toList();
  }

  private static String text(JsonNode node, String field) {
    if (!node.isTextual() || !Texts.isWellFormed(node.textValue())) {
      throw new ImException(ErrorCode.BODY_NOT_JSON, field + " holds what is no string");
    }
    return node.textValue();
  }

  private static Field<List<Fields>> users(String name, Field<?> content) {
    return Field.objects(name, 0, MAX_USERS, List.of(USER, content), "1 to 100 accounts")
        .whenTooMany(ErrorCode.PUSH_TOO_MANY_ACCOUNTS)
        .required();
  }

  private static Endpoint endpoint(
      String command,
      String meaning,
      AuditDeclaration audit,
      Endpoint.Handler handler,
      Field<?>... fields) {
    return Endpoint.of(SERVICE, command, Family.MESSAGE)
        .meaning(meaning)
        .callsPerSecond(CALLS_PER_SECOND)
        .aliases(OLD_SERVICE + "/" + command)
        .fields(fields)
        .handledBy(audit, whenOn(handler));
  }

  /** Refuses while the app has the feature switched off. */
  static Endpoint.Handler whenOn(Endpoint.Handler handler) {
    return call -> {
      if (!call.app().settings().allMemberPush()) {
        throw new ImException(ErrorCode.PUSH_OFF);
      }
      return handler.handle(call);
    };
  }
}
