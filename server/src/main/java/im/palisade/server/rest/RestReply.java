package im.palisade.server.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;

/**
 * What an endpoint answers; the envelope of rest-conventions §3 is put around it.
 *
 * @param actionStatus {@code OK}, {@code FAIL} or {@code SomeError}
 * @param errorCode 0 on success
 * @param errorInfo empty on success but for a few commands, never empty on failure
 * @param fields beside the envelope
 */
public record RestReply(String actionStatus, int errorCode, String errorInfo, ObjectNode fields) {

  /** Success without fields. */
  public static RestReply ok() {
    return ok(Json.object());
  }

  /** Success with these fields. */
  public static RestReply ok(ObjectNode fields) {
    return new RestReply("OK", 0, "", fields);
  }

  /** A refusal without fields; throwing the exception from a handler does the same. */
  public static RestReply failed(ImException refusal) {
    return new RestReply("FAIL", refusal.code(), refusal.info(), Json.object());
  }

  /** A refusal that carries fields, such as the list of failed items. */
  public static RestReply failed(ErrorCode code, String info, ObjectNode fields) {
    return new RestReply("FAIL", code.number(), info, fields);
  }

  /** The same with these fields. */
  public RestReply withFields(ObjectNode others) {
    return new RestReply(actionStatus, errorCode, errorInfo, others);
  }

  /** The same with another ActionStatus ({@code SomeError} of {@code batchsendmsg}). */
  public RestReply withActionStatus(String status) {
    return new RestReply(status, errorCode, errorInfo, fields);
  }

  /** The same with another ErrorInfo ({@code succeed}, {@code OK} of a few commands). */
  public RestReply withErrorInfo(String info) {
    return new RestReply(actionStatus, errorCode, info, fields);
  }

  /** The answer's body. */
  byte[] bytes(Family family) {
    ObjectNode body = Json.object();
    body.put("ActionStatus", actionStatus);
    body.put("ErrorCode", errorCode);
    body.put("ErrorInfo", errorInfo);
    if (family.hasErrorDisplay()) {
      body.put("ErrorDisplay", "");
    }
    body.setAll(fields);
    return Json.bytes(body);
  }
}
