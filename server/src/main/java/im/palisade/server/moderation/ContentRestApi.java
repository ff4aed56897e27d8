package im.palisade.server.moderation;

import static im.palisade.server.moderation.Answering.answering;
import static im.palisade.server.moderation.Answering.provided;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.Shape;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code im_msg_audit}: texts judged on demand (rest-conversations-ops K1, K2). */
public final class ContentRestApi {
  private static final String SERVICE = "im_msg_audit";
  private static final int MAX_TEXT_BYTES = 8 * 1024;
  private static final int MAX_ITEMS = 10;
  private static final int MAX_BODY_BYTES = 1 << 20;

  private static final Field<String> AUDIT_NAME =
      Field.of("AuditName", new Shape.Text(1, 128), "the policy: a scene or a policy's id")
          .required();
  private static final Field<String> CONTENT_TYPE =
      Field.word("ContentType", List.of("Text", "Image", "Audio", "Video"), "what is to be judged")
          .required();
  private static final Field<String> CONTENT =
      Field.of("Content", new Shape.Text(1, MAX_BODY_BYTES), "a text of at most 8 KB, or a URL")
          .required();
  private static final Field<String> EXT_SENDER =
      Field.text("ExtSender", MAX_BODY_BYTES, "who wrote it");
  private static final Field<String> EXT_RECEIVER =
      Field.text("ExtReceiver", MAX_BODY_BYTES, "who is to read it");

  private static final Field<Long> CONTENT_ID =
      Field.whole("ContentId", Long.MIN_VALUE, Long.MAX_VALUE, "unique in the call").required();
  private static final Field<List<Fields>> CONTENTS =
      Field.objects(
              "Contents", 0, MAX_ITEMS, List.of(CONTENT_ID, CONTENT_TYPE, CONTENT), "what to judge")
          .whenTooMany(ErrorCode.MODERATION_BATCH_TOO_LARGE)
          .required();

  private final ContentJudge judge;

  public ContentRestApi(ContentJudge judge) {
    this.judge = judge;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "content_moderation", Family.MODERATION)
            .meaning("Judges one text")
            .fields(AUDIT_NAME, CONTENT_TYPE, CONTENT, EXT_SENDER, EXT_RECEIVER)
            .handledBy(
                AuditDeclaration.none("judges what the caller sent and keeps nothing"),
                answering(provided(this::judgeOne))),
        Endpoint.of(SERVICE, "batch_content_moderation", Family.MODERATION)
            .meaning("Judges several texts")
            .fields(AUDIT_NAME, CONTENTS, EXT_SENDER, EXT_RECEIVER)
            .handledBy(
                AuditDeclaration.none("judges what the caller sent and keeps nothing"),
                answering(provided(this::judgeMany))));
  }

  private void judgeOne(RestCall call, ObjectNode reply) {
    String policy = call.get(AUDIT_NAME);
    checkContext(call);
    if (!call.get(CONTENT_TYPE).equals("Text")) {
      throw noText();
    }
    write(reply, judge.judge(call.app(), policy, text(call.get(CONTENT))));
  }

  private void judgeMany(RestCall call, ObjectNode reply) {
    List<Fields> items = call.get(CONTENTS);
    if (items.isEmpty()) {
      throw new ImException(ErrorCode.MODERATION_INVALID_PARAMETER, "Contents is empty");
    }
    String policy = call.get(AUDIT_NAME);
    checkContext(call);
    // Without its id an item cannot be answered, so all ids are read before any item is judged.
    List<Long> ids = items.stream().map(item -> item.get(CONTENT_ID)).toList();
    Set<Long> seen = new HashSet<>();
    ArrayNode results = reply.putArray("AuditResults");
    for (int i = 0; i < items.size(); i++) {
      ObjectNode result = results.addObject();
      try {
        if (!seen.add(ids.get(i))) {
          throw new ImException(ErrorCode.MODERATION_DUPLICATE_CONTENT);
        }
        Judgement judgement = judge.judge(call.app(), policy, textOf(items.get(i)));
        result.put("ErrorCode", 0).put("ErrorInfo", "");
        write(result, judgement);
      } catch (ImException refusal) {
        result.put("ErrorCode", refusal.code()).put("ErrorInfo", refusal.info());
        result.put("Result", "").put("Score", 0).put("Label", "");
        result.putArray("Keywords");
      }
      result.put("ContentId", ids.get(i));
      result.put("SubLabel", "");
      result.put("RequestId", call.requestId() + "-" + (i + 1));
    }
  }

  /** The built-in judge needs no context, but what is given must be right. */
  private static void checkContext(RestCall call) {
    call.find(EXT_SENDER);
    call.find(EXT_RECEIVER);
  }

  private static String textOf(Fields item) {
    return switch (item.get(CONTENT_TYPE)) {
      case "Text" -> text(item.get(CONTENT));
      case "Image" -> throw noText();
      default -> throw new ImException(ErrorCode.MODERATION_TYPE_NOT_ALLOWED);
    };
  }

  private static String text(String content) {
    if (content.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT_BYTES) {
      throw new ImException(
          ErrorCode.MESSAGE_TOO_LONG_REST, "Content above " + MAX_TEXT_BYTES + " bytes");
    }
    return content;
  }

  private static ImException noText() {
    return new ImException(
        ErrorCode.MODERATION_INVALID_PARAMETER, "the built-in provider judges texts only");
  }

  private static void write(ObjectNode out, Judgement judgement) {
    out.put("Result", judgement.verdict().wireName());
    out.put("Score", judgement.score());
    out.put("Label", judgement.label().wireName());
    ArrayNode keywords = out.putArray("Keywords");
    judgement.keywords().forEach(keywords::add);
  }
}
