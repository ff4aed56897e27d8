package im.palisade.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.cli.VerifyMain;
import im.palisade.compliance.export.ExportFormat;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Searching and exporting on the server's machine, beside the running server. */
class AuditSearchCommandsTest {
  private final TestApp app = TestServer.shared().newApp();
  private final PalisadeServer server = TestServer.shared().server();
  private final Path data = server.facts().connectionFile().getParent();
  @TempDir private Path folder;

  private record Said(int exit, String out, String err) {}

  private Said run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("audit"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--data", data.toString()));
    CommandLine line = Palisade.commandLine();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return new Said(line.execute(all.toArray(String[]::new)), out.toString(), err.toString());
  }

  /** One event for the app's administrator, one for all users of a call. */
  private static final String BOTH = "2 shown of 2";

  /** The index is committed, and a command's record appended, within seconds. */
  private static void await(Predicate<Void> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> condition.test(null));
  }

  private String[] ofApp(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--app", Long.toString(app.appId())));
    return all.toArray(String[]::new);
  }

  private JsonNode recorded(String type, String member, String value) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                AuditLeaves.all(server).stream()
                    .filter(event -> event.path("type").asText().equals(type))
                    .filter(event -> event.at("/actor/kind").asText().equals("operator"))
                    .filter(event -> event.at("/change/after/" + member).asText().equals(value))
                    .toList(),
            found -> !found.isEmpty())
        .getLast();
  }

  @Test
  void aSearchFindsAndIsOnRecord() {
    app.withUsers("one", "two");
    await(_ -> run(ofApp("search", "--type", "user.import")).out().contains(BOTH));
    Said first = run(ofApp("search", "--type", "user.import", "--limit", "1", "--oldest"));
    assertEquals(0, first.exit(), first::toString);
    assertTrue(first.out().contains("1 shown of 2"), first::out);
    String cursor = first.out().replaceAll("(?s).*--after ([A-Za-z0-9_-]+).*", "$1");
    Said second =
        run(
            ofApp(
                "search",
                "--type",
                "user.import",
                "--limit",
                "1",
                "--oldest",
                "--after",
                cursor,
                "--json"));
    assertTrue(second.out().startsWith("{\"epoch\":"), second::toString);
    assertNotEquals(first.out(), second.out());
    JsonNode event = recorded("audit.query", "app", Long.toString(app.appId()));
    assertEquals("cli", event.at("/source/channel").asText());
    assertEquals("user.import", event.at("/change/after/types").asText());
  }

  @Test
  void anExportIsCheckedAgainstTheLogAndOnRecord() throws IOException {
    app.withUsers("one", "two", "three");
    await(_ -> run(ofApp("search", "--type", "user.import")).out().contains(BOTH));
    Path key = folder.resolve("key");
    Files.writeString(key, run("keys").out().lines().findFirst().orElseThrow() + "\n");
    for (ExportFormat format : ExportFormat.values()) {
      Path file = folder.resolve("copy." + format.extension());
      Said said =
          run(
              ofApp(
                  "export",
                  "--format",
                  format.word(),
                  "--type",
                  "user.import",
                  "--reason",
                  "yearly audit",
                  "-o",
                  file.toString()));
      assertEquals(0, said.exit(), said::toString);
      JsonNode manifest =
          Json.mapper()
              .readTree(Files.readString(folder.resolve(file.getFileName() + ".manifest.json")));
      assertEquals(2, manifest.path("events").asInt());
      JsonNode event = recorded("audit.export", "sha256", manifest.path("sha256").asText());
      assertEquals("yearly audit", event.at("/change/after/reason").asText());
      assertEquals(
          0,
          VerifyMain.commandLine()
              .execute(
                  "verify-copy",
                  file.toString(),
                  "--log",
                  data.resolve("audit/default").toString(),
                  "--filtered",
                  "--key",
                  key.toString()));
    }
    Path there = folder.resolve("copy.csv");
    assertNotEquals(
        0, run("export", "--format", "csv", "--reason", "again", "-o", there.toString()).exit());
    assertNotEquals(
        0, run("export", "--format", "xml", "--reason", "r", "-o", folder + "/x").exit());
  }

  @Test
  void whatACaseAllowedIsFoundByTheCase() {
    server
        .regions()
        .home()
        .trail()
        .offer(
            Cause.system(Instant.now())
                .within(app.appId())
                .inCase("CASE-2026-014")
                .event("content.search"));
    await(_ -> run(ofApp("search", "--case", "CASE-2026-014")).out().contains("content.search"));
    Said found = run(ofApp("search", "--case", "CASE-2026-014", "--json"));
    assertTrue(found.out().contains("\"case\":\"CASE-2026-014\""), found::toString);
    assertFalse(run(ofApp("search", "--case", "CASE-2026-01")).out().contains("content.search"));
  }

  @Test
  void wrongWordsAreRefused() {
    for (String[] wrong :
        List.of(
            new String[] {"search", "--type", "no.such"},
            new String[] {"search", "--outcome", "good"},
            new String[] {"search", "--limit", "0"},
            new String[] {"search", "--after", "AA"},
            new String[] {"search", "--app", "x"},
            new String[] {"search", "--region", "mars"},
            new String[] {"search", "--from", "yesterday"})) {
      Said said = run(wrong);
      assertNotEquals(0, said.exit(), said::toString);
      assertFalse(said.err().contains("Exception in"), said::err);
    }
  }

  @Test
  void theIndexIsMadeAnewAndStatusSaysHowFarItIs() {
    app.withUsers("one");
    Said said = run("reindex", "--wait");
    assertEquals(0, said.exit(), said::toString);
    await(_ -> run(ofApp("search", "--type", "user.import")).out().contains(BOTH));
    Said status = run("status");
    assertTrue(status.out().contains("indexed"), status::out);
  }
}
