package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.message.ExtensionPairs.Page;
import im.palisade.server.message.ExtensionPairs.Pair;
import im.palisade.server.message.ExtensionPairs.Result;
import im.palisade.server.message.ExtensionPairs.Wish;
import im.palisade.server.message.ExtensionService.Operation;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** What the endpoints of extensions have in common, whatever the message is of. */
public final class ExtensionJson {
  private static final int SET = 1;
  private static final int DELETE = 2;
  private static final int CLEAR = 3;
  private static final int MAX_WISHES = 20;
  private static final int MAX_KEY_BYTES = 100;
  private static final int MAX_VALUE_BYTES = 1000;

  /** Where a pull begins. */
  public static final Field<Long> START_SEQ =
      Field.whole("StartSeq", 0, Long.MAX_VALUE, "0: everything; else entries from it on")
          .defaultsTo(0L);

  /** What to do. */
  public static final Field<Integer> OPERATE_TYPE =
      Field.integer("OperateType", SET, CLEAR, "1: set, 2: delete, 3: clear").required();

  private static final Field<String> KEY =
      Field.of("Key", new Shape.Text(1, MAX_KEY_BYTES), "1 to 100 bytes").required();
  private static final Field<String> VALUE =
      Field.text("Value", MAX_VALUE_BYTES, "at most 1,000 bytes").required();
  private static final Field<JsonNode> SEQ = Field.raw("Seq", "ignored for administrators");

  /** Pairs to set or to delete. */
  public static final Field<List<Fields>> EXTENSION_LIST =
      Field.objects("ExtensionList", 1, MAX_WISHES, List.of(KEY, VALUE, SEQ), "pairs").required();

  private ExtensionJson() {}

  /** The answer to a pull. */
  public static RestReply reply(Page page) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("ExtensionList");
    page.pairs().forEach(pair -> list.add(json(pair)));
    reply.put("CompleteFlag", page.complete() ? 1 : 0);
    reply.put("LatestSeq", page.latestSeq());
    reply.put("ClearSeq", page.clearSeq());
    if (page.prunedSeq() > 0) {
      reply.put("PrunedSeq", page.prunedSeq());
    }
    return RestReply.ok(reply);
  }

  /** The answer to a change. */
  public static RestReply reply(List<Result> results) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("ExtensionList");
    for (Result result : results) {
      ObjectNode pair = list.addObject().put("ErrorCode", result.code()).putObject("Extension");
      pair.put("Key", result.pair().key());
      pair.put("Value", result.pair().value());
      pair.put("Seq", result.pair().seq());
    }
    return RestReply.ok(reply);
  }

  /** What a call wants done. */
  public static Operation operation(RestCall call) {
    return switch (call.get(OPERATE_TYPE)) {
      case SET -> new Operation.Set(wishes(call, true));
      case DELETE -> new Operation.Delete(wishes(call, false));
      default -> new Operation.Clear();
    };
  }

  private static List<Wish> wishes(RestCall call, boolean withValues) {
    Set<String> keys = new HashSet<>();
    List<Wish> wishes = new ArrayList<>();
    for (Fields pair : call.get(EXTENSION_LIST)) {
      String key = pair.get(KEY);
      if (!keys.add(key)) {
        throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "the same key twice");
      }
      wishes.add(new Wish(key, withValues ? pair.get(VALUE) : "", OptionalLong.empty()));
    }
    return wishes;
  }

  private static ObjectNode json(Pair pair) {
    ObjectNode json =
        Json.object().put("Key", pair.key()).put("Value", pair.value()).put("Seq", pair.seq());
    return pair.deleted() ? json.put("Deleted", 1) : json;
  }
}
