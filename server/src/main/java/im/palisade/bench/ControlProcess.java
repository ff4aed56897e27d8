package im.palisade.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** {@link ControlServer} as a child process. */
final class ControlProcess implements Subject {
  private final Process child;
  private final URI url;

  private ControlProcess(Process child, URI url) {
    this.child = child;
    this.url = url;
  }

  static ControlProcess start() {
    Process child =
        JavaChild.start(
            new ProcessBuilder(JavaChild.command(List.of(), ControlServer.class.getName()))
                .redirectError(ProcessBuilder.Redirect.DISCARD));
    try {
      BufferedReader out = child.inputReader();
      String line = out.readLine();
      while (line != null && !line.matches("\\d+")) {
        line = out.readLine(); // what the JVM or a library has to say first
      }
      if (line == null) {
        throw new BenchException("the control server did not start");
      }
      return new ControlProcess(child, URI.create("ws://127.0.0.1:" + line + "/im"));
    } catch (IOException e) {
      JavaChild.end(child);
      throw new BenchException("the control server did not start", e);
    }
  }

  @Override
  public URI imUrl() {
    return url;
  }

  @Override
  public long pid() {
    return child.pid();
  }

  @Override
  public Optional<Long> databasePid() {
    return Optional.empty();
  }

  @Override
  public void importUsers(List<String> names) {}

  @Override
  public void createRoom(String name, String type) {}

  @Override
  public ClientFrame login(String name) {
    return ClientFrame.text(
        """
        {"id":1,"cmd":"session.login","data":{"sdkAppId":1400000001,"userId":"%s"}}\
        """
            .formatted(name));
  }

  @Override
  public void close() {
    JavaChild.end(child);
  }
}
