package im.palisade.server.callback;

import im.palisade.server.protocol.Origin;
import im.palisade.server.security.CallbackSignature;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One webhook on its way, complete but for its signature.
 *
 * @param body compact JSON of an object
 * @param unreadOf account whose {@code UnreadMsgNum} is added when it is sent; 0 for none
 */
record Callback(String command, Origin origin, String body, long unreadOf) {

  /** One with everything in it. */
  Callback(String command, Origin origin, String body) {
    this(command, origin, body, 0);
  }

  /** The same with the unread total it lacks. */
  Callback withUnread(int total) {
    String open = body.substring(0, body.length() - 1);
    return new Callback(command, origin, open + ",\"UnreadMsgNum\":" + total + "}");
  }

  /** Path and query of the request (callbacks §1.1), after those of the configured URL. */
  String target(String configured, long appId, Optional<String> token, long seconds) {
    StringBuilder target = new StringBuilder(configured.length() + 240).append(configured);
    target.append(configured.indexOf('?') < 0 ? '?' : '&');
    target.append("SdkAppid=").append(appId);
    add(target, "CallbackCommand", command);
    add(target, "contenttype", "json");
    boolean push = command.startsWith("Push.");
    if (!push && !command.startsWith("Alert.")) {
      add(target, "ClientIP", origin.address());
    }
    if (!push) {
      add(target, "OptPlatform", origin.platform());
    }
    if (token.isPresent()) {
      add(target, "Sign", CallbackSignature.of(token.get(), seconds));
      add(target, "RequestTime", Long.toString(seconds));
    }
    return target.toString();
  }

  private static void add(StringBuilder target, String name, String value) {
    target
        .append('&')
        .append(name)
        .append('=')
        .append(URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"));
  }
}
