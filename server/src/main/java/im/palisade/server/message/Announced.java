package im.palisade.server.message;

import im.palisade.server.protocol.Origin;

/**
 * Which webhooks a message may fire, and what they tell of where it came from.
 *
 * @param before whether the app's own server is asked first
 * @param after whether it is told afterwards
 */
public record Announced(Origin origin, boolean before, boolean after) {
  /** Fires none: batches and imports. */
  public static final Announced NONE = new Announced(Origin.SERVER, false, false);

  /** Fires every webhook that is switched on. */
  public static Announced by(Origin origin) {
    return new Announced(origin, true, true);
  }
}
