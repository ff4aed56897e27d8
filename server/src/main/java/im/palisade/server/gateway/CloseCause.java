package im.palisade.server.gateway;

/** What ended a session; presence and the state webhook tell these apart (callbacks §4.1). */
public enum CloseCause {
  /** {@code session.logout}. */
  LOGOUT,
  /** The link was closed or reset by the client or the network. */
  LOST,
  /** Two pings stayed unanswered. */
  TIMED_OUT,
  /** A newer connection of the same device took over; nobody is told. */
  REPLACED,
  KICKED_BY_LOGIN,
  KICKED_BY_ADMIN,
  SIG_EXPIRED,
  /** The client broke the protocol: malformed, too large. */
  VIOLATION,
  SLOW_READER,
  FLOOD,
  /** This node stops; the client reconnects. */
  SHUTDOWN;

  static CloseCause of(CloseCode code) {
    return switch (code) {
      case NORMAL, LOGIN_TIMEOUT, LOGIN_REFUSED, INTERNAL_ERROR -> LOST;
      case GOING_AWAY -> TIMED_OUT;
      case PROTOCOL_ERROR, TOO_LARGE, MALFORMED -> VIOLATION;
      case RESTARTING -> SHUTDOWN;
      case KICKED_BY_LOGIN -> KICKED_BY_LOGIN;
      case KICKED_BY_ADMIN -> KICKED_BY_ADMIN;
      case SIG_EXPIRED -> SIG_EXPIRED;
      case SLOW_READER -> SLOW_READER;
      case RATE_LIMIT -> FLOOD;
    };
  }
}
