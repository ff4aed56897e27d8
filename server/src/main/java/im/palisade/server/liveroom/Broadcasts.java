package im.palisade.server.liveroom;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.message.MessageBody;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.Priority;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Regions;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** One message to everybody who is in any live room of an app (rest-groups-advanced F10). */
public final class Broadcasts {
  /** What broadcasts have as their conversation on the client wire. */
  static final String CONVERSATION = "GROUP@TIM#BROADCAST";

  private static final Duration DUPLICATES = Duration.ofMinutes(5);

  private final Regions regions;
  private final Audiences audiences;
  private final LiveRoomStore store;
  private final LiveRoomMetrics metrics;
  private final Clock clock;
  private final Map<Long, Turn> turns = new ConcurrentHashMap<>();
  private final Cache<Sent, Long> sent =
      Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(DUPLICATES).build();

  Broadcasts(
      Regions regions,
      Audiences audiences,
      LiveRoomStore store,
      LiveRoomMetrics metrics,
      Clock clock) {
    this.regions = regions;
    this.audiences = audiences;
    this.store = store;
    this.metrics = metrics;
    this.clock = clock;
  }

  private record Sent(long appId, long random) {}

  /** Broadcasts of one app come one after another. */
  private static final class Turn {
    final ReentrantLock lock = new ReentrantLock();
    final RateBudget budget = new RateBudget();
  }

  /**
   * Sends to everybody once, however many rooms they are in.
   *
   * @return the number among the app's broadcasts; of the first when the random came before
   * @throws ImException GROUP_NOT_PERMITTED when switched off, GROUP_MESSAGE_RATE_EXCEEDED
   */
  public long send(App app, Account sender, long random, MessageBody body, Cause cause) {
    if (!app.settings().groups().broadcast()) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "broadcasts are switched off");
    }
    Turn turn = turns.computeIfAbsent(app.appId(), id -> new Turn());
    turn.lock.lock();
    try {
      Sent key = new Sent(app.appId(), random);
      Long before = sent.getIfPresent(key);
      if (before != null) {
        return before;
      }
      int rate = app.settings().groups().broadcastRate();
      if (!turn.budget.take(Priority.HIGH, rate, System.nanoTime())) {
        throw new ImException(ErrorCode.GROUP_MESSAGE_RATE_EXCEEDED);
      }
      long seq =
          regions
              .of(app)
              .inUnitOfWork(
                  unit -> {
                    unit.record(cause.event("message.broadcast", Outcome.SUCCESS, List.of()));
                    return store.nextBroadcast(unit.connection(), app.appId());
                  });
      sent.put(key, seq);
      audiences.say(Rooms.anyOf(app), frame(sender, seq, random, body));
      metrics.broadcasts.inc();
      return seq;
    } finally {
      turn.lock.unlock();
    }
  }

  private EncodedFrame frame(Account sender, long seq, long random, MessageBody body) {
    long time = clock.instant().getEpochSecond();
    ObjectNode data = Json.object();
    ObjectNode message =
        data.putArray("messages")
            .addObject()
            .put("conversation", CONVERSATION)
            .put("seq", seq)
            .put("time", time)
            .put("random", random)
            .put("msgKey", new MsgKey(seq, random, time).toString())
            .put("from", sender.userId());
    if (!sender.nick().isEmpty()) {
      message.put("nick", sender.nick());
    }
    if (!sender.faceUrl().isEmpty()) {
      message.put("faceUrl", sender.faceUrl());
    }
    message.putRawValue("body", new RawValue(new String(body.elements(), StandardCharsets.UTF_8)));
    body.cloudCustomData().ifPresent(custom -> message.put("cloudCustomData", custom));
    message.put("broadcast", true);
    return EncodedFrame.event(ClientEvent.MESSAGE_NEW, data);
  }
}
