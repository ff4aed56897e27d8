package im.palisade.server.app;

/** How an account meets friend requests ({@code Tag_Profile_IM_AllowType}). */
public enum AllowType {
  /** Whoever asks is a friend at once. */
  ALLOW_ANY("AllowType_Type_AllowAny"),
  /** A request waits for approval. */
  NEED_CONFIRM("AllowType_Type_NeedConfirm"),
  /** Nobody may ask. */
  DENY_ANY("AllowType_Type_DenyAny");

  private final String wireName;

  AllowType(String wireName) {
    this.wireName = wireName;
  }

  /** The value on the wire. */
  public String wireName() {
    return wireName;
  }
}
