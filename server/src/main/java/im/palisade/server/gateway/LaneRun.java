package im.palisade.server.gateway;

import java.util.ArrayDeque;

/**
 * The calls of one lane of one connection, on one virtual thread, until none is left. Lanes with
 * work form a list on their connection; an idle connection has none, and pays for none.
 */
final class LaneRun implements Runnable {
  private final Connection connection;
  private final String key;
  private final ArrayDeque<CommandCall> waiting = new ArrayDeque<>(4);

  /** Guarded by the connection's monitor. */
  LaneRun next;

  LaneRun(Connection connection, String key, CommandCall first, LaneRun next) {
    this.connection = connection;
    this.key = key;
    this.next = next;
    waiting.add(first);
  }

  String key() {
    return key;
  }

  /** With the connection's monitor held. */
  void add(CommandCall call) {
    waiting.add(call);
  }

  @Override
  public void run() {
    CommandCall call = connection.nextOf(this);
    while (call != null) {
      call.run();
      call = connection.nextOf(this);
    }
  }

  /** The next call with the connection's monitor held; null when there is none. */
  CommandCall poll() {
    return waiting.poll();
  }
}
