package im.palisade.server.push;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Texts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whom a push is for (rest-messages D1). What is empty is not asked; what is given must all hold.
 *
 * @param tagsOr any of these
 * @param tagsAnd all of these
 * @param valuesOr any of these values by slot
 * @param valuesAnd all of these values by slot
 */
record PushCondition(
    List<String> tagsOr,
    List<String> tagsAnd,
    Map<Integer, String> valuesOr,
    Map<Integer, String> valuesAnd) {
  static final PushCondition EVERYBODY =
      new PushCondition(List.of(), List.of(), Map.of(), Map.of());

  private static final int MAX_TAGS = 10;

  /**
   * Reads and checks a request's condition.
   *
   * @param slots of the app's attributes by name
   */
  static PushCondition parse(JsonNode condition, Map<String, Integer> slots) {
    if (!condition.isObject()) {
      throw new ImException(ErrorCode.BODY_NOT_JSON, "Condition is no object");
    }
    PushCondition parsed =
        new PushCondition(
            tags(condition.path("TagsOr")),
            tags(condition.path("TagsAnd")),
            values(condition.path("AttrsOr"), slots),
            values(condition.path("AttrsAnd"), slots));
    if (!Collections.disjoint(parsed.tagsOr, parsed.tagsAnd)) {
      throw new ImException(ErrorCode.PUSH_CONDITION_TAG_TWICE);
    }
    if (parsed.hasTags() && parsed.hasValues()) {
      throw new ImException(ErrorCode.PUSH_CONDITION_MIXED);
    }
    return parsed;
  }

  /** Whether every account is meant. */
  boolean isEverybody() {
    return !hasTags() && !hasValues();
  }

  boolean hasTags() {
    return !tagsOr.isEmpty() || !tagsAnd.isEmpty();
  }

  boolean hasValues() {
    return !valuesOr.isEmpty() || !valuesAnd.isEmpty();
  }

  /** Whether an account with these tags and values is meant. */
  boolean holds(Collection<String> tags, Map<Integer, String> values) {
    return (tagsOr.isEmpty() || !Collections.disjoint(tagsOr, tags))
        && tags.containsAll(tagsAnd)
        && (valuesOr.isEmpty() || !Collections.disjoint(valuesOr.entrySet(), values.entrySet()))
        && values.entrySet().containsAll(valuesAnd.entrySet());
  }

  /** As it is stored. */
  byte[] bytes() {
    ObjectNode json = Json.object();
    tagsOr.forEach(json.putArray("tagsOr")::add);
    tagsAnd.forEach(json.putArray("tagsAnd")::add);
    put(json.putArray("valuesOr"), valuesOr);
    put(json.putArray("valuesAnd"), valuesAnd);
    return Json.bytes(json);
  }

  /** What {@link #bytes} wrote. */
  static PushCondition stored(byte[] bytes) {
    ObjectNode json = Json.parseObject(bytes).orElseThrow();
    return new PushCondition(
        texts(json.path("tagsOr")),
        texts(json.path("tagsAnd")),
        slots(json.path("valuesOr")),
        slots(json.path("valuesAnd")));
  }

  private static List<String> tags(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return List.of();
    }
    if (!node.isArray()) {
      throw new ImException(ErrorCode.BODY_NOT_JSON, "a list of tags is no array");
    }
    if (node.size() > MAX_TAGS) {
      throw new ImException(ErrorCode.PUSH_TAGS_EXCEEDED, "more than 10 tags in one list");
    }
    List<String> tags = new ArrayList<>();
    for (JsonNode tag : node) {
      if (!tag.isTextual() || !Texts.isWellFormed(tag.textValue())) {
        throw new ImException(ErrorCode.BODY_NOT_JSON, "a tag is no string");
      }
      if (tag.textValue().isEmpty()) {
        throw new ImException(ErrorCode.PUSH_TAG_EMPTY);
      }
      if (PushAudienceStore.utf8(tag.textValue()).length > PushAudience.MAX_BYTES) {
        throw new ImException(ErrorCode.PUSH_CONDITION_TAG_TOO_LONG);
      }
      if (!tags.contains(tag.textValue())) {
        tags.add(tag.textValue());
      }
    }
    return tags;
  }

  private static Map<Integer, String> values(JsonNode node, Map<String, Integer> slots) {
    if (node.isMissingNode() || node.isNull()) {
      return Map.of();
    }
    if (!node.isObject()) {
      throw new ImException(ErrorCode.BODY_NOT_JSON, "attributes are no object");
    }
    Map<Integer, String> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      Integer slot = slots.get(each.getKey());
      JsonNode value = each.getValue();
      if (slot == null
          || !value.isTextual()
          || value.textValue().isEmpty()
          || PushAudienceStore.utf8(value.textValue()).length > PushAudience.MAX_BYTES) {
        throw new ImException(ErrorCode.PUSH_ATTRIBUTE_INVALID);
      }
      values.put(slot, value.textValue());
    }
    return values;
  }

  private static void put(ArrayNode into, Map<Integer, String> values) {
    values.forEach((slot, value) -> into.addArray().add(slot).add(value));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.textValue()));
    return texts;
  }

  private static Map<Integer, String> slots(JsonNode array) {
    Map<Integer, String> values = new LinkedHashMap<>();
    array.forEach(pair -> values.put(pair.get(0).intValue(), pair.get(1).textValue()));
    return values;
  }
}
