package im.palisade.server.message;

/** How a message comes out of what it has to pass before it is stored or relayed. */
public sealed interface Admission {
  /**
   * It goes on.
   *
   * @param replaced whether its content is no longer what the sender has on screen
   */
  record Admitted(OutgoingMessage message, boolean replaced) implements Admission {}

  /** Its sender gets this receipt and nothing else happens. */
  record Dropped(Receipt receipt) implements Admission {}
}
