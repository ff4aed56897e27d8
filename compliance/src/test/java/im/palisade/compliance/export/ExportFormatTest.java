package im.palisade.compliance.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.event.CanonicalJson;
import im.palisade.compliance.merkle.MerkleHash;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExportFormatTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String ORIGIN = "acme.palisade/eu-1/2";

  /** What has broken readers of such files before. */
  private static final List<String> HOSTILE =
      List.of(
          "=",
          "+",
          "-",
          "@",
          "\t",
          "\r",
          "\n",
          "\r\n",
          "\u0000",
          "\u0001",
          "\u001B[31m",
          "\"",
          "\"\"",
          "'",
          "|",
          "\\",
          "]",
          "[",
          "=1+1",
          "\uFF1D",
          "\uFF0B",
          "\u2028",
          "\u2029",
          "\u0085",
          "\u202E",
          " ",
          "\u00A0",
          "\u3000",
          "\uFEFF",
          "\u200B",
          ",",
          ";",
          "{",
          "}",
          "\uD83D\uDE00",
          "\u4E2D",
          "<14>1 ",
          "CEF:0|",
          "\\n",
          "\\|",
          "\\=",
          "a",
          "0",
          "x=y");

  private static ObjectNode event(String actor, String target, String role, String change) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event
        .put("v", 1)
        .put("id", "01KAYQ7Z5M8X3T6V9N2R4C7E1D")
        .put("time", "2026-11-22T18:56:34.123456Z");
    event.putObject("node").put("id", "im-2").put("n", 88231);
    event.put("region", "eu-1").put("app", "1400000001");
    event.put("type", "content.read").put("severity", "high");
    event.putObject("outcome").put("result", "denied").put("code", 30007);
    ObjectNode who = event.putObject("actor").put("kind", "auditor").put("ref", actor);
    who.putArray("roles").add(role);
    event.putObject("source").put("channel", "console").put("net", "203.0.113.0/24");
    event.putArray("target").addObject().put("kind", "conversation").put("id", target);
    event.withArray("target").addObject().put("kind", "user").put("ref", "usr_b2");
    event.putObject("change").putObject("after").put("name", change);
    event.put("count", 42);
    ObjectNode context = event.putObject("context").put("request", "req_9c1");
    context.put("case", "CASE-2026-014").put("approval", "apr_301").put("trace", "4bf92f35");
    return event;
  }

  private static PlacedEntry placed(ObjectNode event) {
    return new PlacedEntry(ORIGIN, 2, 20852162, CanonicalJson.bytes(event));
  }

  private static final PlacedEntry USUAL =
      placed(event("act_7f3k9", "C2C:usr_a1:usr_b2", "ediscovery-reviewer", "Ops | \"1\" = \\ ]"));

  @ParameterizedTest
  @EnumSource
  void isAsTheGoldenFileSays(ExportFormat format) throws IOException {
    String name = "golden." + format.extension();
    try (InputStream golden = ExportFormatTest.class.getResourceAsStream(name)) {
      String text =
          (format.header().isEmpty() ? "" : format.header() + format.lineEnd())
              + format.line(USUAL)
              + format.lineEnd();
      assertEquals(new String(golden.readAllBytes(), StandardCharsets.UTF_8), text, name);
    }
  }

  private static String hostile(Random random) {
    StringBuilder text = new StringBuilder();
    for (int parts = 1 + random.nextInt(5); parts > 0; parts--) {
      text.append(HOSTILE.get(random.nextInt(HOSTILE.size())));
    }
    return text.toString();
  }

  private static PlacedEntry entry(Random random) {
    return placed(event(hostile(random), hostile(random), hostile(random), hostile(random)));
  }

  @ParameterizedTest
  @EnumSource
  void oneEntryIsOneLineThatSaysWhereItStands(ExportFormat format) {
    Random random = new Random(11);
    for (int i = 0; i < 2000; i++) {
      PlacedEntry entry = entry(random);
      String line = format.line(entry);
      assertFalse(line.chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0), line);
      assertEquals(line, new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
      assertTrue(line.contains("20852162") && line.contains(ORIGIN), line);
      assertTrue(
          line.contains(entry.leafHash()) || line.contains(entry.leafHash().replace("=", "\\=")),
          line);
    }
  }

  @Test
  void theLeafHashFollowsFromTheCopy() throws IOException {
    Random random = new Random(12);
    for (int i = 0; i < 500; i++) {
      PlacedEntry entry = entry(random);
      JsonNode line = MAPPER.readTree(ExportFormat.JSONL.line(entry));
      assertEquals(entry.leafHash(), hash(CanonicalJson.text(line.get("event"))));
      assertEquals(entry.leafHash(), line.get("leaf").asText());
      assertEquals(CanonicalJson.text(line), ExportFormat.JSONL.line(entry));
      JsonNode ocsf = MAPPER.readTree(ExportFormat.OCSF.line(entry));
      assertEquals(entry.leafHash(), hash(ocsf.get("raw_data").asText()));
      JsonNode ecs = MAPPER.readTree(ExportFormat.ECS.line(entry));
      assertEquals(entry.leafHash(), hash(ecs.at("/event/original").asText()));
      String syslog = ExportFormat.SYSLOG.line(entry);
      assertEquals(entry.leafHash(), hash(syslog.substring(syslog.indexOf("] {") + 2)));
    }
  }

  private static String hash(String entry) {
    return Base64.getEncoder()
        .encodeToString(MerkleHash.leaf(entry.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aSpreadsheetTakesNoCellForAFormula() {
    Random random = new Random(13);
    for (int i = 0; i < 3000; i++) {
      String value = hostile(random);
      List<String> row = csv(ExportFormat.CSV.line(placed(event(value, "t", "r", "c"))));
      assertEquals(csv(ExportFormat.CSV.header()).size(), row.size());
      String cell = row.get(15);
      String seen = cell.replaceAll("^[\\s\\p{Z}\\p{Cf}\\p{Cc}\uFFFD]+", "");
      assertFalse(seen.matches("(?s)[=+\\-@\uFF1D\uFF0B\uFF0D\uFF20].*"), cell);
      boolean guarded = cell.startsWith("'") && !value.startsWith("'");
      assertEquals(PlainText.of(value), guarded ? cell.substring(1) : cell);
    }
  }

  /** RFC 4180, strictly. */
  private static List<String> csv(String line) {
    List<String> cells = new ArrayList<>();
    Matcher cell = Pattern.compile("\\G(?:\"((?:[^\"]|\"\")*)\"|(-?[0-9]+))(,|$)").matcher(line);
    int end = 0;
    while (cell.find()) {
      cells.add(cell.group(1) == null ? cell.group(2) : cell.group(1).replace("\"\"", "\""));
      end = cell.end();
      if (cell.group(3).isEmpty()) {
        break;
      }
    }
    assertEquals(line.length(), end, line);
    return cells;
  }

  @Test
  void cefIsReadBackAsItWasWritten() {
    Random random = new Random(14);
    for (int i = 0; i < 2000; i++) {
      String actor = hostile(random);
      String target = hostile(random);
      String line = ExportFormat.CEF.line(placed(event(actor, target, "r", "c")));
      Matcher header =
          Pattern.compile("CEF:0((?:\\|(?:[^|\\\\]|\\\\[|\\\\])*){6})\\|(.*)").matcher(line);
      assertTrue(header.matches(), line);
      Map<String, String> fields = extension(header.group(2));
      assertEquals(lines(actor), fields.get("suid"));
      assertEquals("conversation:" + lines(target) + " user:usr_b2", fields.get("cs4"));
      assertEquals("20852162", fields.get("cn1"));
      assertEquals("usr_b2", fields.get("duid"));
    }
  }

  /** What is replaced, less the line breaks that CEF can carry. */
  private static String lines(String text) {
    String kept = text.replace("\n", "\uE000").replace("\r", "\uE001");
    return PlainText.of(kept).replace("\uE000", "\n").replace("\uE001", "\r");
  }

  private static Map<String, String> extension(String text) {
    Map<String, String> fields = new TreeMap<>();
    Matcher field =
        Pattern.compile("(?:^| )([A-Za-z0-9]+)=((?:[^\\\\=]|\\\\[\\\\=nr])*)(?=$| [A-Za-z0-9]+=)")
            .matcher(text);
    while (field.find()) {
      fields.put(
          field.group(1),
          Pattern.compile("\\\\(.)")
              .matcher(field.group(2))
              .replaceAll(
                  escape ->
                      Matcher.quoteReplacement(
                          switch (escape.group(1)) {
                            case "n" -> "\n";
                            case "r" -> "\r";
                            default -> escape.group(1);
                          })));
    }
    return fields;
  }

  @Test
  void syslogIsReadBackAsItWasWritten() {
    Random random = new Random(15);
    // High is severity 3, of facility 13.
    Pattern message =
        Pattern.compile(
            "(?s)<107>1 2026-11-22T18:56:34\\.123456Z im-2 palisade - content\\.read"
                + " \\[palisade@32473((?: [a-z]+=\"(?:[^\"\\\\\\]]|\\\\[\"\\\\\\]])*\")*)\\]"
                + " (\\{.*)");
    Pattern parameter = Pattern.compile(" actor=\"((?:[^\"\\\\\\]]|\\\\[\"\\\\\\]])*)\"");
    for (int i = 0; i < 2000; i++) {
      String actor = hostile(random);
      PlacedEntry entry = placed(event(actor, "t", "r", "c"));
      Matcher line = message.matcher(ExportFormat.SYSLOG.line(entry));
      assertTrue(line.matches(), ExportFormat.SYSLOG.line(entry));
      Matcher found = parameter.matcher(line.group(1));
      assertTrue(found.find());
      assertEquals(PlainText.of(actor), found.group(1).replaceAll("\\\\([\"\\\\\\]])", "$1"));
      assertEquals(entry.text(), line.group(2));
    }
  }

  @Test
  void halfACharacterBecomesAReplacement() throws IOException {
    byte[] damaged =
        USUAL.text().replace("act_7f3k9", "a\\ud800b\\udc00").getBytes(StandardCharsets.UTF_8);
    PlacedEntry entry = new PlacedEntry(ORIGIN, 2, 3, damaged);
    for (ExportFormat format : ExportFormat.values()) {
      String line = format.line(entry);
      assertEquals(line, new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }
    assertEquals(
        "a\uFFFDb\uFFFD", MAPPER.readTree(ExportFormat.ECS.line(entry)).at("/user/id").asText());
  }

  @Test
  void aTypeOfAnotherReleaseIsStillExported() throws IOException {
    ObjectNode event = event("act_1", "t", "r", "c");
    event.put("type", "later.thing");
    for (ExportFormat format : ExportFormat.values()) {
      assertTrue(format.line(placed(event)).contains("later.thing"));
    }
    assertEquals(
        99, MAPPER.readTree(ExportFormat.OCSF.line(placed(event))).get("type_uid").asInt());
  }
}
