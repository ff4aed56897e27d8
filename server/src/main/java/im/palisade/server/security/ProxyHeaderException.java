package im.palisade.server.security;

import java.io.IOException;

/** A connection does not begin as the PROXY protocol has it; the message says why. */
public final class ProxyHeaderException extends IOException {
  private static final long serialVersionUID = 1;

  /** For that reason. */
  public ProxyHeaderException(String why) {
    super(why);
  }

  /** For that reason. */
  public ProxyHeaderException(String why, Throwable cause) {
    super(why, cause);
  }
}
