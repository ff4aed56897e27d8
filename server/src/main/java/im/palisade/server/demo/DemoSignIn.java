package im.palisade.server.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.app.AppKey;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.UserIds;
import im.palisade.server.rest.Site;
import im.palisade.server.security.UserSigSigner;
import im.palisade.server.security.VerificationKey;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Does for the chat page what an app's own back end does for its clients: issues a UserSig. There
 * is no password; this is for trying things out.
 */
final class DemoSignIn implements Site.Form {
  private static final Duration VALID_FOR = Duration.ofHours(12);

  private final Supplier<Optional<App>> app;
  private final UserSigSigner signer;
  private final boolean loopbackOnly;
  private final int imPort;
  private final boolean encrypted;

  /**
   * Makes it.
   *
   * @param loopbackOnly nobody but this machine's users may use it
   */
  DemoSignIn(
      Supplier<Optional<App>> app,
      UserSigSigner signer,
      boolean loopbackOnly,
      int imPort,
      boolean encrypted) {
    this.app = app;
    this.signer = signer;
    this.loopbackOnly = loopbackOnly;
    this.imPort = imPort;
    this.encrypted = encrypted;
  }

  @Override
  public String name() {
    return "sign-in";
  }

  @Override
  public ObjectNode answer(ObjectNode posted, String host) {
    if (loopbackOnly && !isThisMachine(host)) {
      // A name that somebody made point here: their page would read what is answered.
      throw new ImException(ErrorCode.NOT_AUTHENTICATED, "only under localhost");
    }
    App trial = app.get().orElseThrow(() -> new ImException(ErrorCode.APP_INVALID));
    String userId = Optional.ofNullable(posted.path("userId").textValue()).orElse("");
    if (!UserIds.isImportable(userId)) {
      throw new ImException(ErrorCode.ACCOUNT_INVALID_PARAMETER, "no UserID");
    }
    if (trial.administrators().contains(userId)) {
      throw new ImException(ErrorCode.NOT_AUTHENTICATED, "administrators do not chat here");
    }
    String userSig = signer.sign(trial.appId(), key(trial), userId, VALID_FOR);
    return Json.object()
        .put("sdkAppId", trial.appId())
        .put("userId", userId)
        .put("userSig", userSig)
        .put("endpoint", gateway(host) + "/im");
  }

  /** Where the gateway is for somebody who reached this page under that name. */
  String gateway(String host) {
    return (encrypted ? "wss://" : "ws://") + host + ":" + imPort;
  }

  private static boolean isThisMachine(String host) {
    return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
  }

  private static VerificationKey.Hmac key(App app) {
    return app.keys().stream()
        .map(AppKey::key)
        .filter(VerificationKey.Hmac.class::isInstance)
        .map(VerificationKey.Hmac.class::cast)
        .findFirst()
        .orElseThrow(() -> new ImException(ErrorCode.SIG_NO_KEY, "the app has no secret key"));
  }
}
