package im.palisade.server.message;

import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.conversation.ConversationKeeper;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far accounts have read. Unread is worked out from running numbers in the messages themselves
 * (design §5): there is no counter that could drift.
 */
public final class ReadService {
  private final Regions regions;
  private final ConversationService conversations;
  private final MessageHistory history;
  private final MessageEvents events;
  private final MessageHooks hooks;
  private final Clock clock;
  private final UnreadStore store = new UnreadStore();

  ReadService(
      Regions regions,
      MessageHistory history,
      ConversationService conversations,
      MessageEvents events,
      MessageHooks hooks,
      Clock clock) {
    this.history = history;
    this.hooks = hooks;
    this.regions = regions;
    this.conversations = conversations;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Marks everything up to a sequence as read, as the reader itself does it: it is nobody's record.
   * Never backwards.
   *
   * @return how far the reader has read now
   */
  public long markReadTo(App app, Account reader, Account peer, long upTo, Cause cause) {
    Optional<Conversation> found = conversations.find(app, reader, peer);
    if (found.isEmpty()) {
      return 0;
    }
    long conversationId = found.get().id();
    Region region = regions.of(app);
    record Moved(boolean ahead, long seq, long time) {}
    Moved moved =
        region.inUnitOfWork(
            unit -> {
              UnreadStore.Place place =
                  store.place(unit.connection(), conversationId, reader.id()).orElseThrow();
              long seq = Math.min(upTo, place.lastSeq());
              boolean ahead = store.advance(unit.connection(), conversationId, reader.id(), seq);
              long time = store.timeOf(unit.connection(), conversationId, seq);
              if (ahead) {
                hooks.happened(unit, new MessageFact.Read(app, reader, peer, time), cause);
              }
              return new Moved(ahead, Math.max(seq, place.readSeq()), time);
            });
    if (moved.ahead()) {
      events.read(reader, peer, moved.seq(), moved.time(), unread(app, reader, conversationId));
    }
    return moved.seq();
  }

  /** Unread of one conversation. */
  int unread(App app, Account reader, long conversationId) {
    return regions
        .of(app)
        .read(c -> store.unread(c, reader.id(), List.of(conversationId)))
        .getOrDefault(conversationId, 0);
  }

  /**
   * Marks everything up to a second (inclusive) as read; never backwards, never ahead of now.
   * Whether a message's receipt was given does not change.
   */
  public void markRead(App app, Account reader, Account peer, OptionalLong upTo, Cause cause) {
    Optional<Conversation> found = conversations.find(app, reader, peer);
    if (found.isEmpty()) {
      return;
    }
    long conversationId = found.get().id();
    long now = clock.instant().getEpochSecond();
    long time = Math.min(upTo.orElse(now), now);
    Region region = regions.of(app);
    OptionalLong position = region.read(c -> store.position(c, conversationId, reader.id(), time));
    if (position.isEmpty()) {
      return;
    }
    long seq = position.getAsLong();
    boolean moved =
        region.inUnitOfWork(
            unit -> {
              boolean ahead = store.advance(unit.connection(), conversationId, reader.id(), seq);
              if (ahead) {
                unit.record(
                    cause
                        .event(
                            "user.update",
                            AccountService.target(reader),
                            new Target("conversation", Long.toString(conversationId)))
                        .withChange(Map.of("read_seq", seq))
                        .withCount(1));
                hooks.happened(unit, new MessageFact.Read(app, reader, peer, time), cause);
              }
              return ahead;
            });
    if (moved) {
      int unread =
          region
              .read(c -> store.unread(c, reader.id(), List.of(conversationId)))
              .getOrDefault(conversationId, 0);
      events.read(reader, peer, seq, time, unread);
    }
  }

  /** Unread messages of all an account's conversations, at most 250 of each. */
  public int unread(App app, Account account) {
    int ofPairs =
        regions.of(app).read(c -> store.unread(c, account.id())).values().stream()
            .mapToInt(Integer::intValue)
            .sum();
    return ofPairs
        + conversations.keepers().stream().mapToInt(keeper -> keeper.unread(app, account)).sum();
  }

  /** Unread of every conversation of an account with another that has any. */
  public Map<Long, Integer> unreadByConversation(App app, Account account) {
    return regions.of(app).read(c -> store.unread(c, account.id()));
  }

  /** The newest message of a conversation that an account still has a copy of. */
  public OptionalLong newestSeen(App app, Account viewer, String peerId) {
    return history.before(app, viewer, peerId, Long.MAX_VALUE, 1).messages().stream()
        .mapToLong(StoredMessage::seq)
        .findFirst();
  }

  /** Who keeps conversations with peers of that id, when it is none of an account. */
  Optional<ConversationKeeper> keeper(String peerId) {
    return conversations.keeper(peerId);
  }

  /** Unread messages from each of these, in their order, at most 250 of each. */
  public Map<Account, Integer> unread(App app, Account account, List<Account> peers) {
    Map<Account, Long> ids = new LinkedHashMap<>();
    for (Account peer : peers) {
      ids.put(peer, conversations.find(app, account, peer).map(Conversation::id).orElse(0L));
    }
    List<Long> known = ids.values().stream().filter(id -> id != 0).toList();
    Map<Long, Integer> unread = regions.of(app).read(c -> store.unread(c, account.id(), known));
    Map<Account, Integer> byPeer = new LinkedHashMap<>();
    ids.forEach((peer, id) -> byPeer.put(peer, unread.getOrDefault(id, 0)));
    return byPeer;
  }
}
