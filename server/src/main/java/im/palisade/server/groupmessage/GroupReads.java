package im.palisade.server.groupmessage;

import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.group.Group;
import im.palisade.server.group.Rule;
import im.palisade.server.message.GroupPositionStore;
import im.palisade.server.message.GroupUnreadStore;
import im.palisade.server.message.GroupUnreadStore.Unread;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** How far members have read their groups (group-semantics §7.2). */
public final class GroupReads {
  private final Regions regions;
  private final GroupEvents events;
  private final GroupPositionStore positions = new GroupPositionStore();
  private final GroupUnreadStore store = new GroupUnreadStore();

  GroupReads(Regions regions, GroupEvents events) {
    this.regions = regions;
    this.events = events;
  }

  /**
   * Moves a member's position forward; nothing happens when it is further already.
   *
   * @return where it is now; empty when it did not move
   */
  OptionalLong markRead(App app, Place place, Account reader, long upTo) {
    Conversation conversation = place.conversation();
    OptionalLong moved =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> positions.advance(unit.connection(), conversation, reader.id(), upTo));
    if (moved.isPresent()) {
      long unread =
          unread(app, reader, List.of(conversation.id())).getOrDefault(conversation.id(), 0L);
      events.read(place, reader.id(), moved.getAsLong(), unread);
    }
    return moved;
  }

  /**
   * Puts a member's position where that many messages are unread, or as many as there are.
   *
   * @throws ImException GROUP_NOT_PERMITTED when it is no member
   */
  void setUnread(App app, Group group, Account member, long unread, Cause cause) {
    if (!group.type().allows(Rule.UNREAD)) {
      return;
    }
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              if (!positions.leaveUnread(
                  unit.connection(), group.conversation(), member.id(), unread)) {
                throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not a member");
              }
              unit.record(
                  cause
                      .event(
                          "user.update",
                          AccountService.target(member),
                          new Target("conversation", Long.toString(group.id())))
                      .withChange(Map.of("unread", unread)));
              return null;
            });
  }

  /**
   * Unread messages of all an account's groups and topics together that it wants to be told of:
   * groups set to arrive silently do not count (client-features §7).
   */
  public long total(App app, Account account) {
    return regions.of(app).read(c -> store.unread(c, account.id())).values().stream()
        .filter(Unread::notifies)
        .mapToLong(Unread::count)
        .sum();
  }

  /** Unread messages of all an account's groups and topics, by the id of their conversation. */
  public Map<Long, Long> unread(App app, Account account) {
    return counts(regions.of(app).read(c -> store.unread(c, account.id())));
  }

  /** Unread messages of groups and topics, by their internal ids; those without are missing. */
  public Map<Long, Long> unread(App app, Account account, Collection<Long> conversationIds) {
    return conversationIds.isEmpty()
        ? Map.of()
        : counts(regions.of(app).read(c -> store.unread(c, account.id(), conversationIds)));
  }

  /** Mentions of an account that it has not read past, by the id of their conversation. */
  public Map<Long, List<GroupUnreadStore.Mention>> mentions(
      App app, Account account, List<Long> conversationIds) {
    return conversationIds.isEmpty()
        ? Map.of()
        : regions.of(app).read(c -> store.mentions(c, account.id(), conversationIds));
  }

  private static Map<Long, Long> counts(Map<Long, Unread> unread) {
    Map<Long, Long> counts = HashMap.newHashMap(unread.size());
    unread.forEach((id, each) -> counts.put(id, each.count()));
    return counts;
  }
}
