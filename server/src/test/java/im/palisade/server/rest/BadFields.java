package im.palisade.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Shape.Fault;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Bodies with one wrong field each, made from what an endpoint declares and a body that is good.
 */
final class BadFields {
  /** What people paste, and what attackers do. */
  static final List<String> HOSTILE =
      List.of(
          "'; DROP TABLE account; -- ",
          "\\' OR 1=1 \\\" %_",
          "=HYPERLINK(\"http://x\",\"y\")",
          "\0\1\u001b[31m\u007f",
          "\u202egnp.exe\u200b\ufeff\u2028",
          "e\u0301\u0301\u0301\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67\ud83c\uddeb\ud83c\uddf7",
          "\ud800",
          "\udc00x",
          "\uffff\ufffe\udbff\udfff",
          "${jndi:ldap://x/y}{{7*7}}<script>alert(1)</script>",
          "../../../etc/passwd\r\nX-Injected: 1");

  private static final int MOST_BYTES = 100_000;
  private static final int MOST_ELEMENTS = 20_000;

  private final Endpoint endpoint;
  private final ObjectNode good;
  private final List<Bad> found = new ArrayList<>();

  /**
   * A body that is to be refused.
   *
   * @param what the field and what is wrong with it
   * @param code declared for that
   */
  record Bad(String what, String body, int code) {
    @Override
    public String toString() {
      return what;
    }
  }

  private BadFields(Endpoint endpoint, ObjectNode good) {
    this.endpoint = endpoint;
    this.good = good;
  }

  /** Everything that can be wrong with the declared fields that the good body has room for. */
  static List<Bad> of(Endpoint endpoint, ObjectNode good) {
    BadFields bad = new BadFields(endpoint, good);
    bad.object(good, endpoint.fields(), "");
    return bad.found;
  }

  /** The same, where the wrong item of each list stands behind a good one; once for each field. */
  static List<Bad> behindAGoodOne(Endpoint endpoint, ObjectNode good) {
    ObjectNode doubled = good.deepCopy();
    Set<String> lists = new HashSet<>();
    twice(doubled, endpoint.fields(), "", lists);
    Map<String, Bad> first = new LinkedHashMap<>();
    for (Bad bad : of(endpoint, doubled)) {
      String field = bad.what().substring(0, bad.what().indexOf(' '));
      if (lists.stream().anyMatch(list -> field.startsWith(list + "."))) {
        first.putIfAbsent(field, bad);
      }
    }
    return List.copyOf(first.values());
  }

  private static void twice(
      ObjectNode object, List<Field<?>> fields, String path, Set<String> lists) {
    for (Field<?> field : fields) {
      String name = present(object, field);
      nested(field, object.path(name))
          .ifPresent(
              inner -> {
                twice(inner.object, inner.fields, path + name + ".", lists);
                if (field.shape() instanceof Shape.ListOf<?> list && list.max() > 1) {
                  ((ArrayNode) object.get(name)).add(inner.object.deepCopy());
                  lists.add(path + name);
                }
              });
    }
  }

  /** Bodies in which one text is hostile; what they are answered is the feature's business. */
  static List<String> hostile(Endpoint endpoint, ObjectNode good) {
    List<String> bodies = new ArrayList<>();
    texts(good, endpoint.fields(), good, bodies);
    return bodies;
  }

  private static void texts(
      ObjectNode object, List<Field<?>> fields, ObjectNode root, List<String> into) {
    for (Field<?> field : fields) {
      String name = present(object, field);
      JsonNode value = object.get(name);
      if (isText(field.shape())) {
        HOSTILE.forEach(text -> into.add(with(root, object, name, TextNode.valueOf(text))));
      } else if (field.shape() instanceof Shape.ListOf<?> list && isText(list.element())) {
        HOSTILE.forEach(
            text -> into.add(with(root, object, name, Json.mapper().createArrayNode().add(text))));
      } else if (field.shape() instanceof Shape.Raw) {
        HOSTILE.forEach(text -> into.add(with(root, object, name, TextNode.valueOf(text))));
      }
      nested(field, value).ifPresent(inner -> texts(inner.object, inner.fields, root, into));
    }
  }

  private static boolean isText(Shape<?> shape) {
    return switch (shape) {
      case Shape.Text _, Shape.Word _, Shape.UserId _, Shape.Named _ -> true;
      case Shape.Whole _,
          Shape.Int _,
          Shape.Flag _,
          Shape.ListOf<?> _,
          Shape.Nested _,
          Shape.Raw _ ->
          false;
    };
  }

  private record Inner(ObjectNode object, List<Field<?>> fields) {}

  private static Optional<Inner> nested(Field<?> field, JsonNode value) {
    if (field.shape() instanceof Shape.Nested nested && value instanceof ObjectNode object) {
      return Optional.of(new Inner(object, nested.fields()));
    }
    if (field.shape() instanceof Shape.ListOf<?> list
        && list.element() instanceof Shape.Nested nested
        && value instanceof ArrayNode array
        && array.path(array.size() - 1) instanceof ObjectNode object) {
      return Optional.of(new Inner(object, nested.fields()));
    }
    return Optional.empty();
  }

  private void object(ObjectNode object, List<Field<?>> fields, String path) {
    for (Field<?> field : fields) {
      String name = present(object, field);
      String at = path + name;
      JsonNode value = object.path(name);
      if (field.isRequired()) {
        int code = field.codeWhenAbsent(endpoint.family()).number();
        add(at + " absent", object, name, null, code);
        add(at + " null", object, name, NullNode.instance, code);
      }
      shape(field, field.shape(), object, name, at, value);
      nested(field, value).ifPresent(inner -> object(inner.object, inner.fields, at + "."));
    }
  }

  private void shape(
      Field<?> field, Shape<?> shape, ObjectNode object, String name, String at, JsonNode value) {
    int type = field.code(Fault.TYPE, endpoint.family()).number();
    int account = field.code(Fault.ACCOUNT, endpoint.family()).number();
    int range = field.code(Fault.RANGE, endpoint.family()).number();
    int count = field.code(Fault.COUNT, endpoint.family()).number();
    switch (shape) {
      case Shape.Text text -> {
        scalarsAndContainers(object, name, at, type);
        if (text.minBytes() > 0) {
          add(at + " empty", object, name, TextNode.valueOf(""), range);
        }
        if (text.maxBytes() < MOST_BYTES) {
          String fitting = "x".repeat(text.maxBytes() + 1);
          add(at + " too long", object, name, TextNode.valueOf(fitting), range);
          add(at + " half a character", object, name, TextNode.valueOf("a\ud800b"), type);
          String wide = "\u20ac".repeat(text.maxBytes() / 3 + 1);
          add(at + " too long in UTF-8", object, name, TextNode.valueOf(wide), range);
        }
      }
      case Shape.Word _ -> {
        scalarsAndContainers(object, name, at, type);
        add(at + " no word", object, name, TextNode.valueOf("Nonsense"), range);
        add(at + " empty", object, name, TextNode.valueOf(""), range);
      }
      case Shape.UserId _ -> {
        scalarsAndContainers(object, name, at, account);
        add(at + " empty", object, name, TextNode.valueOf(""), range);
        add(at + " too long", object, name, TextNode.valueOf("x".repeat(33)), range);
        add(at + " hostile", object, name, TextNode.valueOf("a\0b"), range);
      }
      case Shape.Named _ -> scalarsAndContainers(object, name, at, account);
      case Shape.Whole whole ->
          number(object, name, at, whole.min(), whole.max(), whole.strict(), type, range);
      case Shape.Int whole ->
          number(object, name, at, whole.min(), whole.max(), whole.strict(), type, range);
      case Shape.Flag flag -> number(object, name, at, 0, 1, flag.strict(), type, range);
      case Shape.ListOf<?> list -> {
        add(at + " an object", object, name, Json.object(), type);
        if (list.min() > 0) {
          add(at + " empty", object, name, Json.mapper().createArrayNode(), count);
        }
        JsonNode element = value.path(0);
        if (list.max() < MOST_ELEMENTS && !element.isMissingNode()) {
          ArrayNode many = Json.mapper().createArrayNode();
          for (int i = 0; i <= list.max(); i++) {
            many.add(element);
          }
          add(at + " too many", object, name, many, count);
        }
        int wrong =
            switch (list.element()) {
              case Shape.UserId _, Shape.Named _ -> account;
              default -> type;
            };
        if (!(list.element() instanceof Shape.Raw)) {
          add(
              at + " of arrays",
              object,
              name,
              Json.mapper().createArrayNode().add(Json.mapper().createArrayNode()),
              wrong);
          add(at + " of null", object, name, Json.mapper().createArrayNode().addNull(), wrong);
        }
      }
      case Shape.Nested _ -> {
        add(at + " a text", object, name, TextNode.valueOf("x"), type);
        add(at + " an array", object, name, Json.mapper().createArrayNode(), type);
      }
      case Shape.Raw _ -> {}
    }
  }

  private void scalarsAndContainers(ObjectNode object, String name, String at, int code) {
    add(at + " a number", object, name, LongNode.valueOf(5), code);
    add(at + " a truth", object, name, BooleanNode.TRUE, code);
    add(at + " an array", object, name, Json.mapper().createArrayNode(), code);
    add(at + " an object", object, name, Json.object(), code);
  }

  private void number(
      ObjectNode object,
      String name,
      String at,
      long min,
      long max,
      boolean strict,
      int type,
      int range) {
    add(at + " a text", object, name, TextNode.valueOf("x"), type);
    add(at + " an empty text", object, name, TextNode.valueOf(""), type);
    add(at + " an array", object, name, Json.mapper().createArrayNode(), type);
    add(at + " an object", object, name, Json.object(), type);
    add(at + " a fraction", object, name, DoubleNode.valueOf(1.5), type);
    if (strict) {
      add(at + " digits", object, name, TextNode.valueOf("1"), type);
    }
    if (max < Long.MAX_VALUE) {
      add(at + " too large", object, name, LongNode.valueOf(max + 1), range);
    }
    if (min > Long.MIN_VALUE) {
      add(at + " too small", object, name, LongNode.valueOf(min - 1), range);
    }
    add(at + " enormous", object, name, BigIntegerNode.valueOf(BigInteger.TEN.pow(40)), range);
  }

  private void add(String what, ObjectNode object, String name, JsonNode value, int code) {
    found.add(new Bad(what, with(good, object, name, value), code));
  }

  /** The spelling that the body uses. */
  private static String present(ObjectNode object, Field<?> field) {
    return field.names().stream().filter(object::has).findFirst().orElse(field.name());
  }

  /** The root's text while one member is another. */
  private static String with(ObjectNode root, ObjectNode object, String name, JsonNode value) {
    JsonNode before = object.get(name);
    if (value == null) {
      object.remove(name);
    } else {
      object.set(name, value);
    }
    String text = escaped(root.toString());
    if (before == null) {
      object.remove(name);
    } else {
      object.set(name, before);
    }
    return text;
  }

  /** Halves of characters only get through as escapes. */
  private static String escaped(String json) {
    StringBuilder text = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (Character.isSurrogate(c)) {
        text.append("\\u").append(Integer.toHexString(c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
