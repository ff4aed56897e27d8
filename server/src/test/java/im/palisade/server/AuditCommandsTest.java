package im.palisade.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.cli.VerifyMain;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The commands of {@code palisade audit} beside a running server, and what they leave on record.
 */
class AuditCommandsTest {
  private final PalisadeServer server = TestServer.shared().server();
  private final Path data = server.facts().connectionFile().getParent();
  @TempDir private Path folder;

  private record Said(int exit, String out, String err) {}

  @Test
  void aPackAndAProofGoToTheAuditorAndTheCommandsAreOnRecord() throws IOException {
    Said status = run("status");
    assertEquals(0, status.exit(), status::toString);
    assertTrue(status.out().contains("origin"), status::out);
    String key = run("keys").out().lines().findFirst().orElseThrow();
    Path checkpoint = folder.resolve("checkpoint");
    Files.writeString(checkpoint, run("checkpoint").out());
    Said verified = run("verify", "--key", key);
    assertEquals(0, verified.exit(), verified::toString);

    Path pack = folder.resolve("pack.zip");
    Said exported =
        run(
            "export-pack",
            "--requester",
            "A. Auditor",
            "--approver",
            "D. Director",
            "--query",
            "everything",
            "--previous",
            checkpoint.toString(),
            "-o",
            pack.toString());
    assertEquals(0, exported.exit(), exported::toString);
    assertEquals(0, verifier("verify-pack", pack.toString(), "--key", key));
    Path one = folder.resolve("three");
    assertEquals(0, run("prove", "--index", "3", "-o", one.toString()).exit());
    assertEquals(
        0, verifier("verify-proof", one + ".tlog-proof", "--entry", one + ".json", "--key", key));
    Path page = folder.resolve("page.html");
    assertEquals(0, run("print-page", "-o", page.toString()).exit());
    assertTrue(Files.readString(page).contains("<svg"));
    Path filtered = folder.resolve("filtered.zip");
    run(
        "export-pack",
        "--requester",
        "A",
        "--approver",
        "B",
        "--index",
        "1,3",
        "--query",
        "two",
        "-o",
        filtered.toString());
    assertEquals(0, verifier("verify-pack", filtered.toString(), "--key", key));

    Map.of(
            "audit.verify", "audit verify",
            "audit.export", "audit export-pack",
            "audit.query", "audit prove")
        .forEach(
            (type, command) ->
                assertEquals("operator", awaitCommand(type, command).at("/actor/kind").asText()));
  }

  @Test
  void whatIsWrongIsSaidInOneLineAndLeavesNothing() {
    Path pack = folder.resolve("pack.zip");
    for (Said said :
        List.of(
            run(
                "export-pack",
                "--requester",
                "A",
                "--approver",
                "B",
                "--from",
                "9",
                "--to",
                "3",
                "-o",
                pack.toString()),
            run(
                "export-pack",
                "--requester",
                "A",
                "--approver",
                "B",
                "--epoch",
                "7",
                "-o",
                pack.toString()),
            run("prove", "--index", "999999999", "-o", folder.resolve("x").toString()),
            run("prove", "--index", "-1", "-o", folder.resolve("x").toString()),
            run(
                "prove",
                "--index",
                "1",
                "--region",
                "../mars",
                "-o",
                folder.resolve("x").toString()),
            run("verify", "--key", "no+such+key"),
            run("print-page", "-o", folder.resolve("no/such/folder").toString()))) {
      assertTrue(said.exit() != 0, said::toString);
      assertEquals(1, said.err().lines().count(), said::toString);
    }
    assertFalse(Files.exists(pack));
    assertEquals(2, run("prove", "-o", "x").exit(), "wrong usage");
    for (Said said : List.of(run("rotate-key"), run("fsck", "--mend"))) {
      assertTrue(said.exit() != 0 && said.err().contains("in use"), said::toString);
    }
  }

  @Test
  void aBackupIsOnRecordWhetherItWasMadeOrNot() throws IOException {
    Path etc = Files.createDirectories(folder.resolve("etc"));
    Path config = etc.resolve("palisade.yaml");
    Files.writeString(config, "rest.port: 0\n");
    String[] command = {
      "backup",
      "--data",
      data.toString(),
      "--config",
      config.toString(),
      "--to",
      folder.resolve("backups").toString()
    };
    Said made = execute(command);
    assertEquals(0, made.exit(), made::toString);
    assertTrue(awaitCommand("backup.complete", "backup").at("/change/after/bytes").asLong() > 0);
    Files.writeString(etc.resolve("backup.key"), "short\n");
    assertEquals(1, execute(command).exit());
    assertEquals("failure", awaitCommand("backup.failed", "backup").at("/outcome/result").asText());
  }

  /** Tests share the log: an event is told from others' by its command as well. */
  private JsonNode awaitCommand(String type, String command) {
    return Awaitility.await(type)
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                AuditLeaves.all(server).stream()
                    .filter(event -> event.path("type").asText().equals(type))
                    .filter(event -> event.at("/source/channel").asText().equals("cli"))
                    .filter(event -> event.at("/context/request").asText().equals(command))
                    .toList(),
            found -> !found.isEmpty())
        .getLast();
  }

  private Said run(String command, String... options) {
    String[] all = new String[options.length + 4];
    all[0] = "audit";
    all[1] = command;
    System.arraycopy(options, 0, all, 2, options.length);
    all[options.length + 2] = "--data";
    all[options.length + 3] = data.toString();
    return execute(all);
  }

  private static Said execute(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Palisade.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return new Said(line.execute(arguments), out.toString(), err.toString());
  }

  private static int verifier(String... arguments) {
    CommandLine line = VerifyMain.commandLine();
    StringWriter out = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    return line.execute(arguments);
  }
}
