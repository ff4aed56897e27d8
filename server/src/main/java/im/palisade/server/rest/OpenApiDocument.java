package im.palisade.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Yaml;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The REST API as OpenAPI 3.1, made of nothing but what the endpoints declare. What OpenAPI has no
 * word for stands in {@code x-} members, explained in the document's own description. What a
 * command answers and which codes it decides on itself is not declared and does not stand there.
 */
public final class OpenApiDocument {
  private static final String PREFIX = "/v4/";

  private static final String HEADER =
      """
      # Made by `./palisade openapi` from what the endpoints declare; edit the endpoints, not this.
      """;

  private static final String DESCRIPTION =
      """
      Every call is a POST with a JSON object as its body, at most 1 MiB, and is answered with HTTP
      status 200 and a JSON object that says in ErrorCode whether it succeeded. In a request null
      counts as absent, unknown members are ignored and names are case-sensitive.

      - x-codes of a field: the ErrorCode when the field is missing, of the wrong type (account-type:
        an account that is not a string), out of range, or an array with too few or too many
        elements (count). A field that lists none is looked at by the command itself.
      - x-codes of a call: the ErrorCode for a body that is no JSON object (body), for failures that
        may pass (internal, timeout: retry), and for calls that come too often (rate).
      - x-codes of a response: the ErrorCode any call may get before its command is asked.
      - x-calls-per-second: per app, 0 for no limit; an app's settings may say otherwise.
      - x-max-bytes, x-min-bytes: length in UTF-8, which is what is counted.
      - x-also-accepts: other forms that old clients send and that are understood.
      - x-aliases: other names of the field or paths of the call.
      - x-audit-events: what the call leaves in the audit record; x-no-audit-event: why nothing.
      - x-error-codes: the meaning of every code.
      """;

  /** The checks before a command is asked, in the order in which they are made. */
  private static final List<ErrorCode> GENERAL =
      List.of(
          ErrorCode.UNKNOWN_RESOURCE,
          ErrorCode.HTTP_UNPARSABLE,
          ErrorCode.APP_MISSING,
          ErrorCode.APP_INVALID,
          ErrorCode.APP_DISABLED,
          ErrorCode.COMMAND_DISABLED,
          ErrorCode.ADDRESS_REFUSED,
          ErrorCode.NOT_AUTHENTICATED,
          ErrorCode.SIG_EXPIRED,
          ErrorCode.SIG_MALFORMED,
          ErrorCode.SIG_MISMATCH,
          ErrorCode.SIG_OTHER_USER,
          ErrorCode.SIG_OTHER_APP,
          ErrorCode.SIG_NO_KEY,
          ErrorCode.SIG_TOO_MANY_FAILURES,
          ErrorCode.ACCOUNT_DENIED,
          ErrorCode.NOT_ADMINISTRATOR,
          ErrorCode.COMMAND_RATE_EXCEEDED,
          ErrorCode.APP_RATE_EXCEEDED,
          ErrorCode.OVERLOADED,
          ErrorCode.BODY_EMPTY);

  private final List<Endpoint> endpoints;

  /** Describes these endpoints, whatever their order in the table. */
  public OpenApiDocument(EndpointTable table) {
    endpoints = table.all().stream().sorted(Comparator.comparing(Endpoint::path)).toList();
  }

  /** The document; the same for the same declarations. */
  public String yaml() {
    return HEADER + Yaml.text(tree());
  }

  /** The document as a tree. */
  public ObjectNode tree() {
    ObjectNode root = Json.object().put("openapi", "3.1.0");
    root.putObject("info")
        .put("title", "Palisade REST API")
        .put("version", "v4")
        .put("description", DESCRIPTION)
        .putObject("license")
        .put("name", "Apache-2.0")
        .put("identifier", "Apache-2.0");
    root.putArray("servers")
        .addObject()
        .put("url", "https://{host}")
        .putObject("variables")
        .putObject("host")
        .put("default", "localhost:7080")
        .put("description", "host:port of rest.host and rest.port");
    ArrayNode tags = root.putArray("tags");
    endpoints.stream()
        .map(Endpoint::service)
        .distinct()
        .forEach(service -> tags.addObject().put("name", service));
    ObjectNode paths = root.putObject("paths");
    for (Endpoint endpoint : endpoints) {
      paths.putObject(PREFIX + endpoint.path()).set("post", operation(endpoint));
    }
    ObjectNode components = root.putObject("components");
    parameters(components.putObject("parameters"));
    schemas(components.putObject("schemas"));
    responses(components.putObject("responses"));
    ObjectNode codes = root.putObject("x-error-codes");
    Arrays.stream(ErrorCode.values())
        .sorted(Comparator.comparingInt(ErrorCode::number))
        .forEach(code -> codes.put(Integer.toString(code.number()), code.meaning()));
    return root;
  }

  private static ObjectNode operation(Endpoint endpoint) {
    Family family = endpoint.family();
    ObjectNode operation =
        Json.object()
            .put("operationId", endpoint.path().replace('/', '_'))
            .put("summary", endpoint.meaning());
    operation.putArray("tags").add(endpoint.service());
    ArrayNode parameters = operation.putArray("parameters");
    for (String name : List.of("sdkappid", "identifier", "usersig", "random", "contenttype")) {
      parameters.addObject().put("$ref", "#/components/parameters/" + name);
    }
    operation
        .putObject("requestBody")
        .put("required", true)
        .putObject("content")
        .putObject("application/json")
        .set("schema", new OpenApiSchema(family).object(endpoint.fields()));
    operation
        .putObject("responses")
        .putObject("200")
        .put(
            "$ref",
            "#/components/responses/" + (family.hasErrorDisplay() ? "DisplayAnswer" : "Answer"));
    operation.put("x-calls-per-second", endpoint.callsPerSecond());
    operation
        .putObject("x-codes")
        .put("body", family.malformedBody().number())
        .put("internal", family.internal().number())
        .put("timeout", family.timeout().number())
        .put("rate", endpoint.rateCode().number());
    switch (endpoint.audit()) {
      case AuditDeclaration.Records records -> {
        ArrayNode types = operation.putArray("x-audit-events");
        records.types().forEach(type -> types.add(type.id()));
      }
      case AuditDeclaration.None none -> operation.put("x-no-audit-event", none.because());
    }
    if (!endpoint.aliases().isEmpty()) {
      ArrayNode aliases = operation.putArray("x-aliases");
      endpoint.aliases().forEach(alias -> aliases.add(PREFIX + alias));
    }
    return operation;
  }

  private static void parameters(ObjectNode parameters) {
    parameter(parameters, "sdkappid", true, "the app")
        .put("type", "integer")
        .put("format", "int64")
        .put("minimum", 1);
    parameter(parameters, "identifier", true, "the calling account, an administrator of the app")
        .put("$ref", OpenApiSchema.USER_ID);
    parameter(parameters, "usersig", true, "a UserSig of identifier: the password of the call")
        .put("type", "string");
    parameter(parameters, "random", false, "names the request; any value, also none, is taken")
        .put("type", "integer")
        .put("format", "int64")
        .put("minimum", 0)
        .put("maximum", Field.U32_MAX);
    parameter(parameters, "contenttype", false, "json, which is also what none stands for")
        .put("type", "string")
        .put("default", "json")
        .putArray("enum")
        .add("json");
  }

  private static ObjectNode parameter(
      ObjectNode parameters, String name, boolean required, String meaning) {
    return parameters
        .putObject(name)
        .put("name", name)
        .put("in", "query")
        .put("required", required)
        .put("description", meaning)
        .putObject("schema");
  }

  private static void schemas(ObjectNode schemas) {
    schemas
        .putObject("UserID")
        .put("description", "an account: printable ASCII or other UTF-8, no space at either end")
        .put("type", "string")
        .put("minLength", 1)
        .put("maxLength", 32)
        .put("x-max-bytes", 32);
    envelope(schemas.putObject("Envelope"));
    ObjectNode display = schemas.putObject("DisplayEnvelope");
    envelope(display);
    display
        .withObjectProperty("properties")
        .putObject("ErrorDisplay")
        .put("description", "always empty")
        .put("type", "string");
    display.withArrayProperty("required").add("ErrorDisplay");
  }

  private static void envelope(ObjectNode schema) {
    schema
        .put("description", "what every answer has; a command adds members of its own")
        .put("type", "object");
    schema.putArray("required").add("ActionStatus").add("ErrorCode").add("ErrorInfo");
    ObjectNode properties = schema.putObject("properties");
    properties
        .putObject("ActionStatus")
        .put("description", "OK, FAIL, or SomeError where a batch was carried out in part")
        .put("type", "string")
        .putArray("enum")
        .add("OK")
        .add("FAIL")
        .add("SomeError");
    properties
        .putObject("ErrorCode")
        .put("description", "0 for success, else one of x-error-codes or an app's own verdict")
        .put("type", "integer")
        .put("format", "int32");
    properties
        .putObject("ErrorInfo")
        .put("description", "on failure an English text for a developer, not to be parsed")
        .put("type", "string");
  }

  private static void responses(ObjectNode responses) {
    response(responses.putObject("Answer"), "Envelope");
    response(responses.putObject("DisplayAnswer"), "DisplayEnvelope");
  }

  private static void response(ObjectNode response, String envelope) {
    response.put("description", "Success and failure alike; HTTP says nothing of either.");
    ObjectNode json = response.putObject("content").putObject("application/json");
    json.putObject("schema").put("$ref", "#/components/schemas/" + envelope);
    boolean display = envelope.startsWith("Display");
    ObjectNode examples = json.putObject("examples");
    example(examples, "success", "OK", 0, "", display);
    ErrorCode refusal = ErrorCode.NOT_ADMINISTRATOR;
    example(examples, "refusal", "FAIL", refusal.number(), refusal.meaning(), display);
    ArrayNode codes = response.putArray("x-codes");
    GENERAL.forEach(code -> codes.add(code.number()));
  }

  private static void example(
      ObjectNode examples, String name, String status, int code, String info, boolean display) {
    ObjectNode value =
        examples
            .putObject(name)
            .putObject("value")
            .put("ActionStatus", status)
            .put("ErrorCode", code)
            .put("ErrorInfo", info);
    if (display) {
      value.put("ErrorDisplay", "");
    }
  }
}
