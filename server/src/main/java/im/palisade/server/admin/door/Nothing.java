package im.palisade.server.admin.door;

/** A request without members, or an answer without a body. */
public record Nothing() {
  /** It. */
  public static final Nothing NOTHING = new Nothing();
}
