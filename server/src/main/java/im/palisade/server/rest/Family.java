package im.palisade.server.rest;

import im.palisade.server.protocol.ErrorCode;

/**
 * A family of commands and the codes it answers with where the command's own table says nothing
 * (rest-conventions §4.2).
 */
public enum Family {
  /** {@code im_open_login_svc}. */
  LOGIN(
      ErrorCode.ACCOUNT_INVALID_PARAMETER,
      ErrorCode.ACCOUNT_INVALID_PARAMETER,
      ErrorCode.ACCOUNT_INTERNAL,
      ErrorCode.ACCOUNT_TIMEOUT,
      false),
  /** {@code openim} and {@code all_member_push}. */
  MESSAGE(
      ErrorCode.BODY_NOT_JSON,
      ErrorCode.BODY_NOT_JSON,
      ErrorCode.MESSAGE_FAILED,
      ErrorCode.MESSAGE_TIMEOUT,
      false),
  /** Group services, message extensions, robots, official accounts and media files. */
  GROUP(
      ErrorCode.GROUP_INVALID_PARAMETER,
      ErrorCode.GROUP_INVALID_PARAMETER,
      ErrorCode.GROUP_INTERNAL,
      ErrorCode.GROUP_INTERNAL,
      false),
  /** {@code profile}. */
  PROFILE(
      ErrorCode.PROFILE_INVALID_PARAMETER,
      ErrorCode.PROFILE_INVALID_PARAMETER,
      ErrorCode.PROFILE_INTERNAL,
      ErrorCode.PROFILE_INTERNAL,
      true),
  /** {@code sns} and {@code follow}. */
  RELATION(
      ErrorCode.RELATION_INVALID_PARAMETER,
      ErrorCode.RELATION_INVALID_PARAMETER,
      ErrorCode.RELATION_INTERNAL,
      ErrorCode.RELATION_TIMEOUT,
      true),
  /** {@code recentcontact}. */
  RECENT_CONTACT(
      ErrorCode.CONVERSATION_INVALID_PARAMETER,
      ErrorCode.CONVERSATION_INVALID_PARAMETER,
      ErrorCode.CONVERSATION_INTERNAL,
      ErrorCode.CONVERSATION_TIMEOUT,
      true),
  /** {@code openconfigsvr}; its fields carry codes of their own. */
  MUTE(
      ErrorCode.MUTE_BODY_NOT_JSON,
      ErrorCode.MUTE_BODY_NOT_JSON,
      ErrorCode.MUTE_INTERNAL,
      ErrorCode.MUTE_INTERNAL,
      false),
  /** {@code open_msg_svc}. */
  HISTORY(
      ErrorCode.HISTORY_INVALID_PARAMETER,
      ErrorCode.HISTORY_INVALID_PARAMETER,
      ErrorCode.HISTORY_INTERNAL,
      ErrorCode.HISTORY_INTERNAL,
      false),
  /** {@code im_msg_audit} and {@code im_msg_audit_mgr}. */
  MODERATION(
      ErrorCode.MODERATION_INVALID_PARAMETER,
      ErrorCode.MODERATION_INVALID_PARAMETER,
      ErrorCode.MODERATION_INTERNAL,
      ErrorCode.MODERATION_INTERNAL,
      false),
  /** A service without a dialect of its own: {@code ConfigSvc}. */
  GATEWAY(
      ErrorCode.BODY_EMPTY,
      ErrorCode.HTTP_UNPARSABLE,
      ErrorCode.BACKEND_TIMEOUT,
      ErrorCode.BACKEND_TIMEOUT,
      false);

  private final ErrorCode malformedBody;
  private final ErrorCode invalidField;
  private final ErrorCode internal;
  private final ErrorCode timeout;
  private final boolean display;

  Family(
      ErrorCode malformedBody,
      ErrorCode invalidField,
      ErrorCode internal,
      ErrorCode timeout,
      boolean display) {
    this.malformedBody = malformedBody;
    this.invalidField = invalidField;
    this.internal = internal;
    this.timeout = timeout;
    this.display = display;
  }

  /** The body is not a JSON object (but not empty: that is 60003 everywhere). */
  public ErrorCode malformedBody() {
    return malformedBody;
  }

  /** A field is missing or wrong and has no code of its own. */
  public ErrorCode invalidField() {
    return invalidField;
  }

  /** Something failed inside; the same call may succeed later. */
  public ErrorCode internal() {
    return internal;
  }

  /** No answer in time, or an outcome that is not known; the same call may succeed later. */
  public ErrorCode timeout() {
    return timeout;
  }

  /** Whether answers carry an {@code ErrorDisplay}, always empty (rest-conventions §3). */
  public boolean hasErrorDisplay() {
    return display;
  }
}
