package im.palisade.server.message;

/** Told of messages; imports and duplicates are none. */
public interface SentListener {
  /** A message was sent, and is stored if it is ever. Called on a writer's thread: never blocks. */
  void sent(OutgoingMessage message);

  /**
   * The same message, when nobody stores it: nothing but this tells of it.
   *
   * @param receivers accounts or sessions it was for
   */
  default void unstored(OutgoingMessage message, int receivers) {}

  /** A stored message says this now: it was edited, has grown or was published. Never blocks. */
  default void says(long appId, MessageBody body) {}

  /** Tells one, then the other. */
  static SentListener both(SentListener one, SentListener other) {
    return new SentListener() {
      @Override
      public void sent(OutgoingMessage message) {
        one.sent(message);
        other.sent(message);
      }

      @Override
      public void unstored(OutgoingMessage message, int receivers) {
        one.unstored(message, receivers);
        other.unstored(message, receivers);
      }

      @Override
      public void says(long appId, MessageBody body) {
        one.says(appId, body);
        other.says(appId, body);
      }
    };
  }
}
