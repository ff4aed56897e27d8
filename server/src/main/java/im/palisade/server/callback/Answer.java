package im.palisade.server.callback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import java.util.Arrays;
import java.util.Optional;

/** What came of calling a receiver. */
sealed interface Answer {
  /** A JSON object with an {@code ErrorCode} (callbacks §1.2). */
  record Given(long errorCode, String errorInfo, ObjectNode json) implements Answer {}

  /** Nothing usable. */
  record Failed(Failure failure) implements Answer {}

  /** A failure of that kind. */
  static Answer failed(Failure.Reason reason, String detail) {
    return new Failed(new Failure(reason, detail));
  }

  /** The answer in those bytes: a byte order mark is skipped, unknown members are ignored. */
  static Answer parse(byte[] body) {
    byte[] text = hasMark(body) ? Arrays.copyOfRange(body, 3, body.length) : body;
    Optional<ObjectNode> json = Json.parseObject(text);
    if (json.isEmpty()) {
      return failed(
          Failure.Reason.MALFORMED, text.length == 0 ? "empty body" : "not a JSON object");
    }
    Optional<Long> code = code(json.get().path("ErrorCode"));
    if (code.isEmpty()) {
      return failed(Failure.Reason.MALFORMED, "ErrorCode is missing or no integer");
    }
    return new Given(code.get(), json.get().path("ErrorInfo").asText(""), json.get());
  }

  /** Also as a decimal string, as some receivers send it. */
  private static Optional<Long> code(JsonNode node) {
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return Optional.of(node.longValue());
    }
    if (node.isTextual()) {
      try {
        return Optional.of(Long.parseLong(node.textValue().strip()));
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static boolean hasMark(byte[] body) {
    return body.length >= 3
        && body[0] == (byte) 0xEF
        && body[1] == (byte) 0xBB
        && body[2] == (byte) 0xBF;
  }
}
