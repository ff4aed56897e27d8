package im.palisade.compliance.verify;

import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.file.CrashingFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The second implementation of the checks, the script {@code compliance/verify}. */
public final class PythonVerifier {
  private PythonVerifier() {}

  /** How it ended and what it printed. */
  public record Said(int exit, String text) {}

  /** Has it check a whole log, which is written into a folder of its own within the one given. */
  public static Said log(CrashingFiles files, Path within, VerifierKey key)
      throws IOException, InterruptedException {
    Path log = Files.createTempDirectory(within, "log");
    for (Map.Entry<String, byte[]> file : files.content().entrySet()) {
      Path path = log.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    Path here = Path.of("verify", "palisade_verify.py");
    Path script = Files.exists(here) ? here : Path.of("..", "compliance").resolve(here);
    Process process =
        new ProcessBuilder("python3", script.toString(), "log", log.toString(), "--key", key.line())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), said);
  }
}
