package im.palisade.server.moderation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.Moderation;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** What all commands of Part K have in common. */
final class Answering {
  static final Field<Long> SDK_APP_ID =
      Field.whole("SdkAppId", 0, Long.MAX_VALUE, "the app; must be that of the query").required();
  static final Field<Integer> OFFSET =
      Field.integer("Offset", 0, Integer.MAX_VALUE, "how many to pass over").defaultsTo(0);
  static final Field<Integer> LIMIT =
      Field.integer("Limit", 1, 100, "how many to return at most").required();

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  private Answering() {}

  /** Answers with what the act writes and a {@code RequestId}, which refusals carry as well. */
  static Endpoint.Handler answering(Act act) {
    return call -> {
      ObjectNode reply = Json.object().put("RequestId", call.requestId());
      try {
        act.perform(call, reply);
        return RestReply.ok(reply);
      } catch (ImException refusal) {
        ObjectNode onlyId = Json.object().put("RequestId", call.requestId());
        return RestReply.failed(refusal).withFields(onlyId);
      }
    };
  }

  /** The same for commands that name the app in the body. */
  static Endpoint.Handler ofOwnApp(Act act) {
    return answering(
        (call, reply) -> {
          if (call.get(SDK_APP_ID) != call.app().appId()) {
            throw new ImException(ErrorCode.MODERATION_OTHER_APP);
          }
          act.perform(call, reply);
        });
  }

  /** The same for commands that need a provider. */
  static Act provided(Act act) {
    return (call, reply) -> {
      if (call.app().settings().moderation().provider() == Moderation.Provider.NONE) {
        throw new ImException(ErrorCode.MODERATION_OFF);
      }
      act.perform(call, reply);
    };
  }

  /** {@code yyyy-mm-dd hh:mm:ss}, UTC. */
  static String time(Instant instant) {
    return TIME.format(instant);
  }

  /** Does what is asked and writes the answer's fields. */
  @FunctionalInterface
  interface Act {
    void perform(RestCall call, ObjectNode reply);
  }
}
