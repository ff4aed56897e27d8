package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Platform;

/**
 * The data of {@code session.login}, as claimed. {@code deviceId} and {@code client} may be empty.
 */
record LoginRequest(
    long sdkAppId,
    String userId,
    String userSig,
    Platform platform,
    String deviceId,
    String client) {
  private static final int MAX_TEXT = 128;
  private static final int MAX_AUDITED = 64;

  /**
   * Reads the claims.
   *
   * @throws ImException 60012/60006 for the app, 60004 for the user, 70002 without a signature,
   *     70402 for the rest
   */
  static LoginRequest from(ObjectNode data) {
    JsonNode app = data.path("sdkAppId");
    if (app.isMissingNode() || app.isNull()) {
      throw new ImException(ErrorCode.APP_MISSING);
    }
    if (!app.isIntegralNumber() || !app.canConvertToLong()) {
      throw new ImException(ErrorCode.APP_INVALID);
    }
    if (!data.path("userId").isTextual() || data.path("userId").textValue().isEmpty()) {
      throw new ImException(ErrorCode.NOT_AUTHENTICATED, "userId is missing");
    }
    String userSig = text(data, "userSig", Integer.MAX_VALUE);
    if (userSig.isEmpty()) {
      throw new ImException(ErrorCode.SIG_EMPTY);
    }
    Platform platform =
        Platform.ofWireName(text(data, "platform", MAX_TEXT))
            .orElseThrow(
                () -> new ImException(ErrorCode.ACCOUNT_INVALID_PARAMETER, "unknown platform"));
    return new LoginRequest(
        app.longValue(),
        data.path("userId").textValue(),
        userSig,
        platform,
        text(data, "deviceId", MAX_TEXT),
        text(data, "client", MAX_TEXT));
  }

  /** The app as claimed, for the record of a refusal. */
  static long claimedApp(ObjectNode data) {
    JsonNode app = data.path("sdkAppId");
    return app.isIntegralNumber() && app.canConvertToLong() ? app.longValue() : 0;
  }

  /** The user as claimed, for the record of a refusal. */
  static String claimedUser(ObjectNode data) {
    String claimed = data.path("userId").isTextual() ? data.path("userId").textValue() : "";
    return claimed.length() > MAX_AUDITED ? claimed.substring(0, MAX_AUDITED) : claimed;
  }

  private static String text(ObjectNode data, String field, int maxLength) {
    JsonNode value = data.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    if (!value.isTextual() || value.textValue().length() > maxLength) {
      throw new ImException(
          ErrorCode.ACCOUNT_INVALID_PARAMETER,
          field + " is not a string of at most " + maxLength + " characters");
    }
    return value.textValue();
  }
}
