package im.palisade.server.admin.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.admin.door.FieldFault.Fault;
import im.palisade.server.protocol.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Records as JSON and back. What a record declares is all that is read: a member it does not know,
 * one of another type or out of its bounds is a fault of that field. A component is a text, a
 * number, a boolean, an instant (ISO 8601), an enum (its word), raw JSON, a record, or an Optional,
 * a List or a Map by text of these.
 */
final class Shapes {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final List<FieldFault> faults = new ArrayList<>();

  /** Whether texts stand for numbers, as they do in a query. */
  private final boolean ofQuery;

  private Shapes(boolean ofQuery) {
    this.ofQuery = ofQuery;
  }

  /**
   * Reads a record.
   *
   * @param ofQuery whether texts stand for numbers, and one value for a list of one
   * @throws AdminException naming every field that is wrong
   */
  static <T extends Record> T read(Class<T> type, ObjectNode in, boolean ofQuery) {
    Shapes reader = new Shapes(ofQuery);
    Optional<Object> value = reader.record(type, in, "");
    if (!reader.faults.isEmpty()) {
      throw AdminException.invalid(reader.faults);
    }
    return type.cast(value.orElseThrow());
  }

  /** A value as JSON; an empty Optional is left out of its record. */
  static JsonNode write(Object value) {
    return switch (value) {
      case String text -> NODES.textNode(text);
      case Boolean flag -> NODES.booleanNode(flag);
      case Integer number -> NODES.numberNode(number);
      case Long number -> NODES.numberNode(number);
      case Double number -> NODES.numberNode(number);
      case Instant time -> NODES.textNode(time.toString());
      case Enum<?> word -> NODES.textNode(Word.of(word));
      case JsonNode json -> json;
      case List<?> list -> {
        ArrayNode array = NODES.arrayNode();
        list.forEach(each -> array.add(write(each)));
        yield array;
      }
      case Map<?, ?> map -> {
        ObjectNode object = Json.object();
        map.forEach((key, each) -> object.set(key.toString(), write(each)));
        yield object;
      }
      case Record members -> {
        ObjectNode object = Json.object();
        for (RecordComponent component : members.getClass().getRecordComponents()) {
          Object member = member(members, component);
          if (!(member instanceof Optional<?> optional)) {
            object.set(component.getName(), write(member));
          } else if (optional.isPresent()) {
            object.set(component.getName(), write(optional.get()));
          }
        }
        yield object;
      }
      default -> throw new IllegalArgumentException("no shape for " + value.getClass());
    };
  }

  private static Object member(Record of, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record can always be read", e);
    }
  }

  private Optional<Object> record(Class<?> type, ObjectNode in, String at) {
    RecordComponent[] components = type.getRecordComponents();
    in.fieldNames()
        .forEachRemaining(
            name -> {
              if (Arrays.stream(components).noneMatch(c -> c.getName().equals(name))) {
                fault(at + name, Fault.UNKNOWN, "");
              }
            });
    Object[] values = new Object[components.length];
    boolean complete = true;
    for (int i = 0; i < components.length; i++) {
      Optional<Object> value = component(components[i], in, at);
      complete &= value.isPresent();
      values[i] = value.orElse(null);
    }
    return complete ? construct(type, components, values, at) : Optional.empty();
  }

  private Optional<Object> construct(
      Class<?> type, RecordComponent[] components, Object[] values, String at) {
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return Optional.of(constructor.newInstance(values));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        String name = at.isEmpty() ? "" : at.substring(0, at.length() - 1);
        fault(name, Fault.NOT_ALLOWED, "" + refused.getMessage());
        return Optional.empty();
      }
      throw new IllegalStateException(type + " cannot be made", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " cannot be made", e);
    }
  }

  private Optional<Object> component(RecordComponent component, ObjectNode in, String at) {
    String name = at + component.getName();
    JsonNode node = in.get(component.getName());
    boolean absent = node == null || node.isNull();
    Type type = component.getGenericType();
    Optional<Within> within = Optional.ofNullable(component.getAnnotation(Within.class));
    boolean lines = component.isAnnotationPresent(Lines.class);
    if (component.getType() == Optional.class) {
      return absent
          ? Optional.of(Optional.empty())
          : value(argument(type, 0), node, name, within, lines).map(Optional::of);
    }
    if (absent && component.getType() == List.class && within.map(Within::min).orElse(0L) == 0) {
      return Optional.of(List.of());
    }
    if (absent) {
      fault(name, Fault.MISSING, "");
      return Optional.empty();
    }
    return value(type, node, name, within, lines);
  }

  private Optional<Object> value(
      Type type, JsonNode node, String name, Optional<Within> within, boolean lines) {
    Class<?> raw = raw(type);
    if (raw == String.class) {
      return text(node, name, within, lines);
    }
    if (raw == boolean.class || raw == Boolean.class) {
      return flag(node, name);
    }
    if (raw == int.class || raw == Integer.class) {
      return whole(node, name, within, Integer.MIN_VALUE, Integer.MAX_VALUE).map(Long::intValue);
    }
    if (raw == long.class || raw == Long.class) {
      return whole(node, name, within, Long.MIN_VALUE, Long.MAX_VALUE).map(each -> each);
    }
    if (raw == Instant.class) {
      return instant(node, name);
    }
    if (raw.isEnum()) {
      return word(raw, node, name);
    }
    if (JsonNode.class.isAssignableFrom(raw)) {
      return Optional.of(node);
    }
    if (raw == List.class) {
      return list(argument(type, 0), node, name, within);
    }
    if (raw == Map.class) {
      return map(argument(type, 1), node, name, within);
    }
    if (node instanceof ObjectNode object) {
      return record(raw, object, name + ".");
    }
    fault(name, Fault.WRONG_TYPE, "object");
    return Optional.empty();
  }

  private Optional<Object> text(
      JsonNode node, String name, Optional<Within> within, boolean lines) {
    if (!node.isTextual()) {
      fault(name, Fault.WRONG_TYPE, "text");
      return Optional.empty();
    }
    String text = node.textValue();
    int length = text.codePointCount(0, text.length());
    if (within.isPresent() && length < within.get().min()) {
      fault(name, Fault.TOO_SHORT, Long.toString(within.get().min()));
    } else if (within.isPresent() && length > within.get().max()) {
      fault(name, Fault.TOO_LONG, Long.toString(within.get().max()));
    } else if (!isClean(text, lines)) {
      faults.add(new FieldFault(name, Fault.NOT_ALLOWED, Reason.UNCLEAN));
    }
    return Optional.of(text);
  }

  /** Whether there is no half of a surrogate pair and no control character. */
  private static boolean isClean(String text, boolean lines) {
    return text.codePoints()
        .allMatch(
            c ->
                (c >= 0x20 && c != 0x7F && (c < 0x80 || c > 0x9F) && (c < 0xD800 || c > 0xDFFF))
                    || (lines && (c == '\n' || c == '\r' || c == '\t')));
  }

  private Optional<Object> flag(JsonNode node, String name) {
    if (node.isBoolean()) {
      return Optional.of(node.booleanValue());
    }
    if (ofQuery && (node.asText().equals("true") || node.asText().equals("false"))) {
      return Optional.of(node.asText().equals("true"));
    }
    fault(name, Fault.WRONG_TYPE, "true or false");
    return Optional.empty();
  }

  private Optional<Long> whole(
      JsonNode node, String name, Optional<Within> within, long least, long most) {
    Optional<Long> number = number(node);
    if (number.isEmpty()) {
      fault(name, Fault.WRONG_TYPE, "whole number");
      return number;
    }
    long min = Math.max(least, within.map(Within::min).orElse(least));
    long max = Math.min(most, within.map(Within::max).orElse(most));
    if (number.get() < min || number.get() > max) {
      fault(name, Fault.OUT_OF_RANGE, min + "–" + max);
      return Optional.empty();
    }
    return number;
  }

  private Optional<Long> number(JsonNode node) {
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return Optional.of(node.longValue());
    }
    if (ofQuery && node.isTextual() && node.textValue().matches("-?[0-9]{1,18}")) {
      return Optional.of(Long.parseLong(node.textValue()));
    }
    return Optional.empty();
  }

  private Optional<Object> instant(JsonNode node, String name) {
    try {
      if (node.isTextual()) {
        return Optional.of(Instant.parse(node.textValue()));
      }
    } catch (DateTimeException e) {
      // The same fault as of what is no text.
    }
    fault(name, Fault.WRONG_TYPE, "time such as 2026-01-31T08:00:00Z");
    return Optional.empty();
  }

  private Optional<Object> word(Class<?> type, JsonNode node, String name) {
    for (Object constant : type.getEnumConstants()) {
      if (node.isTextual() && Word.of((Enum<?>) constant).equals(node.textValue())) {
        return Optional.of(constant);
      }
    }
    List<String> words =
        Arrays.stream(type.getEnumConstants()).map(each -> Word.of((Enum<?>) each)).toList();
    fault(
        name,
        node.isTextual() ? Fault.NOT_ALLOWED : Fault.WRONG_TYPE,
        String.join(", ", words.subList(0, Math.min(10, words.size()))));
    return Optional.empty();
  }

  private Optional<Object> list(Type element, JsonNode node, String name, Optional<Within> within) {
    List<JsonNode> nodes = new ArrayList<>();
    if (node.isArray()) {
      node.forEach(nodes::add);
    } else if (ofQuery) {
      nodes.add(node);
    } else {
      fault(name, Fault.WRONG_TYPE, "array");
      return Optional.empty();
    }
    if (!isCountFine(nodes.size(), name, within)) {
      return Optional.empty();
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      element(element, nodes.get(i), name + "[" + i + "]", within).ifPresent(values::add);
    }
    return Optional.of(List.copyOf(values));
  }

  private Optional<Object> map(Type element, JsonNode node, String name, Optional<Within> within) {
    if (!node.isObject()) {
      fault(name, Fault.WRONG_TYPE, "object");
      return Optional.empty();
    }
    if (!isCountFine(node.size(), name, within)) {
      return Optional.empty();
    }
    Map<String, Object> values = new LinkedHashMap<>();
    node.properties()
        .forEach(
            entry ->
                element(element, entry.getValue(), name + "." + entry.getKey(), within)
                    .ifPresent(value -> values.put(entry.getKey(), value)));
    return Optional.of(Collections.unmodifiableMap(values));
  }

  private Optional<Object> element(
      Type element, JsonNode node, String name, Optional<Within> within) {
    Optional<Object> value = value(element, node, name, Optional.empty(), false);
    int longest = within.map(Within::each).orElse(Integer.MAX_VALUE);
    if (value.isPresent() && value.get() instanceof String text) {
      if (text.isEmpty()) {
        fault(name, Fault.TOO_SHORT, "1");
      } else if (text.codePointCount(0, text.length()) > longest) {
        fault(name, Fault.TOO_LONG, Integer.toString(longest));
      }
    }
    return value;
  }

  private boolean isCountFine(int count, String name, Optional<Within> within) {
    if (within.isPresent() && count < within.get().min()) {
      fault(name, Fault.TOO_SHORT, Long.toString(within.get().min()));
      return false;
    }
    if (within.isPresent() && count > within.get().max()) {
      fault(name, Fault.TOO_LONG, Long.toString(within.get().max()));
      return false;
    }
    return true;
  }

  private void fault(String field, Fault fault, String detail) {
    faults.add(new FieldFault(field, fault, detail));
  }

  static Class<?> raw(Type type) {
    return type instanceof ParameterizedType generic
        ? (Class<?>) generic.getRawType()
        : (Class<?>) type;
  }

  static Type argument(Type type, int at) {
    return ((ParameterizedType) type).getActualTypeArguments()[at];
  }
}
