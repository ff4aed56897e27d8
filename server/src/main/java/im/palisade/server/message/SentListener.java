package im.palisade.server.message;

/**
 * Told of every message that was sent, once it is stored if it is; imports and duplicates are none.
 */
@FunctionalInterface
public interface SentListener {
  /** Called on a writer's thread, so it must not block. */
  void sent(OutgoingMessage message);
}
