package im.palisade.server.callback;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.app.App;
import im.palisade.server.protocol.Origin;
import im.palisade.server.rest.RateListener;
import java.time.Duration;

/** {@code Alert.RequestOverLimit} (callbacks §4.11): once a minute per app and command. */
final class RateCallbacks implements RateListener {
  private static final CallbackCommand COMMAND = CallbackCommand.RATE_ALERT;

  private final Announcer announcer;
  private final Cache<Told, Boolean> told =
      Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(Duration.ofMinutes(1)).build();

  RateCallbacks(Announcer announcer) {
    this.announcer = announcer;
  }

  private record Told(long appId, String service, String command) {}

  @Override
  public void near(App app, String service, String command, int calls, int limit) {
    boolean first =
        announcer.fires(app, COMMAND, Origin.SERVER)
            && told.asMap().putIfAbsent(new Told(app.appId(), service, command), true) == null;
    if (first) {
      announcer.tell(
          app,
          app.appId(),
          COMMAND,
          Origin.SERVER,
          MessageBodies.head(COMMAND)
              .put("ServiceName", service)
              .put("Command", command)
              .put("Request", calls)
              .put("Limit", limit));
    }
  }
}
