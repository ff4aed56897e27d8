package im.palisade.server.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The REST reference is what the server declares. {@code -Dopenapi.write=FILE} writes it instead of
 * comparing it, which is what {@code ./palisade openapi} does.
 */
class OpenApiTest {
  private static final Path COMMITTED = Path.of("..", "docs", "api", "openapi.yaml");

  @Test
  void theCommittedReferenceIsWhatTheEndpointsDeclare() throws IOException {
    String declared = new OpenApiDocument(TestServer.shared().server().endpoints()).yaml();
    String target = System.getProperty("openapi.write", "");
    if (!target.isEmpty()) {
      Path file = Path.of(target).toAbsolutePath();
      Files.createDirectories(file.getParent());
      Files.writeString(file, declared);
      return;
    }
    String committed = Files.exists(COMMITTED) ? Files.readString(COMMITTED) : "";
    assertEquals(
        committed, declared, "docs/api/openapi.yaml is not up to date: run ./palisade openapi");
  }

  @Test
  void everyEndpointStandsThereWithEveryField() throws IOException {
    EndpointTable table = TestServer.shared().server().endpoints();
    JsonNode document = new YAMLMapper().readTree(new OpenApiDocument(table).yaml());
    assertEquals(table.all().size(), document.path("paths").size());
    for (Endpoint endpoint : table.all()) {
      JsonNode call = document.path("paths").path("/v4/" + endpoint.path()).path("post");
      assertTrue(call.path("summary").asText().length() > 5, endpoint.path() + " has no meaning");
      JsonNode properties = body(call).path("properties");
      List<String> named = new ArrayList<>();
      properties.fieldNames().forEachRemaining(named::add);
      assertEquals(endpoint.fields().stream().map(Field::name).toList(), named, endpoint.path());
      properties.forEach(
          property ->
              assertTrue(property.path("description").asText().length() > 1, endpoint.path()));
    }
    assertEquals(
        table.all().stream()
            .map(Endpoint::service)
            .collect(Collectors.toCollection(TreeSet::new))
            .size(),
        document.path("tags").size());
  }

  @Test
  void aFieldSaysItsLimitsItsOtherNamesAndTheCodeOfEachFault() {
    JsonNode call =
        document(
            Endpoint.of("svc", "cmd", Family.MESSAGE)
                .meaning("Does it")
                .callsPerSecond(7)
                .whenTooFrequent(ErrorCode.OVERLOADED)
                .aliases("old/cmd")
                .fields(
                    Field.text("Name", 30, "a name").alias("name").required(),
                    Field.userId("To", "who").whenOutOfRange(ErrorCode.TO_ACCOUNT_INVALID),
                    Field.userIds("All", 1, 9, "them").whenTooMany(ErrorCode.TOO_MANY_TARGETS),
                    Field.named("Who", "an item"),
                    Field.u32("Seq", "order").strict().whenWrongType(ErrorCode.MSG_SEQ_INVALID),
                    Field.integer("Days", 1, 3650, "how long").defaultsTo(30),
                    Field.flag("Quiet", "without a sound").defaultsTo(true),
                    Field.word("Kind", List.of("A", "B"), "which").defaultsTo("A"),
                    Field.objects(
                        "Items",
                        0,
                        Integer.MAX_VALUE,
                        List.of(Field.raw("Any", "whatever").required(ErrorCode.MESSAGE_INVALID)),
                        "things"))
                .handledBy(AuditDeclaration.none("a test of the reference"), _ -> RestReply.ok()));
    // As text: what a number is read into differs from what it was written from.
    assertEquals(
        json(
            """
            {"type":"object","required":["Name"],"properties":{
            "Name":{"description":"a name","type":"string","maxLength":30,"x-max-bytes":30,
              "x-aliases":["name"],"x-codes":{"missing":90001,"type":90001,"range":90001}},
            "To":{"description":"who","$ref":"#/components/schemas/UserID",
              "x-codes":{"account-type":60015,"range":90003}},
            "All":{"description":"them","type":"array","minItems":1,"maxItems":9,
              "items":{"$ref":"#/components/schemas/UserID"},
              "x-codes":{"type":90001,"account-type":60015,"range":90001,"count":90011}},
            "Who":{"description":"an item","$ref":"#/components/schemas/UserID",
              "x-codes":{"account-type":60015}},
            "Seq":{"description":"order","type":"integer","format":"int64","minimum":0,
              "maximum":4294967295,"x-codes":{"type":90004,"range":90001}},
            "Days":{"description":"how long","type":"integer","format":"int32","minimum":1,
              "maximum":3650,"x-also-accepts":["decimal string"],"default":30,
              "x-codes":{"type":90001,"range":90001}},
            "Quiet":{"description":"without a sound","type":"integer","enum":[0,1],
              "x-also-accepts":["boolean","decimal string"],"default":1,
              "x-codes":{"type":90001,"range":90001}},
            "Kind":{"description":"which","type":"string","enum":["A","B"],"default":"A",
              "x-codes":{"type":90001,"range":90001}},
            "Items":{"description":"things","type":"array","items":{"type":"object",
              "required":["Any"],"properties":{"Any":{"description":"whatever",
              "x-codes":{"missing":20001}}}},"x-codes":{"type":90001}}
            }}\
            """),
        body(call).toString());
    assertEquals(7, call.path("x-calls-per-second").asInt());
    assertEquals(60018, call.path("x-codes").path("rate").asInt());
    assertEquals("/v4/old/cmd", call.path("x-aliases").path(0).asText());
    assertEquals("a test of the reference", call.path("x-no-audit-event").asText());
    assertEquals(
        "#/components/responses/Answer", call.path("responses").path("200").path("$ref").asText());
  }

  @Test
  void aCallSaysWhatItLeavesOnRecordAndWhetherItsAnswersHaveADisplayText() {
    JsonNode call =
        document(
            Endpoint.of("svc", "cmd", Family.PROFILE)
                .handledBy(AuditDeclaration.records("user.import"), _ -> RestReply.ok()));
    assertEquals("user.import", call.path("x-audit-events").path(0).asText());
    assertEquals(
        "#/components/responses/DisplayAnswer",
        call.path("responses").path("200").path("$ref").asText());
  }

  private static JsonNode document(Endpoint endpoint) {
    return new OpenApiDocument(new EndpointTable(List.of(endpoint)))
        .tree()
        .path("paths")
        .path("/v4/" + endpoint.path())
        .path("post");
  }

  private static JsonNode body(JsonNode call) {
    return call.path("requestBody").path("content").path("application/json").path("schema");
  }

  private static String json(String text) {
    return Json.parseObject(text.getBytes(StandardCharsets.UTF_8)).orElseThrow().toString();
  }
}
