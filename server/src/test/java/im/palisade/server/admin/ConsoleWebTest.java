package im.palisade.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.admin.door.ConsoleSettings.SecondFactor;
import im.palisade.server.app.AppSettings;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The console's pages in Chromium, against the server of the other tests. */
@ResourceLock(ServerProcess.MACHINE)
class ConsoleWebTest {
  private static final Path WEB = Path.of("..", "console-web");
  private static final String HOSTILE = "<script>alert(1)</script>";

  /** A bound for what hangs, not for what is slow. */
  private static final int MINUTES = 20;

  private static final long SHELL_BYTES = 350 << 10;

  @TempDir private Path folder;

  @Test
  void thePagesWorkInABrowserInThreeLanguages() throws IOException, InterruptedException {
    // Where the server looks for them, beside its classes.
    Path classes =
        Path.of(
            URI.create(
                AdminFeature.class.getProtectionDomain().getCodeSource().getLocation().toString()));
    Path pages = classes.resolve("im/palisade/console");
    run(
        List.of(
            "node",
            "build.mjs",
            pages.toString(),
            classes.resolveSibling("console.stamp").toString()),
        "");
    long bytes;
    try (var files = Files.walk(pages)) {
      bytes =
          files.filter(f -> f.toString().endsWith(".gz")).mapToLong(f -> f.toFile().length()).sum();
    }
    assertTrue(bytes < SHELL_BYTES, "all pages together have " + bytes + " bytes");
    whatThePagesAreMadeOfIsToldWithItsLicences();
    TestApp app = TestServer.shared().newApp();
    IntStream.range(0, 80).mapToObj("user-%03d"::formatted).forEach(app::withUsers);
    app.withUsers(HOSTILE);
    app.server()
        .apps()
        .changeSettings(
            app.appId(),
            _ -> AppSettings.parse("{\"profileFields\":[{\"name\":\"Dept\"}]}"),
            Cause.system(Instant.now()));
    try (ConsoleUnderTest strict = new ConsoleUnderTest(SecondFactor.REQUIRED)) {
      String given =
          Json.object()
              .put("url", TestServer.shared().server().facts().consoleUrl())
              .put("strictUrl", strict.browser().url())
              .put("name", newSuper())
              .put("strictName", newSuper())
              .put("password", TestConsole.PASSWORD)
              .put("app", app.appId())
              .put("hostile", HOSTILE)
              .put("auditorName", named("auditor", 0))
              .set("roles", roles(app))
              .toString();
      run(List.of("node", "--test", "test/all.mjs"), given);
    }
  }

  /** As `installer/bundle.sh` puts it into the bundle. */
  private void whatThePagesAreMadeOfIsToldWithItsLicences()
      throws IOException, InterruptedException {
    run(List.of("node", "../installer/npm-parts.mjs", folder.toString()), "");
    Map<String, String> scopes = new HashMap<>();
    Json.mapper()
        .readTree(Files.readString(folder.resolve("npm.cdx.json")))
        .path("components")
        .forEach(
            part -> {
              assertFalse(part.at("/licenses/0/expression").asText().isEmpty(), part::toString);
              assertEquals("SHA-512", part.at("/hashes/0/alg").asText(), part::toString);
              scopes.put(part.path("name").asText(), part.path("scope").asText());
            });
    assertEquals("required", scopes.get("element-plus"));
    assertEquals("excluded", scopes.get("playwright-core"));
    String licences = Files.readString(folder.resolve("npm-licences.txt"));
    scopes.forEach(
        (name, scope) ->
            assertEquals(scope.equals("required"), licences.contains("\n" + name + " "), name));
  }

  private static String newSuper() {
    return named("super", 0);
  }

  private static String named(String role, long app) {
    return TestConsole.with(role, app).get("/account").ok().body().path("name").asText();
  }

  private static ObjectNode roles(TestApp app) {
    ObjectNode names = Json.object();
    names.put("super", newSuper()).put("auditor", named("auditor", 0));
    for (String role : List.of("app-administrator", "help-desk")) {
      names.put(role, named(role, app.appId()));
    }
    return names;
  }

  private void run(List<String> command, String given) throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(WEB.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("PALISADE_CONSOLE", given);
    Process process = builder.start();
    boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    String said = Files.readString(output);
    assertTrue(ended, () -> command + " did not end:\n" + said);
    assertEquals(0, process.exitValue(), () -> command + " failed:\n" + said);
  }
}
