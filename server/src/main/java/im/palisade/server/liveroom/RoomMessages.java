package im.palisade.server.liveroom;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupService;
import im.palisade.server.message.Admission;
import im.palisade.server.message.GroupRef;
import im.palisade.server.message.MessageFact;
import im.palisade.server.message.MessageHooks;
import im.palisade.server.message.MessageService;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.message.Priority;
import im.palisade.server.message.Receipt;
import im.palisade.server.mute.MuteService;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * What is said in live rooms: checked, numbered, handed to the audience; stored nowhere. What is
 * above the room's rate is dropped by priority (group-semantics §7.4, §7.5).
 */
public final class RoomMessages {
  private static final Duration DUPLICATES = Duration.ofMinutes(5);
  private static final long MOST_REMEMBERED = 1_000_000;

  private final Regions regions;
  private final GroupService groups;
  private final SessionDirectory sessions;
  private final Audiences audiences;
  private final MessageService messages;
  private final MessageHooks hooks;
  private final MuteService mutes;
  private final Rooms rooms;
  private final LiveRoomStore store;
  private final LiveRoomMetrics metrics;
  private final Clock clock;
  private final Cache<Said, CompletableFuture<Optional<Receipt>>> said =
      Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).expireAfterWrite(DUPLICATES).build();

  RoomMessages(
      Regions regions,
      GroupService groups,
      SessionDirectory sessions,
      Audiences audiences,
      MessageService messages,
      MessageHooks hooks,
      MuteService mutes,
      Rooms rooms,
      LiveRoomStore store,
      LiveRoomMetrics metrics,
      Clock clock) {
    this.regions = regions;
    this.groups = groups;
    this.sessions = sessions;
    this.audiences = audiences;
    this.messages = messages;
    this.hooks = hooks;
    this.mutes = mutes;
    this.rooms = rooms;
    this.store = store;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** What makes a message the same as an earlier one. */
  private record Said(long roomId, long senderId, long random) {}

  /**
   * Says something in a room; empty when the message was dropped for want of room in the second.
   * May ask the app's own server and read the store; does not wait for anybody to receive it.
   *
   * @param message for this group, its priority in the body's note
   * @throws ImException GROUP_NOT_PERMITTED for a client that is not in the room or is banned,
   *     GROUP_SENDER_MUTED, GROUP_MESSAGE_RATE_EXCEEDED when the app wants to know of it, and what
   *     the app's own server and moderation answer
   */
  public Optional<Receipt> send(Group group, OutgoingMessage message) {
    Room room = rooms.of(message.app(), group);
    try {
      check(room, message);
    } catch (ImException refusal) {
      hooks.refused(message, refusal);
      throw refusal;
    }
    Said key = new Said(group.id(), message.sender().id(), message.random());
    CompletableFuture<Optional<Receipt>> own = new CompletableFuture<>();
    CompletableFuture<Optional<Receipt>> earlier = said.asMap().putIfAbsent(key, own);
    if (earlier != null) {
      return answerOf(earlier);
    }
    boolean sent = false;
    try {
      Optional<Receipt> receipt =
          switch (messages.admit(message)) {
            case Admission.Admitted(OutgoingMessage admitted, boolean replaced) ->
                say(room, admitted, replaced);
            case Admission.Dropped(Receipt dropped) -> Optional.of(dropped);
          };
      sent = receipt.isPresent();
      own.complete(receipt);
      return receipt;
    } catch (RuntimeException | Error e) {
      own.completeExceptionally(e);
      throw e;
    } finally {
      // What was not said may be tried again.
      if (!sent) {
        said.asMap().remove(key, own);
      }
    }
  }

  private static Optional<Receipt> answerOf(CompletableFuture<Optional<Receipt>> earlier) {
    try {
      return earlier
          .join()
          .map(first -> new Receipt(first.seq(), first.key(), first.senderId(), true));
    } catch (CompletionException e) {
      throw e.getCause() instanceof ImException refusal
          ? refusal
          : new ImException(ErrorCode.GROUP_INTERNAL);
    }
  }

  /** The sender has on screen what was replaced: its devices are told. */
  private Optional<Receipt> say(Room room, OutgoingMessage message, boolean replaced) {
    Optional<Receipt> receipt = say(room, message);
    receipt.ifPresent(said -> messages.relayed(message, said));
    if (receipt.isPresent() && replaced) {
      messages.replaced(message, receipt.get());
    }
    return receipt;
  }

  private void check(Room room, OutgoingMessage message) {
    App app = message.app();
    Account sender = message.sender();
    long now = clock.instant().getEpochSecond();
    boolean present;
    boolean banned;
    boolean admin;
    room.lock().lock();
    try {
      present = room.present().containsKey(sender.id());
      banned = room.isBanned(sender.id(), now);
      admin = room.isAdmin(sender.id()) || room.group().ownerId() == sender.id();
    } finally {
      room.lock().unlock();
    }
    switch (message.door()) {
      case Door.Client _ -> {
        if (!present) {
          throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not in the room");
        }
      }
      case Door.Rest rest -> {
        // An administrator who speaks in its own name is never silenced.
        if (rest.operatorId() == sender.id()) {
          return;
        }
      }
      case Door.Import _ -> throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
    if (banned) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "banned from the room");
    }
    boolean silenced =
        mutes.of(app, sender).groupLeft(now) > 0
            || (room.group().muteAll() && !admin)
            || groups.mutedUntil(app, room.group(), sender.id()) > now;
    if (silenced) {
      throw new ImException(ErrorCode.GROUP_SENDER_MUTED);
    }
  }

  private Optional<Receipt> say(Room found, OutgoingMessage message) {
    Room room = found;
    App app = message.app();
    Priority priority = message.body().note().priority();
    Optional<Session> sending =
        sessions.of(message.sender().id()).stream()
            .filter(each -> isFrom(message, each))
            .findFirst();
    int perSecond = app.settings().groups().ratePerSecond();
    while (true) {
      room.lock().lock();
      try {
        if (!room.isRetired() && !room.numbers().isUsedUp()) {
          if (!room.budget().take(priority, perSecond, System.nanoTime())) {
            return dropped(message, priority);
          }
          long seq = room.numbers().take();
          MsgKey key = new MsgKey(seq, message.random(), clock.instant().getEpochSecond());
          int others = room.present().size() - (sending.isPresent() ? 1 : 0);
          EncodedFrame frame = messages.unstored(message, seq, key, others);
          if (sending.isPresent()) {
            audiences.sayToOthers(room.audience(), frame, sending.get());
          } else {
            audiences.say(room.audience(), frame);
          }
          room.keep(frame, key, app.settings().groups().replay(), clock.millis());
          metrics.messages.inc();
          return Optional.of(new Receipt(seq, key, message.sender().id(), false));
        }
      } finally {
        room.lock().unlock();
      }
      room = reserve(app, room.group());
    }
  }

  private static boolean isFrom(OutgoingMessage message, Session session) {
    return message.door() instanceof Door.Client client && client.sessionId().equals(session.id());
  }

  private Optional<Receipt> dropped(OutgoingMessage message, Priority priority) {
    metrics.dropped(priority);
    ImException reason = new ImException(ErrorCode.GROUP_MESSAGE_RATE_EXCEEDED);
    hooks.refused(message, reason);
    if (message.app().settings().groups().rateReject()) {
      throw reason;
    }
    return Optional.empty();
  }

  /** The store is written while the room goes on; only those who need a number wait. */
  private Room reserve(App app, Group group) {
    return rooms.changing(
        app,
        group,
        room -> {
          if (LiveRoomService.locked(room, () -> room.numbers().isUsedUp())) {
            long last =
                regions
                    .of(app)
                    .inUnitOfWork(
                        unit -> store.reserve(unit.connection(), group.id(), SeqBlock.SIZE));
            LiveRoomService.locked(
                room,
                () -> {
                  room.numbers().reserved(last);
                  return last;
                });
          }
          return room;
        });
  }

  /**
   * Tells the room that a message is taken back: nothing is stored that could be changed. A sender
   * may do so within the app's window, owner and admins of the room at any time.
   *
   * @throws ImException GROUP_NOT_PERMITTED, GROUP_RECALL_NOT_FOUND, GROUP_RECALL_TOO_LATE
   */
  public void recall(
      App app, Group group, Account operator, MsgKey key, Optional<String> reason, Origin origin) {
    Room room = rooms.of(app, group);
    boolean master =
        group.ownerId() == operator.id()
            || LiveRoomService.locked(room, () -> room.isAdmin(operator.id()));
    if (!master) {
      CompletableFuture<Optional<Receipt>> own =
          said.getIfPresent(new Said(group.id(), operator.id(), key.random()));
      if (own == null
          || !own.isDone()
          || answerOf(own).filter(mine -> mine.key().equals(key)).isEmpty()) {
        throw new ImException(ErrorCode.GROUP_RECALL_NOT_FOUND);
      }
      long age = clock.instant().getEpochSecond() - key.time();
      if (age > app.settings().recallWindowSeconds()) {
        throw new ImException(ErrorCode.GROUP_RECALL_TOO_LATE);
      }
    }
    takeBack(app, group, operator, key, reason, origin);
  }

  /** Tells the room that a message is taken back, whoever wants that. */
  public void takeBack(
      App app, Group group, Account operator, MsgKey key, Optional<String> reason, Origin origin) {
    Room room = rooms.of(app, group);
    var event =
        Json.object()
            .put("conversation", "GROUP" + group.groupId())
            .put("seq", key.msgSeq())
            .put("msgKey", key.toString())
            .put("operator", operator.userId());
    reason.ifPresent(text -> event.put("reason", text));
    LiveRoomService.locked(
        room,
        () -> {
          room.unkeep(key);
          return true;
        });
    audiences.say(room.audience(), EncodedFrame.event(ClientEvent.MESSAGE_RECALLED, event));
    hooks.told(
        new MessageFact.GroupRecalled(
            app,
            new GroupRef(group.groupId(), group.type().name(), Optional.empty()),
            group.id(),
            operator.userId(),
            List.of(key.msgSeq())),
        origin);
  }
}
