package im.palisade.server.official;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.message.Broadcasts.Broadcast;
import im.palisade.server.message.Broadcasts.Place;
import im.palisade.server.message.Broadcasts.Recalled;
import im.palisade.server.official.SubscriberStore.Receiver;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
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
  private static final int LANES = 4;
  private static final int NOT_RECEIVING = 1;

  private final Regions regions;
  private final SessionDirectory sessions;
  private final OfficialStore accounts;
  private final SubscriberStore subscribers;

  /** Accounts whose change waits to be told: it is told once, as it is by then. */
  private final Set<Long> changed = ConcurrentHashMap.newKeySet();

  /** What one account publishes is told in its order; others do not wait for a large one. */
  private final List<ExecutorService> lanes =
      IntStream.range(0, LANES)
          .mapToObj(
              lane ->
                  Executors.newSingleThreadExecutor(
                      Thread.ofPlatform().daemon().name("official-notices-" + lane).factory()))
          .toList();

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

  /**
   * A frame for all subscribers.
   *
   * @param seq of the message it is about: only for those whose it is; 0 when it is not stored
   * @param message whether those who do not want messages are left out
   */
  private record Notice(EncodedFrame frame, long seq, boolean message) {
    /** Something that is no message. */
    static Notice of(ClientEvent event, ObjectNode data) {
      return new Notice(EncodedFrame.event(event, data), 0, false);
    }

    boolean concerns(Receiver to) {
      return (!message || to.msgFlag() != NOT_RECEIVING) && (seq == 0 || to.clearSeq() < seq);
    }
  }

  /** A message to everybody whose it is. */
  void published(App app, OfficialAccount from, Broadcast message, String key) {
    ObjectNode data = Json.object();
    data.putArray("messages").add(OfficialJson.message(from, message, key));
    Notice notice =
        new Notice(EncodedFrame.event(ClientEvent.MESSAGE_NEW, data), message.seq(), true);
    inTurn(from, () -> tellSubscribers(app, from, List.of(notice)));
  }

  /** Messages are recalled, to everybody whose they are. */
  void recalled(App app, OfficialAccount from, List<Recalled> messages, String reason) {
    List<Notice> told = new ArrayList<>();
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
      told.add(
          new Notice(EncodedFrame.event(ClientEvent.MESSAGE_RECALLED, data), each.seq(), true));
    }
    if (!told.isEmpty()) {
      inTurn(from, () -> tellSubscribers(app, from, told));
    }
  }

  /** It says something else of itself now. */
  void changed(App app, OfficialAccount account) {
    if (changed.add(account.conversationId())) {
      inTurn(
          account,
          () -> {
            changed.remove(account.conversationId());
            Optional<OfficialAccount> now =
                regions.of(app).read(c -> accounts.find(c, app.appId(), account.account()));
            now.ifPresent(
                known ->
                    tellSubscribers(
                        app,
                        known,
                        List.of(
                            Notice.of(ClientEvent.OFFICIAL_CHANGED, OfficialJson.profile(known)))));
          });
    }
  }

  /** It is no more; {@code then} follows when its subscribers have been told. */
  void destroyed(App app, OfficialAccount account, Runnable then) {
    Notice notice =
        Notice.of(
            ClientEvent.OFFICIAL_DESTROYED,
            Json.object().put("officialAccount", account.account()));
    inTurn(
        account,
        () -> {
          tellSubscribers(app, account, List.of(notice));
          then.run();
        });
  }

  /** These accounts are subscribers now. */
  void subscribed(OfficialAccount account, List<Long> accountIds) {
    tell(accountIds, ClientEvent.OFFICIAL_SUBSCRIBED, OfficialJson.profile(account));
  }

  /** These accounts are subscribers no more. */
  void unsubscribed(OfficialAccount account, List<Long> accountIds) {
    tell(
        accountIds,
        ClientEvent.OFFICIAL_UNSUBSCRIBED,
        Json.object().put("officialAccount", account.account()));
  }

  /** Ends after the page under way. */
  @Override
  public void close() {
    closing = true;
    lanes.forEach(ExecutorService::shutdownNow);
  }

  /** So few that nobody has to wait. */
  private void tell(List<Long> accountIds, ClientEvent event, ObjectNode data) {
    if (!accountIds.isEmpty()) {
      EncodedFrame frame = EncodedFrame.event(event, data);
      accountIds.forEach(id -> send(id, frame));
    }
  }

  private void tellSubscribers(App app, OfficialAccount of, List<Notice> notices) {
    Region region = regions.of(app);
    List<Receiver> page;
    long after = 0;
    do {
      long from = after;
      page = region.read(c -> subscribers.receivers(c, of.conversationId(), from, PAGE));
      for (Receiver to : page) {
        notices.stream()
            .filter(notice -> notice.concerns(to))
            .forEach(notice -> send(to.accountId(), notice.frame()));
      }
      after = page.isEmpty() ? 0 : page.getLast().number();
    } while (page.size() == PAGE && !closing);
  }

  private void send(long accountId, EncodedFrame frame) {
    sessions.of(accountId).forEach(session -> session.send(frame));
  }

  private void inTurn(OfficialAccount of, Runnable work) {
    try {
      lanes
          .get((int) (of.conversationId() % LANES))
          .execute(
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
}
