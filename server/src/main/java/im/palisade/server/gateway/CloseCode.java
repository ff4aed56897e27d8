package im.palisade.server.gateway;

/** WebSocket close codes the server uses (client-protocol, Session). */
public enum CloseCode {
  NORMAL(1000),
  /** Two pings stayed unanswered. */
  GOING_AWAY(1001),
  /** Not a WebSocket frame (RFC 6455 §7.4.1). */
  PROTOCOL_ERROR(1002),
  TOO_LARGE(1009),
  /** A fault of ours while handling the connection. */
  INTERNAL_ERROR(1011),
  RESTARTING(1012),
  /** A WebSocket frame, but no JSON object with a usable id in valid UTF-8. */
  MALFORMED(4000),
  LOGIN_TIMEOUT(4001),
  LOGIN_REFUSED(4002),
  KICKED_BY_LOGIN(4003),
  KICKED_BY_ADMIN(4004),
  SIG_EXPIRED(4005),
  SLOW_READER(4008),
  RATE_LIMIT(4009);

  private final int number;

  CloseCode(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  EncodedFrame frame() {
    return EncodedFrame.close(number);
  }
}
