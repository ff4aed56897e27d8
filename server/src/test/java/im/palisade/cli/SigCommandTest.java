package im.palisade.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SigCommandTest {
  @TempDir private Path data;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void theOnlyThingPrintedIsAUserSig() throws Exception {
    Files.writeString(
        data.resolve("connection.json"),
        """
        {"restUrl":"http://127.0.0.1:1","imUrl":"ws://127.0.0.1:1/im","sdkAppId":1400000001,
         "secretKey":"k","administrator":"administrator","pid":1}\
        """);
    assertEquals(0, sig("alice", "--data", data.toString()));
    assertTrue(out.toString().matches("eJ[A-Za-z0-9*_-]+\\R"), out.toString());
    assertEquals("", err.toString());
  }

  @Test
  void withoutAServerOneLineSaysHowToStartOne() {
    assertEquals(1, sig("alice", "--data", data.toString()));
    assertEquals("", out.toString());
    assertTrue(err.toString().contains("./palisade run"), err.toString());
    assertEquals(1, err.toString().lines().count());
  }

  @Test
  void anUnusableFileIsNamed() throws Exception {
    Files.writeString(data.resolve("connection.json"), "{}");
    assertEquals(1, sig("alice", "--data", data.toString()));
    assertTrue(err.toString().contains("connection.json has no restUrl"), err.toString());
  }

  private int sig(String... arguments) {
    return new CommandLine(new SigCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }
}
