package im.palisade.server.official;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.conversation.Contact;
import im.palisade.server.conversation.ConversationKeeper;
import im.palisade.server.conversation.ReceiveOption;
import im.palisade.server.conversation.RecentContacts.Entry;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.message.Broadcasts;
import im.palisade.server.message.Broadcasts.Broadcast;
import im.palisade.server.message.Broadcasts.Place;
import im.palisade.server.message.Broadcasts.Range;
import im.palisade.server.official.ReaderStore.Reading;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Official accounts as their subscribers see them: among their one-to-one conversations. */
final class OfficialConversations implements ConversationKeeper {
  private static final long SECONDS_PER_DAY = 86_400;

  private final Regions regions;
  private final OfficialStore accounts;
  private final Broadcasts broadcasts;
  private final SessionDirectory sessions;
  private final Clock clock;
  private final ReaderStore store = new ReaderStore();
  private final SubscriberStore subscribers = new SubscriberStore();

  OfficialConversations(
      Regions regions,
      OfficialStore accounts,
      Broadcasts broadcasts,
      SessionDirectory sessions,
      Clock clock) {
    this.regions = regions;
    this.accounts = accounts;
    this.broadcasts = broadcasts;
    this.sessions = sessions;
    this.clock = clock;
  }

  @Override
  public boolean names(String id) {
    return id.startsWith(OfficialIds.PREFIX);
  }

  @Override
  public List<Entry> recent(App app, Account owner, int limit) {
    int days = app.settings().historyDays();
    long readable = days == 0 ? 0 : clock.instant().getEpochSecond() - days * SECONDS_PER_DAY;
    return regions.of(app).read(c -> store.list(c, owner.id(), limit)).stream()
        .map(
            each ->
                new Entry(
                    new Contact(Contact.Kind.C2C, each.account()),
                    each.time(),
                    each.pinned(),
                    each.cleared() || each.time() < readable))
        .toList();
  }

  @Override
  public OptionalLong conversation(App app, Account owner, String id) {
    return find(app, owner, id)
        .map(reading -> OptionalLong.of(reading.conversationId()))
        .orElse(OptionalLong.empty());
  }

  @Override
  public void hide(UnitOfWork unit, App app, Account owner, String id, boolean clear)
      throws SQLException {
    Optional<Reading> reading = store.find(unit.connection(), app.appId(), id, owner.id());
    if (reading.isPresent()) {
      store.hide(unit.connection(), reading.get(), owner.id(), clear);
    }
  }

  @Override
  public int unread(App app, Account owner) {
    Map<Long, Long> positions = regions.of(app).read(c -> store.positions(c, owner.id()));
    return positions.isEmpty()
        ? 0
        : broadcasts.unread(app, positions).values().stream().mapToInt(Integer::intValue).sum();
  }

  @Override
  public OptionalInt unread(App app, Account owner, String id) {
    return find(app, owner, id)
        .map(reading -> OptionalInt.of(unread(app, owner, reading)))
        .orElse(OptionalInt.empty());
  }

  @Override
  public boolean markRead(App app, Account reader, String id, OptionalLong upTo, Cause cause) {
    Optional<Reading> found = find(app, reader, id);
    if (found.isEmpty()) {
      return false;
    }
    long conversationId = found.get().conversationId();
    long now = clock.instant().getEpochSecond();
    long time = Math.min(upTo.orElse(now), now);
    long seq = broadcasts.position(app, conversationId, time);
    boolean moved =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> {
                  boolean ahead =
                      store.advance(unit.connection(), conversationId, reader.id(), seq);
                  if (ahead) {
                    unit.record(
                        cause
                            .event(
                                "user.update",
                                AccountService.target(reader),
                                new Target("conversation", Long.toString(conversationId)))
                            .withChange(Map.of("read_seq", seq))
                            .withCount(1));
                  }
                  return ahead;
                });
    if (moved) {
      ObjectNode data =
          Json.object()
              .put("conversation", "C2C" + id)
              .put("readSeq", seq)
              .put("readTime", time)
              .put("unread", unread(app, reader, id).orElse(0));
      EncodedFrame frame = EncodedFrame.event(ClientEvent.CONVERSATION_READ, data);
      sessions.of(reader.id()).forEach(session -> session.send(frame));
    }
    return true;
  }

  @Override
  public ReceiveOption option(App app, Account owner, String id) {
    return find(app, owner, id)
        .flatMap(
            reading ->
                regions.of(app).read(c -> store.option(c, reading.conversationId(), owner.id())))
        .orElse(ReceiveOption.NOTIFY);
  }

  @Override
  public boolean setOption(App app, Account owner, String id, ReceiveOption option) {
    Optional<Reading> found = find(app, owner, id);
    found.ifPresent(
        reading ->
            regions
                .of(app)
                .inUnitOfWork(
                    unit -> {
                      subscribers.setMsgFlag(
                          unit.connection(),
                          reading.conversationId(),
                          owner.id(),
                          OfficialOptions.msgFlag(option));
                      return null;
                    }));
    return found.isPresent();
  }

  /**
   * Recalled messages keep their place; what was published before the subscription is not there.
   */
  @Override
  public ObjectNode history(
      App app, Account viewer, String id, long after, long before, boolean newest, int limit) {
    OfficialAccount from =
        regions
            .of(app)
            .read(connection -> accounts.find(connection, app.appId(), id))
            .orElseThrow(OfficialFaults::missing);
    Reading reading =
        find(app, viewer, id)
            .orElseThrow(
                () ->
                    new ImException(
                        ErrorCode.GET_ACCOUNT_MISSING_OR_NOT_SUBSCRIBED,
                        "the account does not subscribe to this official account"));
    Range range = new Range(before, Math.max(after, reading.clearSeq()), newest, true);
    List<Broadcast> found = broadcasts.page(app, from.conversationId(), range, limit + 1);
    boolean complete = found.size() <= limit;
    List<Broadcast> page = complete ? found : found.subList(0, limit);
    ObjectNode reply = Json.object();
    ArrayNode messages = reply.putArray("messages");
    for (Broadcast each : newest ? page.reversed() : page) {
      messages.add(
          OfficialJson.message(from, each, OfficialJson.key(new Place(each.seq(), each.time()))));
    }
    return reply.put("complete", complete);
  }

  private int unread(App app, Account owner, Reading reading) {
    long id = reading.conversationId();
    boolean counts =
        regions
            .of(app)
            .read(c -> store.option(c, id, owner.id()))
            .filter(option -> option != ReceiveOption.DISCARD)
            .isPresent();
    return counts ? broadcasts.unread(app, Map.of(id, reading.position())).getOrDefault(id, 0) : 0;
  }

  private Optional<Reading> find(App app, Account owner, String id) {
    return regions.of(app).read(c -> store.find(c, app.appId(), id, owner.id()));
  }
}
