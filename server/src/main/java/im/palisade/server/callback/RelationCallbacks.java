package im.palisade.server.callback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.app.Webhook.OnFailure;
import im.palisade.server.audit.Cause;
import im.palisade.server.callback.CallbackCommand.Kind;
import im.palisade.server.protocol.Origin;
import im.palisade.server.relation.NewFriend;
import im.palisade.server.relation.RelationHook;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Webhooks of friends and blocklists (callbacks §4.3). */
final class RelationCallbacks implements RelationHook {
  private static final int FIRST_OWN_CODE = 38_000;
  private static final int LAST_OWN_CODE = 39_000;

  private final Receivers receivers;
  private final Announcer announcer;

  RelationCallbacks(Receivers receivers, Announcer announcer) {
    this.receivers = receivers;
    this.announcer = announcer;
  }

  @Override
  public void changed(UnitOfWork unit, Change change, Cause cause) throws SQLException {
    Origin origin = cause.origin();
    added(unit, change, origin);
    pairs(unit, change, change.friendsRemoved(), CallbackCommand.FRIEND_DELETE, origin);
    pairs(unit, change, change.blocked(), CallbackCommand.BLOCK_ADD, origin);
    pairs(unit, change, change.unblocked(), CallbackCommand.BLOCK_DELETE, origin);
  }

  private void added(UnitOfWork unit, Change change, Origin origin) throws SQLException {
    CallbackCommand command = CallbackCommand.FRIEND_ADD;
    if (!change.friendsAdded().isEmpty() && announcer.fires(change.app(), command, origin)) {
      ObjectNode body =
          body(
              command,
              change.friendsAdded(),
              pair -> pair.put("Initiator_Account", initiator(change)));
      body.put("ClientCmd", change.responds() ? "friend_response" : "friend_add")
          .put("Admin_Account", origin.administrator() ? origin.userId() : "")
          .put("ForceFlag", change.forced() ? 1 : 0);
      announcer.keep(unit, change.app(), change.owner().id(), command, origin, body);
    }
  }

  /** Who started it: of an answer, the one who asked. */
  private static String initiator(Change change) {
    String self = change.owner().userId();
    return change.responds()
        ? change.friendsAdded().stream()
            .flatMap(pair -> Stream.of(pair.from(), pair.to()))
            .filter(userId -> !userId.equals(self))
            .findFirst()
            .orElse(self)
        : self;
  }

  @Override
  public Map<String, Refusal> before(App app, Intent intent, Origin origin) {
    CallbackCommand command =
        switch (intent) {
          case Intent.Add _ -> CallbackCommand.FRIEND_BEFORE_ADD;
          case Intent.Respond _ -> CallbackCommand.FRIEND_BEFORE_RESPONSE;
        };
    if (!announcer.fires(app, command, origin)) {
      return Map.of();
    }
    ObjectNode body = MessageBodies.head(command);
    List<String> userIds =
        switch (intent) {
          case Intent.Add add -> add(body, add);
          case Intent.Respond respond -> respond(body, respond);
        };
    body.put("EventTime", announcer.now());
    Callback callback = new Callback(command.wireName(), origin, MessageBodies.text(body));
    return switch (receivers.call(app, Kind.BEFORE, callback)) {
      case Answer.Given given when given.errorCode() == 0 -> refusals(given.json(), userIds);
      // The receiver has failed by its own word: everything is allowed (callbacks §2).
      case Answer.Given _ -> Map.of();
      case Answer.Failed _ -> failed(app, userIds);
    };
  }

  private static List<String> add(ObjectNode body, Intent.Add add) {
    body.put("Requester_Account", add.requester()).put("From_Account", add.requester());
    ArrayNode items = body.putArray("FriendItem");
    for (NewFriend each : add.friends()) {
      items
          .addObject()
          .put("To_Account", each.userId())
          .put("Remark", each.remark().orElse(""))
          .put("GroupName", each.lists().orElse(List.of()).stream().findFirst().orElse(""))
          .put("AddSource", each.source().orElse(""))
          .put("AddWording", each.wording().orElse(""));
    }
    body.put("AddType", add.both() ? "Add_Type_Both" : "Add_Type_Single").put("ForceAddFlags", 0);
    return add.friends().stream().map(NewFriend::userId).toList();
  }

  private static List<String> respond(ObjectNode body, Intent.Respond respond) {
    body.put("Requester_Account", respond.requester()).put("From_Account", respond.requester());
    ArrayNode items = body.putArray("ResponseFriendItem");
    for (Response each : respond.responses()) {
      items
          .addObject()
          .put("To_Account", each.userId())
          .put("Remark", each.remark().orElse(""))
          .put("TagName", each.list().orElse(""))
          .put("ResponseAction", each.action().wireName());
    }
    return respond.responses().stream().map(Response::userId).toList();
  }

  /** Accounts the answer does not name are allowed; a code out of range stands for a plain one. */
  private static Map<String, Refusal> refusals(ObjectNode answer, List<String> asked) {
    Map<String, Refusal> refusals = new LinkedHashMap<>();
    for (JsonNode item : answer.path("ResultItem")) {
      String userId = item.path("To_Account").asText();
      long code = item.path("ResultCode").asLong();
      if (code != 0 && asked.contains(userId)) {
        boolean own = code >= FIRST_OWN_CODE && code <= LAST_OWN_CODE;
        refusals.put(
            userId,
            new Refusal(own ? (int) code : FIRST_OWN_CODE, item.path("ResultInfo").asText()));
      }
    }
    return refusals;
  }

  private Map<String, Refusal> failed(App app, List<String> asked) {
    Map<String, Refusal> refusals = new LinkedHashMap<>();
    if (announcer.webhook(app).c2cFailure() == OnFailure.REFUSE) {
      Refusal refusal = new Refusal(FIRST_OWN_CODE, "the app's own server could not be asked");
      asked.forEach(userId -> refusals.put(userId, refusal));
    }
    return refusals;
  }

  private void pairs(
      UnitOfWork unit, Change change, List<Pair> pairs, CallbackCommand command, Origin origin)
      throws SQLException {
    if (!pairs.isEmpty() && announcer.fires(change.app(), command, origin)) {
      announcer.keep(
          unit,
          change.app(),
          change.owner().id(),
          command,
          origin,
          body(command, pairs, pair -> {}));
    }
  }

  private static ObjectNode body(
      CallbackCommand command, List<Pair> pairs, Consumer<ObjectNode> more) {
    ObjectNode body = MessageBodies.head(command);
    ArrayNode list = body.putArray("PairList");
    for (Pair pair : pairs) {
      more.accept(list.addObject().put("From_Account", pair.from()).put("To_Account", pair.to()));
    }
    return body;
  }
}
