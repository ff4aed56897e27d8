package im.palisade.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchCommandTest {
  @TempDir private Path folder;

  @Test
  void theControlRunsAsAProcessOfItsOwnAndTheFiguresAreWrittenTwice() throws Exception {
    Path json = folder.resolve("figures.json");
    StringWriter out = new StringWriter();
    int exit =
        new CommandLine(new BenchCommand())
            .setOut(new PrintWriter(out))
            .execute(
                "control",
                "--pairs",
                "2",
                "--warmup",
                "0",
                "--duration",
                "1",
                "--json",
                json.toString());
    assertEquals(0, exit, out.toString());
    assertTrue(out.toString().contains("exactly once, in order"), out.toString());
    JsonNode written = new ObjectMapper().readTree(json.toFile());
    assertEquals(0, written.get("faultCount").asInt());
    JsonNode rate = written.get("figures").get(0);
    assertEquals("acknowledged and delivered", rate.get("name").asText());
    assertTrue(rate.get("value").asDouble() > 0);
  }

  @Test
  void theRealServerIsStartedMeasuredAndGoneAfterwards() throws Exception {
    Path json = folder.resolve("figures.json");
    StringWriter out = new StringWriter();
    int exit =
        new CommandLine(new BenchCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out))
            .execute(
                "idle",
                "pairs",
                "sendmsg",
                "--rest-connections",
                "4",
                "--connections",
                "20",
                "--pairs",
                "2",
                "--warmup",
                "0",
                "--duration",
                "1",
                "--json",
                json.toString());
    assertEquals(0, exit, out.toString());
    JsonNode written = new ObjectMapper().readTree(json.toFile());
    List<String> measured = new ArrayList<>();
    written.get("figures").forEach(f -> measured.add(f.get("subject").asText()));
    assertTrue(
        measured.containsAll(List.of("start", "idle", "pairs", "sendmsg")), measured.toString());
    assertTrue(out.toString().contains("limits of the server are off"), out.toString());
    assertEquals(
        0,
        ProcessHandle.current()
            .children()
            .filter(child -> child.info().commandLine().orElse("").contains("palisade-bench-"))
            .count());
  }

  @Test
  void aTargetIsMetOnItsBoundAndMissedBeyondIt() {
    assertEquals(true, Figure.of("x", "y", 100, "us").atMost(100).met().orElseThrow());
    assertEquals(false, Figure.of("x", "y", 100.1, "us").atMost(100).met().orElseThrow());
    assertEquals(true, Figure.of("x", "y", 12_000, "1/s").atLeast(12_000).met().orElseThrow());
    assertEquals(false, Figure.of("x", "y", 11_999, "1/s").atLeast(12_000).met().orElseThrow());
    assertTrue(Figure.of("x", "y", 1, "1/s").met().isEmpty());
  }
}
