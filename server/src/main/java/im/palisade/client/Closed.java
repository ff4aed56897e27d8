package im.palisade.client;

/**
 * How a connection ended.
 *
 * @param code WebSocket close code; {@link #LOST} when the connection broke without one
 * @param reason the server's text, or what broke; may be empty
 */
public record Closed(int code, String reason) {
  /** No close frame arrived. */
  public static final int LOST = 1006;

  /** The server is restarting: reconnect after a random pause. */
  public static final int RESTARTING = 1012;

  /** The login was refused; its reply carries the code. */
  public static final int LOGIN_REFUSED = 4002;

  /** Another login of the same user took this one's place. */
  public static final int KICKED_BY_LOGIN = 4003;

  /** An administrator ended the session. */
  public static final int KICKED_BY_ADMINISTRATOR = 4004;

  /** The UserSig ran out: log in again with a new one. */
  public static final int SIG_EXPIRED = 4005;
}
