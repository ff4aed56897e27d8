package im.palisade.server.admin.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Yaml;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The console's calls as OpenAPI 3.1, made of the declared table and its records. */
public final class AdminOpenApi {
  private static final String HEADER =
      """
      # Made by `./palisade openapi` from what the console's calls declare; edit these, not this.
      """;

  private static final String DESCRIPTION =
      """
      What the management console's pages call, on the console's own listener and for
      administrators of the installation only. Reads are GET, acts are POST with a JSON object. A
      session is a cookie; an act also carries its token in X-Csrf-Token, which GET /session tells.
      A refusal is a Problem; its status goes with its word.

      - x-permission: what the administrator must be allowed: for the app in the path, or else for
        the installation. x-access: open, signed-in (also while a second factor or a new password
        is asked for), somewhere (the permission for any app).
      - x-confirmed: password and code must have been given within the last minutes; otherwise
        confirmation-needed is answered, and POST /session/confirm helps.
      - x-passive: does not keep an idle session alive; for what a page asks by itself.
      - x-audit-events: what the call leaves in the audit record; x-no-audit-event: why nothing.
      """;

  private final AdminTable table;
  private final Map<String, ObjectNode> schemas = new TreeMap<>();
  private final Map<String, Class<?>> named = new TreeMap<>();

  public AdminOpenApi(AdminTable table) {
    this.table = table;
  }

  /** The document; the same for the same declarations. */
  public String yaml() {
    return HEADER + Yaml.text(tree());
  }

  private ObjectNode tree() {
    ObjectNode root = Json.object().put("openapi", "3.1.0");
    root.putObject("info")
        .put("title", "Palisade console API")
        .put("version", "1")
        .put("description", DESCRIPTION)
        .putObject("license")
        .put("name", "Apache-2.0")
        .put("identifier", "Apache-2.0");
    root.putArray("servers").addObject().put("url", AdminTable.PREFIX);
    ArrayNode tags = root.putArray("tags");
    table.all().stream()
        .map(AdminEndpoint::tag)
        .distinct()
        .forEach(tag -> tags.addObject().put("name", tag));
    ObjectNode paths = root.putObject("paths");
    for (AdminEndpoint<?, ?> endpoint : table.all()) {
      paths
          .withObjectProperty(endpoint.path())
          .set(Word.of(endpoint.method()), operation(endpoint));
    }
    schema(Problem.class);
    ObjectNode components = root.putObject("components");
    ObjectNode all = components.putObject("schemas");
    schemas.forEach(all::set);
    components
        .putObject("responses")
        .putObject("Problem")
        .put("description", "the call was not carried out")
        .putObject("content")
        .putObject("application/json")
        .set("schema", reference("schemas/Problem"));
    ObjectNode session = components.putObject("securitySchemes").putObject("session");
    session.put("type", "apiKey").put("in", "cookie").put("name", "__Host-palisade-console");
    ObjectNode refusals = root.putObject("x-refusals");
    Stream.of(Refusal.values())
        .forEach(
            refusal -> refusals.put(Word.of(refusal), refusal.status() + ": " + refusal.meaning()));
    return root;
  }

  private ObjectNode operation(AdminEndpoint<?, ?> endpoint) {
    ObjectNode operation =
        Json.object().put("operationId", endpoint.operationId()).put("summary", endpoint.meaning());
    operation.putArray("tags").add(endpoint.tag());
    ArrayNode parameters = Json.mapper().createArrayNode();
    for (String name : new String[] {"app", "id"}) {
      if (endpoint.path().contains("{" + name + "}")) {
        parameters
            .addObject()
            .put("name", name)
            .put("in", "path")
            .put("required", true)
            .put("description", name.equals("app") ? "SDKAppID" : "the number of the thing")
            .putObject("schema")
            .put("type", "integer")
            .put("format", "int64");
      }
    }
    RecordComponent[] members = endpoint.in().getRecordComponents();
    if (endpoint.method() == AdminEndpoint.Method.GET) {
      for (RecordComponent member : members) {
        ObjectNode parameter = parameters.addObject().put("name", member.getName());
        parameter.put("in", "query").put("required", isRequired(member));
        parameter.put("description", meaning(member));
        parameter.set("schema", member(member));
      }
    } else if (members.length > 0) {
      operation
          .putObject("requestBody")
          .put("required", true)
          .putObject("content")
          .putObject("application/json")
          .set("schema", schema(endpoint.in()));
    }
    if (!parameters.isEmpty()) {
      operation.set("parameters", parameters);
    }
    responses(endpoint, operation.putObject("responses"));
    access(endpoint, operation);
    return operation;
  }

  private void responses(AdminEndpoint<?, ?> endpoint, ObjectNode responses) {
    if (endpoint.out() == Nothing.class) {
      responses.putObject("204").put("description", "done");
    } else {
      responses
          .putObject("200")
          .put("description", "done")
          .putObject("content")
          .putObject("application/json")
          .set("schema", schema(endpoint.out()));
    }
    responses.set("default", reference("responses/Problem"));
  }

  private static void access(AdminEndpoint<?, ?> endpoint, ObjectNode operation) {
    switch (endpoint.access()) {
      case Access.Open _ -> operation.put("x-access", "open");
      case Access.SignedIn _ -> operation.put("x-access", "signed-in");
      case Access.Needs needs -> operation.put("x-permission", needs.permission().word());
      case Access.NeedsSomewhere needs ->
          operation.put("x-permission", needs.permission().word()).put("x-access", "somewhere");
    }
    if (!(endpoint.access() instanceof Access.Open)) {
      operation.putArray("security").addObject().putArray("session");
    }
    if (endpoint.confirmed()) {
      operation.put("x-confirmed", true);
    }
    if (endpoint.passive()) {
      operation.put("x-passive", true);
    }
    switch (endpoint.audit()) {
      case AuditDeclaration.Records records -> {
        ArrayNode types = operation.putArray("x-audit-events");
        records.types().forEach(type -> types.add(type.id()));
      }
      case AuditDeclaration.None none -> operation.put("x-no-audit-event", none.because());
    }
  }

  /** The schema of a record or enum stands among the components, once. */
  private ObjectNode schema(Class<?> type) {
    String name = name(type);
    Class<?> before = named.putIfAbsent(name, type);
    if (before != null && before != type) {
      throw new IllegalStateException(before + " and " + type + " have one name");
    }
    if (before == null) {
      schemas.put(name, Json.object());
      schemas.put(name, type.isEnum() ? words(type) : object(type));
    }
    return reference("schemas/" + name);
  }

  private ObjectNode object(Class<?> type) {
    ObjectNode schema = Json.object().put("type", "object");
    Optional.ofNullable(type.getAnnotation(Meaning.class))
        .ifPresent(meaning -> schema.put("description", meaning.value()));
    ArrayNode required = Json.mapper().createArrayNode();
    ObjectNode properties = Json.object();
    for (RecordComponent member : type.getRecordComponents()) {
      if (isRequired(member)) {
        required.add(member.getName());
      }
      ObjectNode property = member(member);
      property.put("description", meaning(member));
      properties.set(member.getName(), property);
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    schema.set("properties", properties);
    return schema.put("additionalProperties", false);
  }

  private static ObjectNode words(Class<?> type) {
    ObjectNode schema = Json.object().put("type", "string");
    ArrayNode words = schema.putArray("enum");
    for (Object constant : type.getEnumConstants()) {
      words.add(Word.of((Enum<?>) constant));
    }
    return schema;
  }

  private ObjectNode member(RecordComponent member) {
    Type type = member.getGenericType();
    if (member.getType() == Optional.class) {
      type = Shapes.argument(type, 0);
    }
    ObjectNode schema = any(type);
    Within within = member.getAnnotation(Within.class);
    if (within != null) {
      bounds(schema, within);
    }
    return schema;
  }

  private static void bounds(ObjectNode schema, Within within) {
    String type = schema.path("type").asText();
    String kind = type.equals("string") ? "Length" : type.equals("array") ? "Items" : "imum";
    if (type.equals("object")) {
      kind = "Properties";
    }
    schema.put("min" + kind, within.min());
    schema.put("max" + kind, within.max());
    JsonNode items = schema.path("items");
    if (items instanceof ObjectNode element && element.path("type").asText().equals("string")) {
      element.put("minLength", 1).put("maxLength", within.each());
    }
  }

  private ObjectNode any(Type type) {
    Class<?> raw = Shapes.raw(type);
    ObjectNode schema = Json.object();
    if (raw == String.class) {
      return schema.put("type", "string");
    }
    if (raw == boolean.class || raw == Boolean.class) {
      return schema.put("type", "boolean");
    }
    if (raw == int.class || raw == Integer.class) {
      return schema.put("type", "integer").put("format", "int32");
    }
    if (raw == long.class || raw == Long.class) {
      return schema.put("type", "integer").put("format", "int64");
    }
    if (raw == double.class || raw == Double.class) {
      return schema.put("type", "number");
    }
    if (raw == Instant.class) {
      return schema.put("type", "string").put("format", "date-time");
    }
    if (JsonNode.class.isAssignableFrom(raw)) {
      return schema;
    }
    if (raw == List.class) {
      schema.put("type", "array").set("items", any(Shapes.argument(type, 0)));
      return schema;
    }
    if (raw == Map.class) {
      schema.put("type", "object").set("additionalProperties", any(Shapes.argument(type, 1)));
      return schema;
    }
    return schema(raw);
  }

  private static boolean isRequired(RecordComponent member) {
    boolean listOfRequest =
        member.getType() == List.class
            && member.isAnnotationPresent(Within.class)
            && member.getAnnotation(Within.class).min() == 0;
    return member.getType() != Optional.class && !listOfRequest;
  }

  private static String meaning(RecordComponent member) {
    Meaning meaning = member.getAnnotation(Meaning.class);
    if (meaning == null) {
      throw new IllegalStateException(
          member.getDeclaringRecord() + "." + member.getName() + " has no meaning");
    }
    return meaning.value();
  }

  /** Types of ours that stand in the class of their calls have names of their own. */
  private static String name(Class<?> type) {
    Class<?> outer = type.getDeclaringClass();
    return outer == null || outer.getSimpleName().matches(".*(Api|Fields)")
        ? type.getSimpleName()
        : outer.getSimpleName().replace("Service", "") + type.getSimpleName();
  }

  private static ObjectNode reference(String name) {
    return Json.object().put("$ref", "#/components/" + name);
  }
}
