package im.palisade.server.official;

import im.palisade.server.account.AccountService;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.jobs.Job;
import im.palisade.server.message.Broadcasts;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** The parts of this feature, put together. */
public final class OfficialFeature implements AutoCloseable {
  private final OfficialNotices notices;
  private final OfficialRemoval removal;
  private final List<Endpoint> endpoints = new ArrayList<>();
  private final List<Command> commands;

  public OfficialFeature(
      Regions regions,
      AccountService accounts,
      ConversationService conversations,
      SessionDirectory sessions,
      Broadcasts broadcasts,
      OfficialHook hook,
      Clock clock) {
    OfficialStore store = new OfficialStore();
    SubscriberStore subscribers = new SubscriberStore();
    notices = new OfficialNotices(regions, sessions, store, subscribers);
    removal = new OfficialRemoval(regions, broadcasts, store, subscribers);
    OfficialService official = new OfficialService(regions, store, notices, removal, hook, clock);
    SubscriptionService subscriptions =
        new SubscriptionService(regions, accounts, store, subscribers, notices, hook, clock);
    PublishingService publishing =
        new PublishingService(regions, broadcasts, store, notices, hook, clock);
    conversations.include(new OfficialConversations(regions, store, broadcasts, sessions, clock));
    commands = new OfficialCommands(official, subscriptions, accounts).commands();
    endpoints.addAll(new OfficialAccountRestApi(official, accounts).endpoints());
    endpoints.addAll(new SubscriberRestApi(official, subscriptions).endpoints());
    endpoints.addAll(new PublishingRestApi(official, publishing, broadcasts).endpoints());
  }

  /** REST endpoints. */
  public List<Endpoint> endpoints() {
    return List.copyOf(endpoints);
  }

  /** Client commands. */
  public List<Command> commands() {
    return commands;
  }

  /** Removes what is left of destroyed official accounts. */
  public Job removal() {
    return removal.job();
  }

  /** Tells nobody any more. */
  @Override
  public void close() {
    notices.close();
  }
}
