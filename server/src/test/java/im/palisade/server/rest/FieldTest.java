package im.palisade.server.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How declared fields read a body (rest-conventions §1.1), in a family whose own code is 70402. */
class FieldTest {
  private static final int FAMILY = 70402;

  @Test
  void anAbsentFieldIsEmptyOrItsDefaultOrRefused() {
    var optional = Field.text("A", 10, "");
    assertEquals(Optional.empty(), find(optional, "{}"));
    assertEquals(Optional.empty(), find(optional, "{'A':null}"));
    assertEquals(Optional.empty(), find(optional, "{'a':'x'}"));
    assertEquals(Optional.of(""), find(optional, "{'A':''}"));
    assertEquals(Optional.of("d"), find(optional.defaultsTo("d"), "{'A':null}"));
    assertEquals("d", get(optional.defaultsTo("d"), "{}"));
    refused(FAMILY, optional.required(), "{}");
    refused(90003, optional.required(ErrorCode.TO_ACCOUNT_INVALID), "{'A':null}");
    refused(90005, optional.whenWrong(ErrorCode.MSG_RANDOM_INVALID), "{}");
  }

  @Test
  void anAliasCountsWhenTheNameIsAbsent() {
    var field = Field.text("New", 10, "").alias("Old").alias("Older");
    assertEquals("n", get(field, "{'Old':'o','New':'n'}"));
    assertEquals("o", get(field, "{'Older':'x','Old':'o','New':null}"));
    assertEquals("x", get(field, "{'Older':'x'}"));
  }

  @Test
  void textIsMeasuredInUtf8Bytes() {
    var field = Field.text("A", 6, "").whenOutOfRange(ErrorCode.MESSAGE_TOO_LONG_REST);
    assertEquals("用户", get(field, "{'A':'用户'}"));
    assertEquals("abcdef", get(field, "{'A':'abcdef'}"));
    refused(93000, field, "{'A':'用户x'}");
    refused(93000, field, "{'A':'abcdefg'}");
    refused(FAMILY, field, "{'A':1}");
    refused(FAMILY, Field.of("A", new Shape.Text(1, 6), ""), "{'A':''}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "0 | 0",
        "4294967295 | 0",
        "4294967296 | 2",
        "-1 | 2",
        "99999999999999999999 | 2",
        "'7' | 0",
        "'-7' | 2",
        "'' | 1",
        "'-' | 1",
        "'7x' | 1",
        "'1.0' | 1",
        "' 7' | 1",
        "'99999999999999999999' | 2",
        "1.0 | 1",
        "1e3 | 1",
        "true | 1",
        "[] | 1",
        "{} | 1",
      })
  void aLenientIntegerMayBeAString(String value, int outcome) {
    var field =
        Field.u32("A", "")
            .whenWrongType(ErrorCode.MSG_SEQ_INVALID)
            .whenOutOfRange(ErrorCode.MSG_RANDOM_INVALID);
    expect(outcome, field, value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"7 | 0", "'7' | 1", "1.0 | 1", "4294967296 | 2", "true | 1"})
  void aStrictIntegerMayNot(String value, int outcome) {
    var field =
        Field.u32("A", "")
            .strict()
            .whenWrongType(ErrorCode.MSG_SEQ_INVALID)
            .whenOutOfRange(ErrorCode.MSG_RANDOM_INVALID);
    expect(outcome, field, value);
  }

  @Test
  void smallIntegersFlagsAndWordsHaveTheirValues() {
    assertEquals(5, get(Field.integer("A", 1, 5, ""), "{'A':5}"));
    refused(FAMILY, Field.integer("A", 1, 5, ""), "{'A':6}");
    assertEquals(true, get(Field.flag("A", ""), "{'A':1}"));
    assertEquals(true, get(Field.flag("A", ""), "{'A':'1'}"));
    assertEquals(false, get(Field.flag("A", ""), "{'A':false}"));
    refused(FAMILY, Field.flag("A", ""), "{'A':2}");
    refused(FAMILY, Field.flag("A", "").strict(), "{'A':true}");
    assertEquals("b", get(Field.word("A", List.of("a", "b"), ""), "{'A':'b'}"));
    refused(FAMILY, Field.word("A", List.of("a", "b"), ""), "{'A':'B'}");
  }

  @Test
  void anAccountMustBeAStringAndWellFormed() {
    var field = Field.userId("A", "");
    assertEquals("bob", get(field, "{'A':'bob'}"));
    refused(60015, field, "{'A':1}");
    refused(90003, field.whenWrongType(ErrorCode.TO_ACCOUNT_INVALID), "{'A':1}");
    refused(FAMILY, field, "{'A':''}");
    refused(FAMILY, field, "{'A':' bob'}");
    refused(FAMILY, field, "{'A':'123456789012345678901234567890123'}");
  }

  @Test
  void aListHasBoundsAndItsElementsFaults() {
    var field = Field.userIds("A", 1, 2, "").whenTooMany(ErrorCode.TOO_MANY_TARGETS);
    assertEquals(List.of("a", "b"), get(field, "{'A':['a','b']}"));
    refused(90011, field, "{'A':['a','b','c']}");
    refused(90011, field, "{'A':[]}");
    refused(60015, field, "{'A':['a',1]}");
    refused(60015, field, "{'A':['a',null]}");
    refused(FAMILY, field, "{'A':'a'}");
    assertEquals(List.of("a"), get(field.orOne(), "{'A':'a'}"));
    var ranged = Field.userIds("A", 1, 2, "").whenOutOfRange(ErrorCode.MSG_KEY_INVALID);
    refused(90054, ranged, "{'A':[]}");
  }

  @Test
  void anObjectHasFieldsOfItsOwn() {
    Field<String> name = Field.text("N", 5, "").required(ErrorCode.MSG_ELEMENT_MALFORMED);
    var field = Field.objects("A", 1, 9, List.of(name), "").whenWrong(ErrorCode.MSG_BODY_MALFORMED);
    List<Fields> read = get(field, "{'A':[{'N':'x','Stranger':1},{}]}");
    assertEquals("x", read.getFirst().get(name));
    var refusal = assertThrows(ImException.class, () -> read.get(1).get(name));
    assertEquals(90010, refusal.code());
    refused(90002, field, "{'A':[1]}");
    refused(90002, field, "{'A':{}}");
    assertEquals(1, get(Field.object("A", List.of(name), ""), "{'A':{'N':'x'}}").json().size());
    assertEquals("[1]", get(Field.raw("A", ""), "{'A':[1]}").toString());
  }

  @Test
  void aFieldThatIsNotDeclaredCannotBeAsked() {
    var declared = Field.text("A", 5, "");
    var fields = new Fields(Json.object(), List.of(declared), Family.LOGIN);
    assertFalse(fields.find(declared).isPresent());
    assertThrows(IllegalStateException.class, () -> fields.find(Field.text("A", 5, "")));
    assertThrows(IllegalStateException.class, () -> fields.get(declared.alias("B")));
  }

  @Test
  void refusalsNameTheFieldAndNotItsValue() {
    var refusal =
        assertThrows(
            ImException.class, () -> get(Field.integer("Age", 1, 2, ""), "{'Age':'secret'}"));
    assertEquals("Age has the wrong type", refusal.info());
  }

  @Test
  void aTableRefusesPathsAndFieldsDeclaredTwice() {
    Endpoint one = endpoint("a", "b").handledBy(AuditDeclaration.none("test"), _ -> RestReply.ok());
    Endpoint alias =
        endpoint("a", "c")
            .aliases("a/b")
            .handledBy(AuditDeclaration.none("test"), _ -> RestReply.ok());
    assertThrows(IllegalArgumentException.class, () -> new EndpointTable(List.of(one, one)));
    assertThrows(IllegalArgumentException.class, () -> new EndpointTable(List.of(one, alias)));
    Endpoint fields =
        endpoint("a", "d")
            .fields(Field.text("A", 1, ""), Field.text("B", 1, "").alias("A"))
            .handledBy(AuditDeclaration.none("test"), _ -> RestReply.ok());
    assertThrows(IllegalArgumentException.class, () -> new EndpointTable(List.of(fields)));
  }

  private static Endpoint.Builder endpoint(String service, String command) {
    return Endpoint.of(service, command, Family.LOGIN);
  }

  private static void expect(int outcome, Field<Long> field, String value) {
    String json = "{'A':" + value + "}";
    switch (outcome) {
      case 0 -> get(field, json);
      case 1 -> refused(90004, field, json);
      default -> refused(90005, field, json);
    }
  }

  private static <T> Optional<T> find(Field<T> field, String json) {
    return new Fields(
            Json.parseObject(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8))
                .orElseThrow(),
            List.of(field),
            Family.LOGIN)
        .find(field);
  }

  private static <T> T get(Field<T> field, String json) {
    return new Fields(
            Json.parseObject(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8))
                .orElseThrow(),
            List.of(field),
            Family.LOGIN)
        .get(field);
  }

  private static void refused(int code, Field<?> field, String json) {
    assertEquals(code, assertThrows(ImException.class, () -> get(field, json), json).code(), json);
  }
}
