package im.palisade.server.push;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.message.Bundles;
import im.palisade.server.message.PushedMessage;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.push.PushService.Push;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import java.util.List;
import java.util.Optional;

/** Pushes to all, by tag and by attribute, and how far they have come (rest-messages D1, D11). */
final class PushRestApi {
  private static final int MAX_LIFE_TIME = 604_800;
  private static final int MAX_TEXT = 1 << 20;
  private static final int MAX_TASKS = 500;

  private static final Field<JsonNode> CONDITION =
      Field.raw("Condition", "TagsOr and TagsAnd, or AttrsOr and AttrsAnd; absent: everybody");
  private static final Field<Long> MSG_RANDOM =
      Field.u32("MsgRandom", "names the push: one that repeats within seven days is the same")
          .strict()
          .whenWrong(ErrorCode.MSG_RANDOM_INVALID)
          .required(ErrorCode.MSG_RANDOM_INVALID);
  private static final Field<JsonNode> MSG_BODY = Field.raw("MsgBody", "message elements");
  private static final Field<Long> MSG_LIFE_TIME =
      Field.whole("MsgLifeTime", 0, MAX_LIFE_TIME, "seconds it waits for offline users")
          .strict()
          .whenWrongType(ErrorCode.MSG_LIFE_TIME_INVALID)
          .whenOutOfRange(ErrorCode.MSG_LIFE_TIME_RANGE)
          .defaultsTo(0L);
  private static final Field<String> FROM_ACCOUNT =
      Field.text("From_Account", MAX_TEXT, "displayed sender; the caller when absent")
          .whenWrongType(ErrorCode.ACCOUNT_WRONG_TYPE);
  private static final Field<JsonNode> OFFLINE_PUSH = Field.raw("OfflinePushInfo", "push settings");

  private static final Field<List<String>> TASK_IDS =
      Field.list("TaskIds", new Shape.Text(1, 200), 1, MAX_TASKS, "tasks as im_push named them")
          .required();

  /** A task is begun as it is accepted. */
  private static final int RUNNING = 1;

  private static final int DONE = 2;

  private final PushService pushes;
  private final PushAudience audience;
  private final PushRunner runner;
  private final AccountService accounts;
  private final Bundles bundles;

  PushRestApi(
      PushService pushes,
      PushAudience audience,
      PushRunner runner,
      AccountService accounts,
      Bundles bundles) {
    this.bundles = bundles;
    this.pushes = pushes;
    this.audience = audience;
    this.runner = runner;
    this.accounts = accounts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(AudienceRestApi.SERVICE, "im_push", Family.MESSAGE)
            .meaning("Pushes a message to all users, or to those with tags or attributes")
            .callsPerSecond(0)
            .aliases(AudienceRestApi.OLD_SERVICE + "/im_push")
            .fields(CONDITION, MSG_RANDOM, MSG_BODY, MSG_LIFE_TIME, FROM_ACCOUNT, OFFLINE_PUSH)
            .handledBy(
                AuditDeclaration.records("message.broadcast"), AudienceRestApi.whenOn(this::push)),
        Endpoint.of(AudienceRestApi.OLD_SERVICE, "im_get_push_report", Family.MESSAGE)
            .meaning("Tells how far pushes have come; retired upstream")
            .fields(TASK_IDS)
            .handledBy(
                AuditDeclaration.none("tells how many were addressed, not who"),
                AudienceRestApi.whenOn(this::report)));
  }

  private RestReply report(RestCall call) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("Reports");
    for (PushReport report : pushes.reports(call.app(), call.get(TASK_IDS))) {
      list.addObject()
          .put("TaskId", report.taskId())
          .put("Status", report.done() ? DONE : RUNNING)
          .put("StartTime", report.startedAt())
          .put("Finished", report.finished())
          .put("Total", report.finished());
    }
    return RestReply.ok(reply);
  }

  private RestReply push(RestCall call) {
    Optional<JsonNode> condition = call.find(CONDITION);
    PushCondition parsed = PushCondition.EVERYBODY;
    if (condition.isPresent()) {
      parsed = PushCondition.parse(condition.get(), audience.slots(call.app()));
    }
    long random = call.get(MSG_RANDOM);
    long lifeTime = call.get(MSG_LIFE_TIME);
    PushedMessage message =
        PushedMessage.of(
            call.app(),
            call.find(MSG_BODY).orElse(MissingNode.getInstance()),
            call.find(OFFLINE_PUSH),
            bundles);
    Account sender =
        accounts
            .find(call.app(), call.find(FROM_ACCOUNT).orElse(call.administrator().userId()))
            .orElseThrow(() -> new ImException(ErrorCode.FROM_ACCOUNT_NOT_FOUND));
    String taskId =
        pushes.accept(
            call.app(),
            new Push(sender, random, parsed, lifeTime, message),
            call.administrator().accountId(),
            call.cause());
    runner.wake(call.app());
    return RestReply.ok(Json.object().put("TaskId", taskId));
  }
}
