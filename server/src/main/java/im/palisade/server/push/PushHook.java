package im.palisade.server.push;

import im.palisade.server.app.App;
import java.util.List;

/** Who hears of pushes to all. */
@FunctionalInterface
public interface PushHook {
  /** Nobody. */
  PushHook NONE = (app, taskId, taskTime, userIds) -> {};

  /**
   * A push was delivered to live connections of these users; must not block.
   *
   * @param taskId what REST knows it by
   * @param taskTime when it was accepted, in UNIX seconds
   */
  void reached(App app, String taskId, long taskTime, List<String> userIds);
}
