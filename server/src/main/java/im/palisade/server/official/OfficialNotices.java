package im.palisade.server.official;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.message.Broadcasts.Broadcast;
import im.palisade.server.message.Broadcasts.Place;
import im.palisade.server.message.Broadcasts.Recalled;
import im.palisade.server.official.SubscriberStore.Receiver;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells live connections what official accounts publish and what becomes of subscriptions, one
 * after another in the order asked for, after the caller has its answer: one frame for all
 * subscribers, who are read a page at a time. Who is away finds it in the history.
 */
final class OfficialNotices implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OfficialNotices.class);
  private static final int PAGE = 1000;
  private static final int NOT_RECEIVING = 1;

  private final Regions regions;
  private final SessionDirectory sessions;
  private final OfficialStore accounts;
  private final SubscriberStore subscribers;

  /** Accounts whose change waits to be told: it is told once, as it is by then. */
  private final Set<Long> changed = ConcurrentHashMap.newKeySet();

  private final ExecutorService turn =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("official-notices").factory());
  private volatile boolean closing;

  OfficialNotices(
      Regions regions,
      SessionDirectory sessions,
      OfficialStore accounts,
      SubscriberStore subscribers) {
    this.regions = regions;
    this.sessions = sessions;
    this.accounts = accounts;
    this.subscribers = subscribers;
  }

  /** A message to everybody whose it is. */
  void published(App app, OfficialAccount from, Broadcast message, String key) {
    ObjectNode data = Json.object();
    data.putArray("messages").add(OfficialJson.message(from, message, key));
    boolean stored = message.seq() > 0;
    toSubscribers(
        app,
        from,
        EncodedFrame.event("message.new", data),
        to -> receives(to) && (!stored || to.clearSeq() < message.seq()));
  }

  /** Messages are recalled, to everybody whose they are. */
  void recalled(App app, OfficialAccount from, List<Recalled> messages, String reason) {
    for (Recalled each : messages) {
      ObjectNode data =
          Json.object()
              .put("conversation", from.wireName())
              .put("seq", each.seq())
              .put("msgKey", OfficialJson.key(new Place(each.seq(), each.time())))
              .put("changeSeq", each.changeSeq())
              .put("from", from.account())
              .put("revoker", from.account());
      if (!reason.isEmpty()) {
        data.put("reason", reason);
      }
      toSubscribers(
          app,
          from,
          EncodedFrame.event("message.recalled", data),
          to -> receives(to) && to.clearSeq() < each.seq());
    }
  }

  /** It says something else of itself now. */
  void changed(App app, OfficialAccount account) {
    if (changed.add(account.conversationId())) {
      inTurn(
          () -> {
            changed.remove(account.conversationId());
            Optional<OfficialAccount> now =
                regions.of(app).read(c -> accounts.find(c, app.appId(), account.account()));
            now.ifPresent(
                known ->
                    tellSubscribers(
                        app,
                        known,
                        EncodedFrame.event("official.changed", OfficialJson.profile(known)),
                        to -> true));
          });
    }
  }

  /** It is no more; {@code then} follows when its subscribers have been told. */
  void destroyed(App app, OfficialAccount account, Runnable then) {
    ObjectNode data = Json.object().put("officialAccount", account.account());
    inTurn(
        () -> {
          tellSubscribers(app, account, EncodedFrame.event("official.destroyed", data), to -> true);
          then.run();
        });
  }

  /** These accounts are subscribers now. */
  void subscribed(OfficialAccount account, List<Long> accountIds) {
    tell(accountIds, "official.subscribed", OfficialJson.profile(account));
  }

  /** These accounts are subscribers no more. */
  void unsubscribed(OfficialAccount account, List<Long> accountIds) {
    tell(
        accountIds,
        "official.unsubscribed",
        Json.object().put("officialAccount", account.account()));
  }

  /** Ends after the page under way. */
  @Override
  public void close() {
    closing = true;
    turn.shutdownNow();
  }

  private void tell(List<Long> accountIds, String event, ObjectNode data) {
    if (!accountIds.isEmpty()) {
      EncodedFrame frame = EncodedFrame.event(event, data);
      inTurn(() -> accountIds.forEach(id -> send(id, frame)));
    }
  }

  private void toSubscribers(
      App app, OfficialAccount of, EncodedFrame frame, Predicate<Receiver> whom) {
    inTurn(() -> tellSubscribers(app, of, frame, whom));
  }

  private void tellSubscribers(
      App app, OfficialAccount of, EncodedFrame frame, Predicate<Receiver> whom) {
    Region region = regions.of(app);
    List<Receiver> page;
    long after = 0;
    do {
      long from = after;
      page = region.read(c -> subscribers.receivers(c, of.conversationId(), from, PAGE));
      page.stream().filter(whom).forEach(to -> send(to.accountId(), frame));
      after = page.isEmpty() ? 0 : page.getLast().number();
    } while (page.size() == PAGE && !closing);
  }

  private void send(long accountId, EncodedFrame frame) {
    sessions.of(accountId).forEach(session -> session.send(frame));
  }

  private void inTurn(Runnable work) {
    try {
      turn.execute(
          () -> {
            try {
              work.run();
            } catch (RuntimeException e) {
              log.warn("subscribers of an official account were not told", e);
            }
          });
    } catch (RejectedExecutionException e) {
      log.debug("nobody is told any more: the server stops", e);
    }
  }

  private static boolean receives(Receiver to) {
    return to.msgFlag() != NOT_RECEIVING;
  }
}
