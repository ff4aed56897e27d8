package im.palisade.server.gateway;

import java.util.ArrayDeque;

/**
 * The lanes of one connection that have work. Each runs on one virtual thread until it has none
 * left and is forgotten; an idle connection has no lane. From any thread.
 */
final class Lanes {
  private final GatewayCore core;

  /** Newest first; null when there is none. Guarded by this. */
  private Lane first;

  private final class Lane implements Runnable {
    final String key;
    final ArrayDeque<CommandCall> waiting = new ArrayDeque<>(2);
    Lane next;

    Lane(String key, CommandCall call, Lane next) {
      this.key = key;
      this.next = next;
      waiting.add(call);
    }

    @Override
    public void run() {
      for (CommandCall call = next(this); call != null; call = next(this)) {
        call.run();
      }
    }
  }

  Lanes(GatewayCore core) {
    this.core = core;
  }

  /** Runs the call, after those of the same lane that came before. */
  void run(CommandCall call) {
    String key = call.lane();
    if (key.isEmpty()) {
      core.startCall(call);
      return;
    }
    Lane started;
    synchronized (this) {
      for (Lane lane = first; lane != null; lane = lane.next) {
        if (lane.key.equals(key)) {
          lane.waiting.add(call);
          return;
        }
      }
      started = new Lane(key, call, first);
      first = started;
    }
    core.startCall(started);
  }

  /** The lane's next call; null, and the lane forgotten, when there is none. */
  private synchronized CommandCall next(Lane lane) {
    CommandCall call = lane.waiting.poll();
    if (call == null) {
      forget(lane);
    }
    return call;
  }

  private void forget(Lane lane) {
    if (first.equals(lane)) {
      first = lane.next;
      return;
    }
    Lane before = first;
    while (!before.next.equals(lane)) {
      before = before.next;
    }
    before.next = lane.next;
  }
}
