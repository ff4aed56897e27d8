package im.palisade.server.group;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the fields of clients' group commands; what is wrong is GROUP_INVALID_PARAMETER. */
final class ClientFields {
  static final ErrorCode WRONG = ErrorCode.GROUP_INVALID_PARAMETER;

  private ClientFields() {}

  /** A text of at most so many UTF-8 bytes, if there is one. */
  static Optional<String> text(CommandCall call, String field, int maxBytes) {
    Optional<String> text = call.optionalText(field, WRONG);
    text.ifPresent(
        value -> {
          if (value.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
            throw new ImException(WRONG, field + " is above " + maxBytes + " bytes");
          }
        });
    return text;
  }

  /** UserIDs, at least one and at most so many. */
  static List<String> userIds(CommandCall call, int most) {
    List<String> ids = texts(call.data().path("userIds"), "userIds");
    if (ids.isEmpty()) {
      throw new ImException(WRONG, "userIds is missing");
    }
    if (ids.size() > most) {
      throw new ImException(ErrorCode.GROUP_TOO_MANY_ACCOUNTS);
    }
    return ids;
  }

  /** Texts of an array; none when it is absent. */
  static List<String> texts(JsonNode array, String field) {
    List<String> texts = new ArrayList<>();
    if (!array.isMissingNode() && !array.isNull()) {
      if (!array.isArray()) {
        throw new ImException(WRONG, field + " is no array");
      }
      for (JsonNode each : array) {
        if (!each.isTextual()) {
          throw new ImException(WRONG, field + " holds something that is no string");
        }
        texts.add(each.textValue());
      }
    }
    return texts;
  }

  /** Texts by key of an object; none when it is absent. */
  static Map<String, String> pairs(JsonNode object, String field) {
    Map<String, String> pairs = new LinkedHashMap<>();
    if (!object.isMissingNode() && !object.isNull()) {
      if (!object.isObject()) {
        throw new ImException(WRONG, field + " is no object");
      }
      object
          .properties()
          .forEach(
              each -> {
                if (!each.getValue().isTextual()) {
                  throw new ImException(WRONG, field + " holds something that is no string");
                }
                pairs.put(each.getKey(), each.getValue().textValue());
              });
    }
    return pairs;
  }

  /** Whole numbers by key of an object, at least one. */
  static Map<String, Long> numbers(JsonNode object, String field) {
    Map<String, Long> numbers = new LinkedHashMap<>();
    for (var each : object.properties()) {
      if (!each.getValue().isIntegralNumber() || !each.getValue().canConvertToLong()) {
        throw new ImException(WRONG, field + " holds something that is no 64-bit number");
      }
      numbers.put(each.getKey(), each.getValue().longValue());
    }
    if (numbers.isEmpty()) {
      throw new ImException(WRONG, field + " is missing");
    }
    return numbers;
  }

  /** A flag, if there is one. */
  static Optional<Boolean> flag(CommandCall call, String field) {
    JsonNode value = call.data().path(field);
    return value.isMissingNode() || value.isNull()
        ? Optional.empty()
        : Optional.of(call.flag(field, WRONG));
  }

  /** One of these words, if there is one. */
  static Optional<String> word(CommandCall call, String field, List<String> words) {
    Optional<String> word = call.optionalText(field, WRONG);
    word.ifPresent(
        value -> {
          if (!words.contains(value)) {
            throw new ImException(WRONG, field + " is none of " + words);
          }
        });
    return word;
  }
}
