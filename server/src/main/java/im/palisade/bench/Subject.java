package im.palisade.bench;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/** What is measured: a process that speaks the client protocol. */
interface Subject extends AutoCloseable {
  /** Address of the gateway. */
  URI imUrl();

  /** The process whose CPU time counts as the server's own. */
  long pid();

  /** The database's process, if it has one. */
  Optional<Long> databasePid();

  /** Makes sure these users may log in. */
  void importUsers(List<String> names) throws InterruptedException;

  /** Makes a room that anybody may join; one that is there stays. */
  void createRoom(String name, String type) throws InterruptedException;

  /** The first frame of a user's connection. */
  ClientFrame login(String name);

  /** Ends the process and waits until it is gone. */
  @Override
  void close();
}
