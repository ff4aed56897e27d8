package im.palisade.server.rest;

import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** How every REST answer is sent: HTTP 200, JSON, and the headers of rest-conventions §1. */
final class Answers {
  /** On every answer. */
  static final List<Header> HEADERS =
      List.of(
          HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json; charset=utf-8"),
          HeaderValues.createCached(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
          HeaderValues.createCached(HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, "X-Requested-With"),
          HeaderValues.createCached(HeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "POST"));

  private static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-Id");

  private Answers() {}

  static void send(ServerResponse response, byte[] body, String requestId) {
    response.status(Status.OK_200);
    HEADERS.forEach(response::header);
    response.header(REQUEST_ID, requestId);
    response.send(body);
  }

  /** The body for what never reached an endpoint. */
  static byte[] refusal(ErrorCode code, String info) {
    return RestReply.failed(new ImException(code, info)).bytes(Family.GATEWAY);
  }
}
