package im.palisade.server.gateway;

/**
 * A field of a reply or an event, for the reference.
 *
 * @param name on the wire; a question mark at its end says that it may be absent
 * @param meaning what it is
 */
public record ReplyField(String name, String meaning) {

  /** A field. */
  public static ReplyField of(String name, String meaning) {
    return new ReplyField(name, meaning);
  }

  /** Whether it may be absent. */
  public boolean isOptional() {
    return name.endsWith("?");
  }

  /** The name without its mark. */
  public String plainName() {
    return isOptional() ? name.substring(0, name.length() - 1) : name;
  }
}
