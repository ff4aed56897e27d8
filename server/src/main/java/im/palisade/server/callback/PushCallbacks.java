package im.palisade.server.callback;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Origin;
import im.palisade.server.push.PushHook;
import java.util.List;

/** {@code Push.AllMemberPush} (callbacks §4.9): who was reached, a hundred in a request. */
final class PushCallbacks implements PushHook {
  private static final CallbackCommand COMMAND = CallbackCommand.PUSH_ALL;
  private static final int MOST_EVENTS = 100;
  private static final int ONLINE = 2;
  private static final int REACHED = 2;

  private final Announcer announcer;

  PushCallbacks(Announcer announcer) {
    this.announcer = announcer;
  }

  @Override
  public void reached(App app, String taskId, long taskTime, List<String> userIds) {
    if (!announcer.fires(app, COMMAND, Origin.SERVER)) {
      return;
    }
    for (int from = 0; from < userIds.size(); from += MOST_EVENTS) {
      ObjectNode body = Json.object();
      ArrayNode events = body.putArray("Events");
      for (String userId : userIds.subList(from, Math.min(from + MOST_EVENTS, userIds.size()))) {
        events
            .addObject()
            .put("CallbackCommand", COMMAND.wireName())
            .put("EventType", ONLINE)
            .put("TaskId", taskId)
            .put("TaskTime", taskTime)
            .put("EventTime", announcer.now() / 1000)
            .put("To_Account", userId)
            .put("PushPlatform", 0)
            .put("PushStage", REACHED)
            .put("ErrCode", 0)
            .put("ErrInfo", "");
      }
      announcer.tell(app, app.appId(), COMMAND, Origin.SERVER, body);
    }
  }
}
