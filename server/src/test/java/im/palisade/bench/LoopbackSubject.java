package im.palisade.bench;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/** A server in the test's own JVM. */
record LoopbackSubject(URI imUrl) implements Subject {
  @Override
  public long pid() {
    return ProcessHandle.current().pid();
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
        {"id":1,"cmd":"session.login","data":{"userId":"%s","userSig":"good"}}\
        """
            .formatted(name));
  }

  @Override
  public void close() {}
}
