package im.palisade.client;

/** The server answered a request with a code other than 0. */
public final class ImRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int code;

  public ImRefusedException(int code, String info) {
    super(info, null, false, false);
    this.code = code;
  }

  /** The code, of the same numbering as the REST API's. */
  public int code() {
    return code;
  }

  /** The server's text for a developer; may be empty. */
  public String info() {
    return getMessage();
  }
}
