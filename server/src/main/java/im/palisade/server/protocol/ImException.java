package im.palisade.server.protocol;

/**
 * A refusal the caller is told about: a code of the one numbering and an English text for a
 * developer. It carries no stack trace, since it is an answer and not a fault.
 */
public class ImException extends RuntimeException {
  private final int code;

  public ImException(ErrorCode code) {
    this(code, code.meaning());
  }

  public ImException(ErrorCode code, String info) {
    this(code.number(), info);
  }

  /** For codes that are an app's own verdict and so stand in no table of ours. */
  public ImException(int code, String info) {
    super(info, null, false, false);
    this.code = code;
  }

  /** The number the caller is answered with; never 0. */
  public int code() {
    return code;
  }

  /** The text for a developer; never empty. */
  public String info() {
    return getMessage();
  }
}
