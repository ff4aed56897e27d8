package im.palisade.server.callback;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.gateway.CloseCause;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionListener;
import im.palisade.server.protocol.Origin;
import im.palisade.server.protocol.Platform;
import java.util.List;
import java.util.Optional;

/** {@code State.StateChange} (callbacks §4.1): one per device, best effort. */
final class StateCallbacks implements SessionListener {
  private static final CallbackCommand COMMAND = CallbackCommand.STATE_CHANGE;

  private final AppService apps;
  private final Announcer announcer;

  StateCallbacks(AppService apps, Announcer announcer) {
    this.apps = apps;
    this.announcer = announcer;
  }

  private record Change(String action, String reason) {}

  @Override
  public void opened(Session session, List<Session> kicked) {
    tell(session, new Change("Login", "Register"), kicked);
  }

  @Override
  public void closed(Session session, CloseCause cause) {
    Optional<Change> change =
        switch (cause) {
          case LOGOUT -> Optional.of(new Change("Logout", "Unregister"));
          case TIMED_OUT -> Optional.of(new Change("Disconnect", "TimeOut"));
          case LOST, KICKED_BY_ADMIN, SIG_EXPIRED, VIOLATION, SLOW_READER, FLOOD, SHUTDOWN ->
              Optional.of(new Change("Disconnect", "LinkClose"));
          // The login that took its place is what is told.
          case REPLACED, KICKED_BY_LOGIN -> Optional.empty();
        };
    change.ifPresent(what -> tell(session, what, List.of()));
  }

  private void tell(Session session, Change change, List<Session> kicked) {
    // The settings as they are now; the session carries those of its login.
    Optional<App> app = apps.find(session.principal().app().appId());
    Origin origin = origin(session);
    if (app.filter(found -> announcer.fires(found, COMMAND, origin)).isEmpty()) {
      return;
    }
    ObjectNode body = MessageBodies.head(COMMAND).put("EventTime", announcer.now());
    body.putObject("Info")
        .put("Action", change.action())
        .put("To_Account", session.principal().userId())
        .put("Reason", change.reason());
    if (!kicked.isEmpty()) {
      ArrayNode devices = body.putArray("KickedDevice");
      kicked.forEach(
          device -> devices.addObject().put("Platform", Origin.platformName(device.platform())));
    }
    announcer.tell(app.get(), session.principal().accountId(), COMMAND, origin, body);
  }

  /** Of all webhooks this one alone writes {@code IOS}. */
  private static Origin origin(Session session) {
    String userId = session.principal().userId();
    return session.platform() == Platform.IOS
        ? new Origin(userId, false, session.address(), "IOS", 0)
        : Origin.client(userId, session.address(), session.platform());
  }
}
