package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.account.AccountService.AccountCleaner;
import im.palisade.server.app.App;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.gateway.SessionListener;
import im.palisade.server.jobs.Job;
import im.palisade.server.message.MessageService;
import im.palisade.server.moderation.TextModeration;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.store.Counter;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The parts of this feature, put together; the rest of the server sees its doors only. */
public final class GroupFeature {
  private final AccountCleaner departure;
  private final GroupAudiences audiences;
  private final TopicOptions topicOptions;
  private final GroupRecycling recycling;
  private final AwayMembers away;
  private final GroupRemains remains;
  private final GroupActivation activation;
  private final GroupOperations operations;
  private final List<Endpoint> endpoints = new ArrayList<>();
  private final List<Command> commands = new ArrayList<>();
  private final GroupServices services;
  private final Topics topics;
  private final GroupReadCommands reading;

  /**
   * The feature.
   *
   * @param groups shared with the features above, so that what they look up is never out of date
   * @param rooms who is in live rooms
   */
  public GroupFeature(
      Regions regions,
      AccountService accounts,
      GroupService groups,
      MessageService messages,
      SessionDirectory sessions,
      Audiences following,
      LiveRooms rooms,
      TextModeration moderation,
      GroupHook hook,
      Clock clock) {
    GroupStore store = new GroupStore(groups.types());
    MemberStore members = new MemberStore();
    ApplicationStore applications = new ApplicationStore();
    GroupOrder order = new GroupOrder(regions, messages, groups, store, members, hook);
    Admission admission = new Admission(accounts, store, members, applications);
    GroupNotices notices = new GroupNotices(sessions);
    GroupTextCheck texts = new GroupTextCheck(moderation);
    topicOptions = new TopicOptions();
    audiences = new GroupAudiences(regions, sessions, following, members, topicOptions);
    remains = new GroupRemains(regions, members);
    activation = new GroupActivation(accounts, order, store, members, notices);
    Dissolution dissolution =
        new Dissolution(order, store, members, remains, following, rooms, clock);
    recycling = new GroupRecycling(regions, groups.types(), store, groups, dissolution, clock);
    GroupMutes mutes = new GroupMutes(regions, accounts, order, members, rooms, clock);
    TopicStore topicStore = new TopicStore();
    topics =
        new Topics(
            regions,
            order,
            topicStore,
            members,
            topicOptions,
            sessions,
            mutes,
            remains,
            following,
            texts,
            clock);
    Standings standings = new Standings(groups, rooms);
    Entrance entrance = new Entrance(order, audiences, notices);
    JoinRequests requests =
        new JoinRequests(
            regions,
            accounts,
            groups,
            order,
            members,
            applications,
            admission,
            entrance,
            notices,
            clock);
    Leaving leaving =
        new Leaving(
            accounts, order, store, members, dissolution, audiences, topicOptions, notices, clock);
    away = new AwayMembers(regions, groups, leaving, sessions, clock);
    services =
        new GroupServices(
            accounts,
            groups,
            new GroupDirectory(regions, store),
            new GroupRoster(regions, accounts, new RosterStore(), rooms, groups, clock),
            new GroupCreation(
                regions, store, order, hook, admission, audiences, notices, texts, clock),
            new GroupProfiles(order, store, members, admission, texts, clock),
            dissolution,
            new Membership(groups, order, admission, standings, requests, entrance, clock),
            requests,
            leaving,
            new MemberProfiles(
                accounts, order, members, mutes, audiences, notices, sessions, texts, clock),
            mutes,
            rooms,
            standings,
            account -> !sessions.of(account).isEmpty());
    operations = new GroupOperations(services, new GroupSearch(regions, store));
    endpoints.addAll(new CreationRestApi(services).endpoints());
    endpoints.addAll(new GroupRestApi(services).endpoints());
    endpoints.addAll(new MemberRestApi(services).endpoints());
    endpoints.addAll(new GroupMuteRestApi(services, topics).endpoints());
    GroupSay say = new GroupSay(following, rooms);
    GroupAttributes attributes = new GroupAttributes(regions, order, say, standings, clock);
    GroupCounters counters = new GroupCounters(regions, order, say, standings);
    endpoints.addAll(new AttributeRestApi(services, attributes, counters).endpoints());
    endpoints.addAll(new TopicRestApi(services, topics).endpoints());
    PermissionGroups permissions =
        new PermissionGroups(regions, accounts, order, members, topicStore, clock);
    endpoints.addAll(new PermissionRestApi(services, permissions).endpoints());
    MemberImport imports = new MemberImport(accounts, order, store, members, audiences, clock);
    endpoints.addAll(new MemberImportRestApi(services, imports).endpoints());
    commands.addAll(new GroupCommands(services).commands());
    commands.addAll(new MembershipCommands(services, topics).commands());
    reading = new GroupReadCommands(services, attributes, counters, topics);
    commands.addAll(reading.commands());
    DepartureStore departures = new DepartureStore();
    departure =
        (unit, account) -> {
          List<Long> deleted = List.of(account.id());
          int left = members.joined(unit.connection(), deleted).getOrDefault(account.id(), 0);
          unit.counts().add(account.appId(), Counter.GROUP_QUITS, left);
          List<String> changed = departures.leave(unit.connection(), account);
          unit.onCommit(() -> changed.forEach(group -> groups.refresh(account.appId(), group)));
        };
    accounts.onDeletion(departure);
  }

  /** Takes an account out of all its groups; nobody is told. */
  public AccountCleaner departure() {
    return departure;
  }

  /** What operators do. */
  public GroupOperations operations() {
    return operations;
  }

  /** REST endpoints. */
  public List<Endpoint> endpoints() {
    return List.copyOf(endpoints);
  }

  /** Client commands. */
  public List<Command> commands() {
    return List.copyOf(commands);
  }

  /** The groups an account is in, as its clients are told them. */
  public List<ObjectNode> joined(App app, Account account) {
    return reading.joined(app, account);
  }

  /** Whether the group is a community; one that is not there is none. */
  public boolean isCommunity(App app, String groupId) {
    return services
        .groups()
        .find(app, groupId)
        .filter(group -> group.type().isCommunity())
        .isPresent();
  }

  /**
   * Says how a caller receives messages of a group.
   *
   * @throws im.palisade.server.protocol.ImException GROUP_NOT_FOUND, GROUP_NOT_PERMITTED
   */
  public void setOption(CommandCall call, String groupId, MsgFlag flag) {
    App app = call.principal().app();
    services
        .memberProfiles()
        .modify(
            app,
            GroupCommands.actor(services.accounts(), call),
            services.groups().require(app, groupId),
            call.principal().userId(),
            new MemberChange(
                Optional.empty(), Optional.of(flag), Optional.empty(), Map.of(), Optional.empty()));
  }

  /**
   * The same with a topic of a community.
   *
   * @throws im.palisade.server.protocol.ImException GROUP_NOT_FOUND, GROUP_NOT_PERMITTED
   */
  public void setTopicOption(CommandCall call, Group community, String topicId, MsgFlag flag) {
    topics.setOption(
        call.principal().app(),
        GroupCommands.actor(services.accounts(), call),
        community,
        topicId,
        flag);
  }

  /** Lets a session hear its groups from its login on. */
  public SessionListener sessionListener() {
    return audiences;
  }

  /** Who hears nothing of a topic; hears of sessions itself. */
  public TopicOptions topicOptions() {
    return topicOptions;
  }

  /** Cleans up after dissolutions. */
  public Job remains() {
    return remains.job();
  }

  /** Dissolves groups that have been silent for too long. */
  public Job recycling(Supplier<Collection<App>> apps) {
    return recycling.job(apps);
  }

  /** Removes members who have not been connected for too long. */
  public Job awayMembers(Supplier<Collection<App>> apps) {
    return away.job(apps);
  }

  /** Notes who is connected, where an app removes those who are not. */
  public SessionListener presenceListener() {
    return away;
  }

  /** Wakes Work groups. */
  public GroupActivation activation() {
    return activation;
  }
}
