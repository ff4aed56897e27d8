package im.palisade.server.callback;

import im.palisade.server.app.App;
import im.palisade.server.callback.CallbackCommand.Kind;
import im.palisade.server.callback.Failure.Reason;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands webhooks of all apps to their receivers, each app's on its own. */
final class Queues {
  private static final Logger log = LoggerFactory.getLogger(Queues.class);

  private final Receivers receivers;
  private final CallbackMetrics metrics;
  private final Map<Long, AppQueue> queues = new ConcurrentHashMap<>();

  Queues(Receivers receivers, CallbackMetrics metrics) {
    this.receivers = receivers;
    this.metrics = metrics;
  }

  /** How many more of an app are taken. */
  int room(long appId) {
    return queue(appId).room();
  }

  /** Whether an app's receiver is not called for now. */
  boolean isSuspended(App app) {
    return receivers.isSuspended(app);
  }

  /** The app as its settings are now. */
  Optional<App> app(long appId) {
    return receivers.app(appId);
  }

  /**
   * Takes a webhook; false when the app has too many.
   *
   * @param callback made when its turn comes; none when there is nothing to tell any more
   * @param done told once what became of it; nothing to tell and nobody to be told count as success
   */
  boolean offer(
      long appId,
      long lane,
      Kind kind,
      Supplier<Optional<Callback>> callback,
      Consumer<Optional<Failure>> done) {
    return queue(appId).offer(lane, () -> done.accept(send(appId, kind, callback)));
  }

  /** Takes a webhook that is sent once; a queue that is full drops it. */
  void event(App app, long lane, Supplier<Optional<Callback>> callback) {
    boolean taken =
        offer(
            app.appId(),
            lane,
            Kind.EVENT,
            callback,
            failure ->
                failure.ifPresent(why -> metrics.dropped("event_" + why.reason().label(), 1)));
    if (!taken) {
      metrics.dropped("event_queue_full", 1);
    }
  }

  private Optional<Failure> send(long appId, Kind kind, Supplier<Optional<Callback>> callback) {
    try {
      Optional<Callback> made = callback.get();
      Optional<App> app = receivers.app(appId);
      if (made.isEmpty() || app.isEmpty() || !wanted(app.get(), made.get())) {
        return Optional.empty();
      }
      if (!app.get().isActive()) {
        return Optional.of(new Failure(Reason.SUSPENDED, "the app is disabled"));
      }
      return switch (receivers.call(app.get(), kind, made.get())) {
        case Answer.Given _ -> Optional.empty();
        case Answer.Failed(Failure why) -> Optional.of(why);
      };
    } catch (RuntimeException e) {
      log.warn("a webhook of app {} could not be made", appId, e);
      return Optional.of(new Failure(Reason.BUSY, "not made: " + e.getClass().getSimpleName()));
    }
  }

  private static boolean wanted(App app, Callback callback) {
    return CallbackCommand.ofWireName(callback.command())
        .filter(command -> command.isOn(app.settings().webhook()))
        .isPresent();
  }

  private AppQueue queue(long appId) {
    return queues.computeIfAbsent(appId, id -> new AppQueue());
  }
}
