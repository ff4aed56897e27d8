package im.palisade.server.rest;

import im.palisade.server.app.App;

/** Hears of commands that are called nearly as often as they may be. */
@FunctionalInterface
public interface RateListener {
  /** Nobody hears. */
  RateListener NONE = (app, service, command, calls, limit) -> {};

  /**
   * More than 80 % of a limit is used; called with every such call, so it must be quick.
   *
   * @param calls within the last second, this one included
   * @param limit calls per second
   */
  void near(App app, String service, String command, int calls, int limit);
}
