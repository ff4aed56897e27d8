package im.palisade.server.groupmessage;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupService;
import im.palisade.server.group.LiveRooms;
import im.palisade.server.group.TopicOptions;
import im.palisade.server.message.MessageChanges;
import im.palisade.server.message.MessageCommands;
import im.palisade.server.message.MessageFeature;
import im.palisade.server.message.MessageService;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.mute.MuteService;
import im.palisade.server.protocol.ImException;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The parts of this feature, put together; the rest of the server sees its doors only. */
public final class GroupMessageFeature {
  private final List<Endpoint> endpoints = new ArrayList<>();
  private final GroupMessageCommands commands;
  private final GroupReads reads;
  private final GroupHistory history;
  private final Places places;
  private final GroupMessageOperations operations;

  /**
   * The feature.
   *
   * @param rooms who is in live rooms
   * @param roomSends takes what is said there
   * @param activation wakes groups that nobody has sent anything into
   * @param topicOptions who hears nothing of a topic
   */
  public GroupMessageFeature(
      Regions regions,
      AccountService accounts,
      GroupService groups,
      MuteService mutes,
      MessageFeature messages,
      SessionDirectory sessions,
      Audiences audiences,
      LiveRooms rooms,
      RoomSends roomSends,
      Activation activation,
      TopicOptions topicOptions,
      Metrics metrics,
      Clock clock) {
    MessageService service = messages.messages();
    MessageChanges changes = messages.changes();
    places = new Places(regions, groups);
    GroupEvents events = new GroupEvents(sessions, audiences);
    GroupSends sends =
        new GroupSends(
            regions,
            places,
            groups,
            accounts,
            mutes,
            service,
            messages.hooks(),
            roomSends,
            activation,
            topicOptions,
            new GroupMessageMetrics(metrics.registry()),
            clock);
    GroupNotifications notifications =
        new GroupNotifications(regions, groups, accounts, sessions, audiences, rooms, clock);
    history = new GroupHistory(regions, clock);
    GroupEdits edits =
        new GroupEdits(regions, changes, service, groups, events, messages.hooks(), clock);
    GroupReceipts receipts =
        new GroupReceipts(regions, groups, changes, events, messages.hooks(), clock);
    GroupImports imports = new GroupImports(regions, service, clock);
    operations =
        new GroupMessageOperations(regions, places, history, sends, edits, messages.summary());
    reads = new GroupReads(regions, events);
    endpoints.addAll(
        new GroupSendRestApi(sends, notifications, places, accounts, messages.summary(), clock)
            .endpoints());
    endpoints.addAll(new GroupEditRestApi(edits, places, accounts).endpoints());
    endpoints.addAll(new GroupHistoryRestApi(history, places).endpoints());
    endpoints.addAll(new GroupReadRestApi(reads, receipts, groups, accounts).endpoints());
    endpoints.addAll(
        new GroupImportRestApi(imports, places, accounts, messages.importListeners(), clock)
            .endpoints());
    endpoints.addAll(
        new GroupExtensionRestApi(messages.extensions(), edits, events, places).endpoints());
    commands =
        new GroupMessageCommands(
            sends,
            history,
            changes,
            new GroupEditCommands(
                history,
                edits,
                reads,
                receipts,
                events,
                messages.extensions(),
                roomSends,
                places,
                accounts),
            places,
            accounts);
  }

  /** What operators do. */
  public GroupMessageOperations operations() {
    return operations;
  }

  /** REST endpoints. */
  public List<Endpoint> endpoints() {
    return List.copyOf(endpoints);
  }

  /** Serves the client commands of all messages where they name a group. */
  public MessageCommands.Groups messageCommands() {
    return commands;
  }

  /** How far members have read. */
  public GroupReads reads() {
    return reads;
  }

  /** The newest message of a conversation that an account may see, targeted ones included. */
  public OptionalLong newestSeen(App app, String conversation, Account viewer) {
    try {
      return history
          .before(app, places.ofConversation(app, conversation), viewer, Long.MAX_VALUE, 1)
          .lines()
          .stream()
          .mapToLong(line -> line.message().seq())
          .findFirst();
    } catch (ImException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * The community of a topic that a conversation is named after; empty for any other group.
   *
   * @throws ImException GROUP_ID_INVALID, GROUP_NOT_FOUND
   */
  public Optional<Group> communityOf(App app, String conversation) {
    Place place = places.ofConversation(app, conversation);
    return place.topic().map(topic -> place.group());
  }

  /** Marks a group or topic as read, up to its newest message. */
  public void markRead(App app, String conversation, Account reader) {
    reads.markRead(app, places.ofConversation(app, conversation), reader, Long.MAX_VALUE);
  }
}
