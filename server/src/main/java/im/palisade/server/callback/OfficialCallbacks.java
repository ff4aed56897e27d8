package im.palisade.server.callback;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.app.Webhook.OnFailure;
import im.palisade.server.callback.CallbackCommand.Kind;
import im.palisade.server.official.OfficialHook;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.List;

/** Webhooks of official accounts and their subscribers (callbacks §4.8). */
final class OfficialCallbacks implements OfficialHook {
  private static final int FIRST_OWN_CODE = 10_100;
  private static final int LAST_OWN_CODE = 10_200;

  /** Dropping in silence is for messages. */
  private static final int DROP = 2;

  private final Receivers receivers;
  private final Announcer announcer;

  OfficialCallbacks(Receivers receivers, Announcer announcer) {
    this.receivers = receivers;
    this.announcer = announcer;
  }

  @Override
  public void before(App app, Intent intent, Origin origin) {
    CallbackCommand command =
        switch (intent) {
          case Intent.Create _ -> CallbackCommand.OFFICIAL_BEFORE_CREATE;
          case Intent.Subscribe _ -> CallbackCommand.OFFICIAL_BEFORE_SUBSCRIBE;
        };
    if (!Announcer.fires(app, command, origin)) {
      return;
    }
    ObjectNode body = MessageBodies.head(command);
    switch (intent) {
      case Intent.Create create ->
          body.put("Operator_Account", origin.userId())
              .put("Owner_Account", create.owner())
              .put("Name", create.name());
      case Intent.Subscribe subscribe -> {
        body.put("Official_Account", subscribe.account()).put("Operator_Account", origin.userId());
        subscribers(body, subscribe.userIds());
      }
    }
    body.put("EventTime", announcer.now());
    Callback callback = new Callback(command.wireName(), origin, MessageBodies.text(body));
    switch (receivers.call(app, Kind.BEFORE, callback)) {
      case Answer.Given given -> obey(app, given);
      case Answer.Failed _ -> failed(app);
    }
  }

  @Override
  public void happened(UnitOfWork unit, App app, long lane, Fact fact, Origin origin)
      throws SQLException {
    CallbackCommand command = command(fact);
    if (!Announcer.fires(app, command, origin)) {
      return;
    }
    ObjectNode body = MessageBodies.head(command);
    switch (fact) {
      case Fact.Created created ->
          body.put("Official_Account", created.account())
              .put("Operator_Account", origin.userId())
              .put("Owner_Account", created.owner())
              .put("Name", created.name());
      case Fact.Changed changed -> {
        body.put("Official_Account", changed.account()).put("Operator_Account", origin.userId());
        changed.changed().forEach(body::put);
      }
      case Fact.Destroyed destroyed ->
          body.put("Official_Account", destroyed.account())
              .put("Owner_Account", destroyed.owner())
              .put("Name", destroyed.name());
      case Fact.Subscribed subscribed -> {
        body.put("Official_Account", subscribed.account()).put("Operator_Account", origin.userId());
        subscribers(body, subscribed.userIds());
      }
      case Fact.Unsubscribed unsubscribed -> {
        body.put("Official_Account", unsubscribed.account())
            .put("Operator_Account", origin.userId());
        subscribers(body, unsubscribed.userIds());
      }
      case Fact.Full full -> body.put("Official_Account", full.account());
    }
    body.put("EventTime", announcer.now());
    announcer.keep(unit, app, lane, command, origin, body);
  }

  private static CallbackCommand command(Fact fact) {
    return switch (fact) {
      case Fact.Created _ -> CallbackCommand.OFFICIAL_CREATED;
      case Fact.Changed _ -> CallbackCommand.OFFICIAL_CHANGED;
      case Fact.Destroyed _ -> CallbackCommand.OFFICIAL_DESTROYED;
      case Fact.Subscribed _ -> CallbackCommand.OFFICIAL_SUBSCRIBED;
      case Fact.Unsubscribed _ -> CallbackCommand.OFFICIAL_UNSUBSCRIBED;
      case Fact.Full _ -> CallbackCommand.OFFICIAL_FULL;
    };
  }

  private static void obey(App app, Answer.Given given) {
    long code = given.errorCode();
    if (code == 0) {
      return;
    }
    if (code == DROP) {
      failed(app);
      return;
    }
    boolean own = code >= FIRST_OWN_CODE && code <= LAST_OWN_CODE;
    throw new ImException(
        own ? (int) code : ErrorCode.GROUP_REFUSED_BY_WEBHOOK.number(),
        given.errorInfo().isEmpty()
            ? ErrorCode.GROUP_REFUSED_BY_WEBHOOK.meaning()
            : given.errorInfo());
  }

  private static void failed(App app) {
    if (app.settings().webhook().groupFailure() == OnFailure.REFUSE) {
      throw new ImException(
          ErrorCode.GROUP_REFUSED_BY_WEBHOOK, "the app's own server could not be asked");
    }
  }

  private static void subscribers(ObjectNode body, List<String> userIds) {
    ArrayNode list = body.putArray("SubscribeAccountList");
    userIds.forEach(userId -> list.addObject().put("Subscriber_Account", userId));
  }
}
