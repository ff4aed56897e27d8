package im.palisade.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was started, to be stopped in the opposite order. */
final class Parts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Parts.class);

  private final Deque<Part> started = new ArrayDeque<>();

  /** What is stopped at the end, and by which name it is missed when that fails. */
  private record Part(String name, AutoCloseable close) {}

  /** Notes a part that runs now. */
  <C extends AutoCloseable> C add(String name, C part) {
    started.push(new Part(name, part));
    return part;
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      Part part = started.pop();
      try {
        part.close().close();
      } catch (Exception e) {
        log.warn("stopping the {} failed", part.name(), e);
      }
    }
  }
}
