package im.palisade.server.groupmessage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupService;
import im.palisade.server.groupmessage.ReceiptStore.Reader;
import im.palisade.server.message.ChangedMessage;
import im.palisade.server.message.MessageChanges;
import im.palisade.server.message.MessageChanges.Change;
import im.palisade.server.message.MessageChanges.Locked;
import im.palisade.server.message.MessageEdits;
import im.palisade.server.message.MessageFact.GroupReceipted;
import im.palisade.server.message.MessageFlags;
import im.palisade.server.message.MessageHooks;
import im.palisade.server.message.StoredMessage;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Receipts of group messages (rest-groups-advanced Part G). Who counts is fixed when a message is
 * sent: later members are no readers, those who leave stay counted.
 */
final class GroupReceipts {
  private final Regions regions;
  private final GroupService groups;
  private final MessageChanges changes;
  private final GroupEvents events;
  private final MessageHooks hooks;
  private final Clock clock;
  private final ReceiptStore store = new ReceiptStore();

  GroupReceipts(
      Regions regions,
      GroupService groups,
      MessageChanges changes,
      GroupEvents events,
      MessageHooks hooks,
      Clock clock) {
    this.regions = regions;
    this.groups = groups;
    this.changes = changes;
    this.events = events;
    this.hooks = hooks;
    this.clock = clock;
  }

  /** How many have read a message and how many have not. */
  record Counts(int read, int unread) {}

  /**
   * Part of those who have read a message, or who have not.
   *
   * @param next where the next part begins; 0 when there is none
   */
  record Page(List<String> userIds, long next) {}

  /**
   * A member has read messages. Those that did not ask for it, its own, those from before it
   * belonged, and repetitions are passed over.
   *
   * @throws ImException GROUP_NOT_PERMITTED
   */
  void give(App app, Group group, Account reader, List<Long> seqs, Cause cause) {
    checkType(app, group);
    if (groups.member(app, group, reader.id()).isEmpty()) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not a member");
    }
    long now = clock.instant().getEpochSecond();
    record Given(ChangedMessage message, Counts counts) {
      GroupReceipted.Count count() {
        return new GroupReceipted.Count(message.message().seq(), counts.read(), counts.unread());
      }
    }
    List<Given> given =
        changes.in(
            app,
            group.conversation(),
            locked -> {
              List<Given> told = new ArrayList<>();
              for (ChangedMessage each : note(locked, group, reader, seqs, now, cause)) {
                told.add(
                    new Given(each, counts(locked.unit().connection(), group, each.message())));
              }
              if (!told.isEmpty()) {
                hooks.happened(
                    locked.unit(),
                    new GroupReceipted(
                        app,
                        new Place(group, Optional.empty()).ref(),
                        group.id(),
                        reader.userId(),
                        told.stream().map(Given::count).toList()),
                    cause);
              }
              return told;
            });
    Map<Long, List<ObjectNode>> bySender = new LinkedHashMap<>();
    for (Given each : given) {
      StoredMessage message = each.message().message();
      bySender
          .computeIfAbsent(message.senderId(), id -> new ArrayList<>())
          .add(
              Json.object()
                  .put("seq", message.seq())
                  .put("msgKey", message.key().toString())
                  .put("changeSeq", each.message().changeSeq())
                  .put("readCount", each.counts().read())
                  .put("unreadCount", each.counts().unread()));
    }
    Place place = new Place(group, Optional.empty());
    bySender.forEach((sender, messages) -> events.receipted(place, sender, messages, now));
  }

  /**
   * Counts of messages that asked for receipts, by sequence; the others are missing.
   *
   * @throws ImException GROUP_NOT_PERMITTED
   */
  Map<Long, Counts> counts(App app, Group group, List<Long> seqs) {
    checkType(app, group);
    Region region = regions.of(app);
    Map<Long, Counts> found = new LinkedHashMap<>();
    for (long seq : seqs) {
      Optional<StoredMessage> message = asking(app, group, seq);
      if (message.isPresent()) {
        found.put(seq, region.read(c -> counts(c, group, message.get())));
      }
    }
    return found;
  }

  /**
   * Who has read a message, or who has not.
   *
   * @param after 0 for the first part, else what the part before returned
   * @throws ImException GROUP_NOT_PERMITTED, GROUP_RECEIPT_NONE
   */
  Page readers(App app, Group group, long seq, boolean read, long after, int limit, Cause cause) {
    checkType(app, group);
    StoredMessage message =
        asking(app, group, seq).orElseThrow(() -> new ImException(ErrorCode.GROUP_RECEIPT_NONE));
    return regions
        .of(app)
        .reading(
            cause.event("content.read", new Target("message", group.id() + "/" + seq)),
            page -> page.userIds().size(),
            () -> readers(app, group, message, read, after, limit));
  }

  /**
   * The same for the message's sender, which is nobody's record.
   *
   * @throws ImException GROUP_NOT_PERMITTED, GROUP_RECEIPT_NONE
   */
  Page readers(App app, Group group, StoredMessage message, boolean read, long after, int limit) {
    checkType(app, group);
    if (!asks(message)) {
      throw new ImException(ErrorCode.GROUP_RECEIPT_NONE);
    }
    long seq = message.seq();
    List<Reader> found =
        regions
            .of(app)
            .read(
                c ->
                    read
                        ? store.readBy(c, group.id(), seq, after, limit + 1)
                        : store.notReadBy(
                            c, group.id(), seq, message.senderId(), after, limit + 1));
    boolean more = found.size() > limit;
    List<Reader> part = more ? found.subList(0, limit) : found;
    return new Page(
        part.stream().map(Reader::userId).toList(), more ? part.getLast().accountId() : 0);
  }

  private List<ChangedMessage> note(
      Locked locked, Group group, Account reader, List<Long> seqs, long now, Cause cause)
      throws SQLException {
    Connection connection = locked.unit().connection();
    Set<Long> belonged = store.belonged(connection, group.id(), reader.id(), seqs);
    List<StoredMessage> read = new ArrayList<>();
    for (StoredMessage message : locked.bySeqs(seqs)) {
      if (asks(message)
          && message.senderId() != reader.id()
          && belonged.contains(message.seq())
          && store.read(connection, group.id(), message.seq(), reader.id(), now)) {
        read.add(message);
      }
    }
    return locked.change(
        read,
        new Change.Beside(),
        MessageEdits.event(cause, "message.modify", read)
            .withChange(Map.of("receipt", "given for a reader")));
  }

  private Counts counts(Connection connection, Group group, StoredMessage message)
      throws SQLException {
    int read =
        store
            .readers(connection, group.id(), List.of(message.seq()))
            .getOrDefault(message.seq(), 0);
    int all = store.audience(connection, group.id(), message.seq(), message.senderId());
    return new Counts(read, Math.max(0, all - read));
  }

  private Optional<StoredMessage> asking(App app, Group group, long seq) {
    return changes.find(app, group.conversation(), seq).filter(GroupReceipts::asks);
  }

  private static boolean asks(StoredMessage message) {
    return message.has(MessageFlags.NEEDS_RECEIPT) && !message.has(MessageFlags.RECALLED);
  }

  private static void checkType(App app, Group group) {
    if (!GroupSends.hasReceipts(app, group)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "no receipts in this type");
    }
  }
}
