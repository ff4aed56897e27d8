package im.palisade.server.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.PalisadeServer;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.VerificationKey;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The tests of {@code sdk/js}, in Node and in Chromium, against the server of the other tests. */
@ResourceLock(ServerProcess.MACHINE)
class JsSdkTest {
  private static final Path SDK = Path.of("..", "sdk", "js");
  private static final int MINUTES = 6;

  @TempDir private Path folder;

  @Test
  void theSuiteOfTheJavaScriptSdkPasses() throws IOException, InterruptedException {
    installPackages();
    run(List.of("node", "build.mjs", "test"));
  }

  /** By the lock file, and only when it has changed since the last time. */
  private void installPackages() throws IOException, InterruptedException {
    Path lock = SDK.resolve("package-lock.json");
    Path installed = SDK.resolve("node_modules/.package-lock.json");
    if (!Files.exists(installed)
        || Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(lock)) < 0) {
      run(List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
    }
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(SDK.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("PALISADE_CONNECTION", connection().toString());
    Process process = builder.start();
    boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    String said = Files.readString(output);
    assertTrue(ended, () -> command + " did not end:\n" + said);
    assertEquals(0, process.exitValue(), () -> command + " failed:\n" + said);
  }

  /** What a running server says of itself in its connection file, for an app of this test's own. */
  private Path connection() throws IOException {
    PalisadeServer server = TestServer.shared().server();
    TestApp app =
        TestServer.shared()
            .newApp(AppSettings.parse("{\"groups\":{\"memberList\":true,\"guests\":true}}"));
    VerificationKey.Hmac key = (VerificationKey.Hmac) app.app().keys().getFirst().key();
    return Files.writeString(
        folder.resolve("connection.json"),
        Json.object()
            .put("restUrl", server.facts().restUrl())
            .put("imUrl", server.facts().imUrl())
            .put("sdkAppId", app.appId())
            .put("secretKey", key.secret())
            .put("administrator", app.administrator())
            .toString());
  }
}
