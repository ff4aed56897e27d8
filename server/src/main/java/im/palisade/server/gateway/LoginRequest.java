package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Platform;
import java.util.List;
import java.util.stream.Stream;

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
  static final Param<Long> SDK_APP_ID =
      Param.number("sdkAppId", Long.MIN_VALUE, Long.MAX_VALUE, "the app")
          .required(ErrorCode.APP_MISSING)
          .whenWrong(ErrorCode.APP_INVALID);
  static final Param<String> USER_ID =
      Param.id("userId", "who logs in").required().whenWrong(ErrorCode.NOT_AUTHENTICATED);
  static final Param<String> USER_SIG =
      Param.id("userSig", "the app's signature for the user").required(ErrorCode.SIG_EMPTY);
  static final Param<String> PLATFORM =
      Param.word(
              "platform",
              Stream.of(Platform.values())
                  .filter(platform -> platform != Platform.IPAD)
                  .map(Platform::wireName)
                  .toList(),
              "what kind of device it is")
          .required();
  static final Param<String> MODEL =
      Param.word(
          "model", List.of(Platform.IPAD.wireName()), "of `ios`: an iPad, a platform of its own");
  static final Param<String> DEVICE_ID =
      Param.text("deviceId", 128, "stable per installation; without it the device is a new one")
          .defaultsTo("");
  static final Param<String> CLIENT =
      Param.text("client", 128, "name and version of the client").defaultsTo("");

  private static final List<Param<?>> ALL =
      List.of(SDK_APP_ID, USER_ID, USER_SIG, PLATFORM, MODEL, DEVICE_ID, CLIENT);
  private static final int MAX_AUDITED = 64;

  /**
   * Reads the claims.
   *
   * @throws ImException 60012/60006 for the app, 60004 for the user, 70002 without a signature,
   *     70402 for the rest
   */
  static LoginRequest from(ObjectNode data) {
    Params params = Params.read(data, ALL, Wrong.of(ErrorCode.ACCOUNT_INVALID_PARAMETER), false);
    return new LoginRequest(
        params.get(SDK_APP_ID),
        params.get(USER_ID),
        params.get(USER_SIG),
        platform(params),
        params.get(DEVICE_ID),
        params.get(CLIENT));
  }

  private static Platform platform(Params params) {
    Platform named = Platform.ofWireName(params.get(PLATFORM)).orElseThrow();
    if (params.find(MODEL).isEmpty()) {
      return named;
    }
    if (named != Platform.IOS) {
      throw new ImException(ErrorCode.ACCOUNT_INVALID_PARAMETER, "model is of ios alone");
    }
    return Platform.IPAD;
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
}
