package im.palisade.server.message;

import im.palisade.server.app.App;

/**
 * Told of every imported message, before it is stored and again after: what was made of the past is
 * out of date then, whenever this server should end.
 */
@FunctionalInterface
public interface ImportListener {
  /**
   * The app's messages of a moment are not what they were.
   *
   * @param time UNIX seconds
   */
  void imported(App app, long time);
}
