package im.palisade.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Declared fields as JSON Schema, with what that has no word for as {@code x-} members. */
final class OpenApiSchema {
  static final String USER_ID = "#/components/schemas/UserID";

  private final Family family;

  /**
   * Makes schemas.
   *
   * @param family whose codes hold where a field declares none
   */
  OpenApiSchema(Family family) {
    this.family = family;
  }

  /** The object with these fields. */
  ObjectNode object(List<Field<?>> fields) {
    ObjectNode schema = Json.object().put("type", "object");
    ArrayNode required = Json.mapper().createArrayNode();
    ObjectNode properties = Json.object();
    for (Field<?> field : fields) {
      if (field.isRequired()) {
        required.add(field.name());
      }
      properties.set(field.name(), property(field));
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    if (!properties.isEmpty()) {
      schema.set("properties", properties);
    }
    return schema;
  }

  private ObjectNode property(Field<?> field) {
    ObjectNode schema = Json.object().put("description", field.meaning());
    schema.setAll(shape(field.shape()));
    field
        .defaultValue()
        .ifPresent(value -> schema.set("default", defaultValue(field.shape(), value)));
    List<String> aliases = field.names().subList(1, field.names().size());
    if (!aliases.isEmpty()) {
      aliases.forEach(schema.putArray("x-aliases")::add);
    }
    ObjectNode codes = Json.object();
    if (field.isRequired()) {
      codes.put("missing", field.codeWhenAbsent(family).number());
    }
    for (Shape.Fault fault : faults(field.shape())) {
      codes.put(word(fault), field.code(fault, family).number());
    }
    if (!codes.isEmpty()) {
      schema.set("x-codes", codes);
    }
    return schema;
  }

  private ObjectNode shape(Shape<?> shape) {
    return switch (shape) {
      case Shape.Text text -> text(text);
      case Shape.Word word -> {
        ObjectNode schema = Json.object().put("type", "string");
        word.words().forEach(schema.putArray("enum")::add);
        yield schema;
      }
      // What is no UserID fails as an item, but there is no other use in sending it.
      case Shape.UserId _, Shape.Named _ -> Json.object().put("$ref", USER_ID);
      case Shape.Whole whole ->
          lenient(bounds("int64", whole.min(), whole.max()), whole.strict(), "decimal string");
      case Shape.Int number -> {
        ObjectNode schema = bounds("int32", number.min(), number.max());
        yield lenient(schema, number.strict(), "decimal string");
      }
      case Shape.Flag flag -> {
        ObjectNode schema = Json.object().put("type", "integer");
        schema.putArray("enum").add(0).add(1);
        yield lenient(schema, flag.strict(), "boolean", "decimal string");
      }
      case Shape.ListOf<?> list -> {
        ObjectNode schema = Json.object().put("type", "array");
        if (list.min() > 0) {
          schema.put("minItems", list.min());
        }
        if (list.max() < Integer.MAX_VALUE) {
          schema.put("maxItems", list.max());
        }
        schema.set("items", shape(list.element()));
        yield lenient(schema, !list.orOne(), "one element without the array");
      }
      case Shape.Nested nested -> object(nested.fields());
      case Shape.Raw _ -> Json.object();
    };
  }

  /** JSON Schema counts characters and we count bytes, of which a character has at least one. */
  private static ObjectNode text(Shape.Text text) {
    ObjectNode schema = Json.object().put("type", "string");
    if (text.minBytes() > 0) {
      schema.put("minLength", 1).put("x-min-bytes", text.minBytes());
    }
    if (isBounded(text)) {
      schema.put("maxLength", text.maxBytes()).put("x-max-bytes", text.maxBytes());
    }
    return schema;
  }

  /** What the body's own limit would stop earlier is no limit of the field. */
  private static boolean isBounded(Shape.Text text) {
    return text.maxBytes() < RestSettings.MAX_BODY_BYTES;
  }

  private static ObjectNode bounds(String format, long min, long max) {
    ObjectNode schema = Json.object().put("type", "integer").put("format", format);
    if (min > Long.MIN_VALUE && min != Integer.MIN_VALUE) {
      schema.put("minimum", min);
    }
    if (max < Long.MAX_VALUE && max != Integer.MAX_VALUE) {
      schema.put("maximum", max);
    }
    return schema;
  }

  private static ObjectNode lenient(ObjectNode schema, boolean strict, String... accepted) {
    if (!strict) {
      ArrayNode also = schema.putArray("x-also-accepts");
      for (String each : accepted) {
        also.add(each);
      }
    }
    return schema;
  }

  /** What can be wrong with a value of that shape and is answered with the field's own codes. */
  private static Set<Shape.Fault> faults(Shape<?> shape) {
    return switch (shape) {
      case Shape.Text text ->
          text.minBytes() > 0 || isBounded(text)
              ? EnumSet.of(Shape.Fault.TYPE, Shape.Fault.RANGE)
              : EnumSet.of(Shape.Fault.TYPE);
      case Shape.UserId _ -> EnumSet.of(Shape.Fault.ACCOUNT, Shape.Fault.RANGE);
      case Shape.Named _ -> EnumSet.of(Shape.Fault.ACCOUNT);
      case Shape.Word _, Shape.Whole _, Shape.Int _, Shape.Flag _ ->
          EnumSet.of(Shape.Fault.TYPE, Shape.Fault.RANGE);
      case Shape.ListOf<?> list -> {
        Set<Shape.Fault> faults = EnumSet.noneOf(Shape.Fault.class);
        faults.addAll(faults(list.element()));
        if (!list.orOne()) {
          faults.add(Shape.Fault.TYPE);
        }
        if (list.min() > 0 || list.max() < Integer.MAX_VALUE) {
          faults.add(Shape.Fault.COUNT);
        }
        yield faults;
      }
      case Shape.Nested _ -> EnumSet.of(Shape.Fault.TYPE);
      case Shape.Raw _ -> EnumSet.noneOf(Shape.Fault.class);
    };
  }

  private static String word(Shape.Fault fault) {
    return switch (fault) {
      case TYPE -> "type";
      case ACCOUNT -> "account-type";
      case RANGE -> "range";
      case COUNT -> "count";
    };
  }

  private static JsonNode defaultValue(Shape<?> shape, Object value) {
    return shape instanceof Shape.Flag
        ? IntNode.valueOf(Boolean.TRUE.equals(value) ? 1 : 0)
        : Json.mapper().valueToTree(value);
  }
}
