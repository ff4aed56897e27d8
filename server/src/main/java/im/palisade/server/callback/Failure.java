package im.palisade.server.callback;

import java.util.Locale;

/**
 * Why a receiver gave no usable answer (callbacks §1.3), as the console shows it.
 *
 * @param detail for a developer of the receiver; never content
 */
record Failure(Reason reason, String detail) {

  /** What a failure says of the receiver. */
  enum Says {
    UP,
    DOWN,
    NOTHING
  }

  /** The classes of failure. */
  enum Reason {
    UNREACHABLE("address unreachable or timed out", Says.DOWN),
    DENIED("the address is in a network webhooks may not call", Says.NOTHING),
    REFUSED("connection refused", Says.DOWN),
    RESET("connection closed before the answer was complete", Says.DOWN),
    CERTIFICATE("receiver certificate invalid", Says.DOWN),
    CLIENT_CERTIFICATE("receiver rejected our client certificate", Says.DOWN),
    STATUS("HTTP status not 200", Says.DOWN),
    MALFORMED("body not JSON, or not the specified one", Says.UP),
    /** Not sent: the receiver failed again and again just before. */
    SUSPENDED("suspended after repeated failures", Says.NOTHING),
    /** Not sent: as many as allowed are under way. */
    BUSY("too many requests under way", Says.NOTHING);

    private final String text;
    private final Says says;

    Reason(String text, Says says) {
      this.text = text;
      this.says = says;
    }

    /** As the console shows it. */
    String text() {
      return text;
    }

    /** What it says of the calls to come. */
    Says says() {
      return says;
    }

    /** In metrics. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
