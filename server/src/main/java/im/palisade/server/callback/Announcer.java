package im.palisade.server.callback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.app.Webhook;
import im.palisade.server.callback.CallbackOutboxStore.Due;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** What features' hooks use to have something told. */
final class Announcer {
  /** Webhooks that led to an act before it fires no more of them. */
  private static final int MOST_DEPTH = 4;

  private final Queues queues;
  private final Consumer<App> wake;
  private final BiFunction<App, Callback, Callback> completed;
  private final Clock clock;
  private final CallbackOutboxStore store;

  /**
   * Announces.
   *
   * @param wake told of an app with something new in the outbox
   * @param completed adds to a webhook what is only known when it is sent
   */
  Announcer(
      Queues queues,
      Consumer<App> wake,
      BiFunction<App, Callback, Callback> completed,
      CallbackOutboxStore store,
      Clock clock) {
    this.queues = queues;
    this.wake = wake;
    this.completed = completed;
    this.store = store;
    this.clock = clock;
  }

  /** Whether the app wants the command for an act of that origin; from memory. */
  boolean fires(App app, CallbackCommand command, Origin origin) {
    return origin.depth() < MOST_DEPTH && command.isOn(webhook(app));
  }

  /**
   * The app's webhook settings as they are now: a session, and so what it sends, carries the app as
   * it was at its login.
   */
  Webhook webhook(App app) {
    return app(app).settings().webhook();
  }

  /** The app as it is now. */
  App app(App app) {
    return queues.app(app.appId()).orElse(app);
  }

  /** UNIX milliseconds. */
  long now() {
    return clock.millis();
  }

  /**
   * Has a stored fact told at least once if and only if the unit commits.
   *
   * @param lane facts of one lane are told in turn: a conversation's or an account's id
   */
  void keep(
      UnitOfWork unit, App app, long lane, CallbackCommand command, Origin origin, ObjectNode body)
      throws SQLException {
    keep(unit, app, lane, command, origin, body, Optional.empty());
  }

  /** The same with an account's unread total, as it is when the webhook is sent. */
  void keep(
      UnitOfWork unit,
      App app,
      long lane,
      CallbackCommand command,
      Origin origin,
      ObjectNode body,
      Optional<Account> unreadOf)
      throws SQLException {
    long now = clock.millis();
    Callback callback =
        new Callback(
            command.wireName(),
            origin,
            MessageBodies.text(body),
            unreadOf.map(Account::id).orElse(0L));
    store.insert(
        unit.connection(), List.of(new Due(new Kept(0, app.appId(), lane, now, 0, callback), now)));
    unit.onCommit(() -> wake.accept(app));
  }

  /** Has something that is not stored told, if the receiver takes it now; never blocks. */
  void tell(App app, long lane, CallbackCommand command, Origin origin, ObjectNode body) {
    tell(app, lane, command, origin, body, Optional.empty());
  }

  /** The same with an account's unread total, as it is when the webhook is sent. */
  void tell(
      App app,
      long lane,
      CallbackCommand command,
      Origin origin,
      ObjectNode body,
      Optional<Account> unreadOf) {
    Callback callback =
        new Callback(
            command.wireName(),
            origin,
            MessageBodies.text(body),
            unreadOf.map(Account::id).orElse(0L));
    queues.event(app, lane, () -> Optional.of(completed.apply(app, callback)));
  }
}
