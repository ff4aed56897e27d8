package im.palisade.server.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM that runs a main class of the test class path, for what can't be tried in ours. */
public final class OtherJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private OtherJvm(Process process) {
    this.process = process;
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Starts it; its errors go to ours. */
  public static OtherJvm start(Class<?> main, List<String> jvmArguments, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx128m", "-XX:+UseSerialGC"));
    command.add("-Dpalisade.mariadb.home=" + System.getProperty("palisade.mariadb.home"));
    command.addAll(jvmArguments);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    try {
      return new OtherJvm(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The rest of the first line of its output that begins so; waits for it. */
  public String awaitLine(String beginning) {
    StringBuilder seen = new StringBuilder();
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith(beginning)) {
          return line.substring(beginning.length()).trim();
        }
        seen.append(line).append('\n');
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    throw new AssertionError("ended without '" + beginning + "' in:\n" + seen);
  }

  public long pid() {
    return process.pid();
  }

  /** kill -9. */
  public void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
