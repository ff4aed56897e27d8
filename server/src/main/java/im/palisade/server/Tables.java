package im.palisade.server;

import im.palisade.server.account.AccountRestApi;
import im.palisade.server.addresses.AddressRestApi;
import im.palisade.server.conversation.ContactBook;
import im.palisade.server.conversation.ContactBookRestApi;
import im.palisade.server.conversation.RecentContactRestApi;
import im.palisade.server.conversation.RecentContacts;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandTable;
import im.palisade.server.mute.MuteRestApi;
import im.palisade.server.presence.PresenceCommands;
import im.palisade.server.presence.PresenceRestApi;
import im.palisade.server.profile.ProfileRestApi;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.EndpointTable;
import im.palisade.server.stats.StatisticsRestApi;
import im.palisade.server.sync.ConversationCommands;
import im.palisade.server.sync.ConversationGroupCommands;
import im.palisade.server.sync.Inbox;
import im.palisade.server.sync.InboxEvents;
import im.palisade.server.sync.InboxWrites;
import im.palisade.server.sync.SyncCommands;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Every REST endpoint and every client command, gathered from the features. */
record Tables(EndpointTable endpoints, CommandTable commands) {

  static Tables of(Ground ground, Features features, GivenSettings settings, Clock clock) {
    List<Endpoint> endpoints = new ArrayList<>();
    endpoints.addAll(new AccountRestApi(features.accounts).endpoints());
    endpoints.addAll(new ProfileRestApi(features.profiles, features.accounts).endpoints());
    endpoints.addAll(features.relations.endpoints());
    endpoints.addAll(new PresenceRestApi(features.accounts, features.presence).endpoints());
    endpoints.addAll(features.messages.endpoints());
    endpoints.addAll(new MuteRestApi(features.mutes, features.accounts, clock).endpoints());
    endpoints.addAll(features.official.endpoints());
    endpoints.addAll(features.robots.endpoints());
    endpoints.addAll(features.pushes.endpoints());
    endpoints.addAll(new StatisticsRestApi(features.statistics).endpoints());
    endpoints.addAll(features.archive.endpoints());
    endpoints.addAll(features.files.endpoints());
    endpoints.addAll(new AddressRestApi(settings.addresses()).endpoints());
    RecentContacts recent =
        new RecentContacts(
            ground.regions, features.accounts, features.conversations, features.sessions, clock);
    endpoints.addAll(new RecentContactRestApi(recent, features.accounts, clock).endpoints());
    ContactBook book = new ContactBook(ground.regions, features.accounts, features.sessions, clock);
    endpoints.addAll(new ContactBookRestApi(book, features.accounts).endpoints());
    endpoints.addAll(features.moderation.endpoints());
    endpoints.addAll(features.liveRooms.endpoints());
    endpoints.addAll(features.groups.endpoints());
    endpoints.addAll(features.groupMessages.endpoints());
    List<Command> commands =
        new ArrayList<>(features.messages.commands(features.groupMessages.messageCommands()));
    Inbox inbox =
        new Inbox(
            ground.regions,
            recent,
            book,
            features.conversations,
            features.messages.reads(),
            features.groupMessages);
    InboxEvents inboxEvents = new InboxEvents(inbox, features.sessions);
    commands.addAll(
        new SyncCommands(
                inbox,
                features.groups::joined,
                features.relations::sections,
                features.accounts,
                clock)
            .commands());
    commands.addAll(
        new PresenceCommands(features.presence, features.statuses, features.accounts).commands());
    commands.addAll(
        new ConversationCommands(
                inbox,
                inboxEvents,
                recent,
                book,
                new InboxWrites(
                    recent,
                    features.conversations,
                    features.messages.reads(),
                    features.groups,
                    features.groupMessages,
                    features.accounts),
                features.accounts)
            .commands());
    commands.addAll(new ConversationGroupCommands(book, inboxEvents, features.accounts).commands());
    commands.addAll(features.groups.commands());
    commands.addAll(features.liveRooms.commands());
    commands.addAll(features.files.commands());
    commands.addAll(features.official.commands());
    commands.addAll(features.robots.commands());
    commands.addAll(features.relations.commands());
    return new Tables(new EndpointTable(endpoints), new CommandTable(commands));
  }
}
