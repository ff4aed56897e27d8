package im.palisade.server.callback;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.callback.CallbackCommand.Kind;
import im.palisade.server.message.Bundles;
import im.palisade.server.message.MessageBody;
import im.palisade.server.official.OfficialHook;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Webhooks of official accounts and their subscribers (callbacks §4.8). */
final class OfficialCallbacks implements OfficialHook {
  private final Receivers receivers;
  private final Announcer announcer;
  private final Bundles bundles;

  OfficialCallbacks(Receivers receivers, Announcer announcer, Bundles bundles) {
    this.bundles = bundles;
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
    if (!announcer.fires(app, command, origin)) {
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
    Answer answer = receivers.call(app, Kind.BEFORE, callback);
    Verdicts.GROUP.obey(answer, announcer.webhook(app).groupFailure());
  }

  @Override
  public Optional<MessageBody> beforeSend(App app, Publication publication, Origin origin) {
    CallbackCommand command = CallbackCommand.OFFICIAL_BEFORE_SEND;
    if (!announcer.fires(app, command, origin)) {
      return Optional.of(publication.body());
    }
    ObjectNode body = MessageBodies.head(command);
    publication(body, publication);
    body.put("EventTime", announcer.now());
    Callback callback = new Callback(command.wireName(), origin, MessageBodies.text(body));
    Answer answer = receivers.call(app, Kind.BEFORE, callback);
    return Verdicts.GROUP.content(
        app, publication.body(), answer, bundles, announcer.webhook(app).groupFailure());
  }

  private static void publication(ObjectNode body, Publication publication) {
    body.put("Official_Account", publication.account())
        .put("OnlineOnlyFlag", publication.onlineOnly() ? 1 : 0);
    MessageBodies.withContent(body, publication.body());
  }

  @Override
  public void happened(UnitOfWork unit, App app, long lane, Fact fact, Origin origin)
      throws SQLException {
    CallbackCommand command = command(fact);
    if (!announcer.fires(app, command, origin)) {
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
      case Fact.Published published -> {
        publication(body, published.publication());
        body.put("MsgKey", published.key()).put("MsgTime", published.time());
      }
      case Fact.Recalled recalled -> {
        body.put("Official_Account", recalled.account());
        ArrayNode list = body.putArray("WithdrawMsgList");
        recalled.keys().forEach(key -> list.addObject().put("MsgKey", key));
      }
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
      case Fact.Published _ -> CallbackCommand.OFFICIAL_AFTER_SEND;
      case Fact.Recalled _ -> CallbackCommand.OFFICIAL_RECALL;
    };
  }

  private static void subscribers(ObjectNode body, List<String> userIds) {
    ArrayNode list = body.putArray("SubscribeAccountList");
    userIds.forEach(userId -> list.addObject().put("Subscriber_Account", userId));
  }
}
