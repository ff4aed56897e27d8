package im.palisade.server.conversation;

import java.util.Optional;

/**
 * A conversation as its owner names it.
 *
 * @param id UserID of the peer, or the group's id
 */
public record Contact(Kind kind, String id) {
  /** What the other side is; the code is {@code Type} on REST. */
  public enum Kind {
    C2C(1, "C2C"),
    GROUP(2, "GROUP");

    private final int code;
    private final String prefix;

    Kind(int code, String prefix) {
      this.code = code;
      this.prefix = prefix;
    }

    /** {@code Type} on REST. */
    public int code() {
      return code;
    }

    /** The kind of that {@code Type}, 1 or 2. */
    public static Kind ofCode(int code) {
      return code == C2C.code ? C2C : GROUP;
    }
  }

  /** The conversation's name on the client wire, e.g. {@code C2Calice}. */
  public String wireName() {
    return kind.prefix + id;
  }

  /** The conversation of that name on the client wire; empty when it is none. */
  public static Optional<Contact> named(String wireName) {
    for (Kind kind : Kind.values()) {
      if (wireName.startsWith(kind.prefix) && wireName.length() > kind.prefix.length()) {
        return Optional.of(new Contact(kind, wireName.substring(kind.prefix.length())));
      }
    }
    return Optional.empty();
  }
}
