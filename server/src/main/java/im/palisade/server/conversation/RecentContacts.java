package im.palisade.server.conversation;

import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.conversation.RecentContactStore.Row;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * An account's recent conversations (rest-conversations Part E): pinned ones first, then the newest
 * ones, as many as the app's settings keep.
 */
public final class RecentContacts {
  /** Most conversations an account may pin. */
  public static final int MAX_PINNED = 50;

  private static final long SECONDS_PER_DAY = 86_400;
  static final Comparator<Entry> ORDER =
      Comparator.comparing((Entry entry) -> !entry.pinned())
          .thenComparing(Comparator.comparingLong(Entry::time).reversed())
          .thenComparing(entry -> entry.contact().kind())
          .thenComparing(entry -> entry.contact().id());

  private final Regions regions;
  private final AccountService accounts;
  private final ConversationService conversations;
  private final OwnDevices devices;
  private final Clock clock;
  private final RecentContactStore store = new RecentContactStore();
  private final TopicContactStore topics = new TopicContactStore();
  private final ContactBookStore books = new ContactBookStore();

  public RecentContacts(
      Regions regions,
      AccountService accounts,
      ConversationService conversations,
      SessionDirectory sessions,
      Clock clock) {
    this.regions = regions;
    this.accounts = accounts;
    this.conversations = conversations;
    this.devices = new OwnDevices(sessions);
    this.clock = clock;
    accounts.onDeletion((unit, account) -> store.deleteAll(unit.connection(), account.id()));
  }

  /**
   * An entry of a list.
   *
   * @param time UNIX seconds of the last message
   * @param empty whether no message of it can be read any more
   */
  public record Entry(Contact contact, long time, boolean pinned, boolean empty) {}

  /** The whole list: pinned first, then the newest; ties by kind, then id. */
  public List<Entry> list(App app, Account owner) {
    return listed(app, owner, false).stream().map(ListedConversation::entry).toList();
  }

  /**
   * The list as the owner's devices hold it, with everything that is known of each: topics of the
   * owner's communities are conversations like others there.
   */
  public List<ListedConversation> listed(App app, Account owner) {
    return listed(app, owner, true);
  }

  private List<ListedConversation> listed(App app, Account owner, boolean withTopics) {
    long readable = readableSince(app);
    int limit = app.settings().recentContacts();
    List<Row> rows = regions.of(app).read(c -> store.list(c, owner.id(), limit));
    // A UserID that was deleted and came back has two conversations; the living one is meant.
    Map<String, Row> byPeer = new LinkedHashMap<>();
    rows.forEach(row -> byPeer.merge(row.peer(), row, (a, b) -> a.peerId() > b.peerId() ? a : b));
    Stream<ListedConversation> pairs =
        byPeer.values().stream()
            .map(
                row ->
                    new ListedConversation(
                        new Contact(Contact.Kind.C2C, row.peer()),
                        row.conversationId(),
                        row.peerId(),
                        row.time(),
                        row.pinned(),
                        row.cleared() || row.time() < readable,
                        row.numbers(),
                        row.name(),
                        row.faceUrl(),
                        row.option(),
                        0));
    Stream<ListedConversation> others =
        conversations.keepers().stream()
            .flatMap(keeper -> keeper.recent(app, owner, limit).stream())
            .map(
                entry ->
                    new ListedConversation(
                        entry.contact(),
                        0,
                        0,
                        entry.time(),
                        entry.pinned(),
                        entry.empty(),
                        ConversationNumbers.NONE,
                        "",
                        "",
                        0,
                        0));
    Stream<ListedConversation> groups =
        regions.of(app).read(c -> store.groups(c, owner.id(), limit, withTopics)).stream()
            .map(
                row ->
                    new ListedConversation(
                        new Contact(Contact.Kind.GROUP, row.groupId()),
                        row.conversationId(),
                        0,
                        row.time(),
                        row.pinned(),
                        row.cleared() || row.time() < readable,
                        row.numbers(),
                        row.name(),
                        row.faceUrl(),
                        row.option(),
                        row.type()));
    return Stream.concat(Stream.concat(pairs, others), groups)
        .sorted(Comparator.comparing(ListedConversation::entry, ORDER))
        .limit(limit)
        .toList();
  }

  /**
   * Takes the history of a conversation from its owner alone.
   *
   * @throws ImException CONVERSATION_ACCOUNT_NOT_FOUND, CONTACT_GROUP_CHAT_UNKNOWN
   */
  public void clear(App app, Account owner, Contact contact) {
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              if (contact.kind() == Contact.Kind.GROUP) {
                List<Long> found =
                    store.groupsOf(unit.connection(), app.appId(), contact.id(), owner.id());
                if (found.isEmpty()) {
                  throw new ImException(ErrorCode.CONTACT_GROUP_CHAT_UNKNOWN);
                }
                for (long group : found) {
                  store.clear(unit.connection(), owner.id(), group);
                }
              } else {
                store.clear(unit.connection(), owner.id(), conversation(app, owner, contact.id()));
              }
              return null;
            });
  }

  /**
   * Says how messages of a peer are received; whoever writes to oneself gets it in any case.
   *
   * @throws ImException CONVERSATION_ACCOUNT_NOT_FOUND
   */
  public void setOption(App app, Account owner, Account peer, ReceiveOption option) {
    Conversation pair = conversations.between(app, owner, peer);
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              store.setOption(unit.connection(), pair.id(), pair.sideOf(owner.id()), option);
              return null;
            });
    conversations.refresh(pair);
  }

  /**
   * Takes a conversation off the owner's list until its next message; what is unread in it is read
   * then, without notice to the peer. One that is not on the list is no error.
   *
   * @param clear whether the owner's history of it goes as well
   */
  public void delete(App app, Account owner, Contact contact, boolean clear, Cause cause) {
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              Optional<ConversationKeeper> keeper =
                  Optional.of(contact)
                      .filter(named -> named.kind() == Contact.Kind.C2C)
                      .flatMap(named -> conversations.keeper(named.id()));
              if (keeper.isPresent()) {
                keeper.get().hide(unit, app, owner, contact.id(), clear);
              } else if (contact.kind() == Contact.Kind.C2C) {
                for (long peer : store.bearers(unit.connection(), app.appId(), contact.id())) {
                  store.hide(unit.connection(), owner.id(), peer, clear);
                }
              } else {
                for (long group :
                    store.groupsOf(unit.connection(), app.appId(), contact.id(), owner.id())) {
                  store.hideGroup(unit.connection(), owner.id(), group, clear);
                }
                // A community keeps its history: of a topic nothing can be cleared.
                OptionalLong topic =
                    topics.of(unit.connection(), app.appId(), contact.id(), owner.id());
                if (topic.isPresent()) {
                  store.unpin(unit.connection(), owner.id(), topic.getAsLong());
                  topics.hide(unit.connection(), owner.id(), topic.getAsLong());
                }
              }
              if (cause.source().channel() == Channel.REST) {
                unit.record(
                    cause.event(
                        clear ? "conversation.clear" : "rest.call", AccountService.target(owner)));
              }
              return null;
            });
    if (app.settings().syncConversationDeletion()) {
      devices.tell(
          owner,
          ClientEvent.CONVERSATION_DELETED,
          Json.object().put("conversation", contact.wireName()).put("cleared", clear));
    }
  }

  /**
   * Pins a conversation or takes the pin away.
   *
   * @throws ImException CONVERSATION_ACCOUNT_NOT_FOUND, PINNED_EXCEEDED
   */
  public void pin(App app, Account owner, String peerId, boolean pinned) {
    pin(app, owner, conversation(app, owner, peerId), "C2C" + peerId, pinned);
  }

  /**
   * The same with a group or a topic.
   *
   * @throws ImException CONTACT_GROUP_CHAT_UNKNOWN, PINNED_EXCEEDED
   */
  public void pinGroup(App app, Account owner, String groupId, boolean pinned) {
    long group =
        regions
            .of(app)
            .read(
                c -> {
                  long found = store.groupOf(c, app.appId(), groupId, owner.id());
                  return found != 0
                      ? found
                      : topics
                          .of(c, app.appId(), groupId, owner.id())
                          .orElseThrow(() -> new ImException(ErrorCode.CONTACT_GROUP_CHAT_UNKNOWN));
                });
    pin(app, owner, group, "GROUP" + groupId, pinned);
  }

  private void pin(App app, Account owner, long conversationId, String name, boolean pinned) {
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              books.lock(unit.connection(), owner.id());
              if (!pinned) {
                store.unpin(unit.connection(), owner.id(), conversationId);
              } else if (store.pin(
                      unit.connection(),
                      owner.id(),
                      conversationId,
                      clock.instant().getEpochSecond())
                  && store.pins(unit.connection(), owner.id()) > MAX_PINNED) {
                throw new ImException(ErrorCode.PINNED_EXCEEDED);
              }
              return null;
            });
    devices.tell(
        owner,
        ClientEvent.CONVERSATION_PINNED,
        Json.object().put("conversation", name).put("pinned", pinned));
  }

  private long conversation(App app, Account owner, String peerId) {
    Optional<ConversationKeeper> keeper = conversations.keeper(peerId);
    if (keeper.isPresent()) {
      return keeper
          .get()
          .conversation(app, owner, peerId)
          .orElseThrow(() -> new ImException(ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND));
    }
    Account peer =
        accounts
            .find(app, peerId)
            .orElseThrow(() -> new ImException(ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND));
    return conversations.between(app, owner, peer).id();
  }

  private long readableSince(App app) {
    int days = app.settings().historyDays();
    return days == 0 ? 0 : clock.instant().getEpochSecond() - days * SECONDS_PER_DAY;
  }
}
