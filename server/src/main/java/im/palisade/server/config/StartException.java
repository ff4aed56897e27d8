package im.palisade.server.config;

/**
 * A start that cannot go on for a reason outside the settings' own texts. The message is one
 * sentence for the operator: what is wrong, where, and what helps.
 */
public final class StartException extends RuntimeException {
  public StartException(String message) {
    super(message);
  }

  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
