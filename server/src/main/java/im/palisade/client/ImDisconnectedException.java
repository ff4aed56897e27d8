package im.palisade.client;

/**
 * The connection ended before the reply came. Whether the request took effect is unknown; a message
 * is sent again with the same random.
 */
public final class ImDisconnectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Closed closed;

  public ImDisconnectedException(Closed closed) {
    super("disconnected: " + closed.code() + " " + closed.reason(), null, false, false);
    this.closed = closed;
  }

  /** How the connection ended. */
  public Closed closed() {
    return closed;
  }
}
