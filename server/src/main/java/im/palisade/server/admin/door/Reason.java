package im.palisade.server.admin.door;

/**
 * Why exactly something was refused, where the refusal itself says too little. The console has
 * words for each in every language.
 */
public enum Reason {
  LAST_KEY("the last key stays: add another and let signers move over first"),
  LAST_REST_USER("the last user who may call REST stays"),
  MAY_CALL_REST("the user may call REST; take that away first"),
  REST_USERS_FULL("no more users of the app may be let call REST"),
  NOT_REST_USER("the user may not call REST"),
  NO_REST_USER("no user of the app may call REST, so none can be named"),
  NO_SECRET_KEY("the app has no secret key to sign with"),
  NOT_SUSPENDED("only a suspended app can be closed"),
  APP_CLOSED("the app is closed; take that back first"),
  NOT_CLOSED("the app is not closed, or its data are being destroyed already"),
  NAME_DIFFERS("what was typed is not the name of what is to go"),
  FACTOR_NOT_BEGUN("no second factor was begun"),
  FACTOR_REQUIRED("every administrator must have a second factor"),
  LINK_NOT_VALID("the link is not valid: the newest start of the server printed it"),
  ADMINISTRATOR_EXISTS("there is an administrator already"),
  ROLES_FULL("no more roles can be made"),
  ROLE_IN_USE("somebody has this role"),
  ROLE_BUILT_IN("a built-in role does not change"),
  ROLE_ABOVE_OWN("the role allows more than your own roles"),
  LAST_SUPER("somebody active must keep the role of a super administrator"),
  ONESELF("nobody does this to themselves"),
  NOT_ON_RECORD("the audit log cannot take the record of it, so nothing was done"),
  NOT_YET_ON_RECORD("it was done, but its record has not reached the audit log yet"),
  BAD_USER_ID("a UserID has 1 to 32 bytes and no reserved beginning"),
  NO_PLACE("it must be what the page before named as the next"),
  USER_OR_GROUP("either a user or a group must be given"),
  KEY_OR_PLACE("a key, or group and sequence, must be given"),
  PREFIX_OR_TYPE("a type cannot be given together with a beginning"),
  NOTHING_CHOSEN("one of these must be given"),
  NO_RECEIVER("no receiver is set"),
  DECISION("a review is accepted or rejected"),
  SAME_PASSWORD("it is the same as before"),
  HOLDS_NAME("a password must not hold the name"),
  FEW_CHARACTERS("a password must have more different characters"),
  BAD_NAME("a name has letters, digits and ._@-, and begins with a letter or digit"),
  NO_ROLE("there is no such role"),
  NO_APP("there is no such app"),
  UNCLEAN("control characters and half characters are not allowed"),
  SETTING("the setting does not allow this value"),
  WEBHOOK_ADDRESS("webhooks cannot go to this address"),
  CERTIFICATE("the certificate or key cannot be used"),
  ROTATION_UNDER_WAY("the key before still signs, until a day after its rotation");

  private final String meaning;

  Reason(String meaning) {
    this.meaning = meaning;
  }

  /** What it means, for the reference. */
  public String meaning() {
    return meaning;
  }
}
