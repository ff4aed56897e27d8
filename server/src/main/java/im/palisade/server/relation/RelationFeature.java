package im.palisade.server.relation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.moderation.TextModeration;
import im.palisade.server.profile.ProfileService;
import im.palisade.server.protocol.Json;
import im.palisade.server.relation.RelationHead.Count;
import im.palisade.server.relation.RelationHead.Sequence;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.store.Counter;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The parts of this feature, put together; the rest of the server sees its services. */
public final class RelationFeature {
  private final RelationStores stores = new RelationStores();
  private final RelationCleanerStore cleaner = new RelationCleanerStore();
  private final RelationEvents events;
  private final FriendService friends;
  private final FriendLookup lookup;
  private final BlocklistService blocklists;
  private final FriendListService lists;
  private final FollowService follows;
  private final ProfileService profiles;
  private final Regions regions;
  private final FriendCommands friendCommands;
  private final RelationCommands relationCommands;
  private final ProfileCommands profileCommands;

  public RelationFeature(
      Regions regions,
      AccountService accounts,
      ProfileService profiles,
      SessionDirectory sessions,
      TextModeration moderation,
      RelationHook hook,
      Clock clock) {
    this.profiles = profiles;
    this.regions = regions;
    events = new RelationEvents(sessions, regions, stores.friends());
    RelationWrites writes = new RelationWrites(regions, stores, events, hook, clock);
    RelationTexts texts = new RelationTexts(moderation);
    friends = new FriendService(regions, accounts, profiles, writes, stores.friends(), texts);
    lookup = new FriendLookup(regions, accounts, stores.heads(), stores.friends());
    blocklists = new BlocklistService(regions, accounts, friends, writes, stores);
    lists = new FriendListService(regions, accounts, writes, stores, texts);
    follows = new FollowService(regions, accounts, writes, stores);
    friendCommands =
        new FriendCommands(
            friends,
            hook,
            lookup,
            new FriendRequestService(regions, accounts, writes, stores),
            accounts);
    relationCommands = new RelationCommands(lists, blocklists, follows);
    profileCommands = new ProfileCommands(profiles, lookup, accounts);
    accounts.onDeletion(this::clean);
    profiles.onChange(events::profileChanged);
  }

  /** REST endpoints. */
  public List<Endpoint> endpoints() {
    List<Endpoint> all = new ArrayList<>();
    all.addAll(new FriendRestApi(friends, lookup).endpoints());
    all.addAll(new FriendDataRestApi(lookup, profiles).endpoints());
    all.addAll(new BlocklistRestApi(blocklists).endpoints());
    all.addAll(new FriendListRestApi(lists).endpoints());
    all.addAll(new FollowRestApi(follows, profiles).endpoints());
    return all;
  }

  /** Client commands. */
  public List<Command> commands() {
    List<Command> all = new ArrayList<>(profileCommands.commands());
    all.addAll(friendCommands.commands());
    all.addAll(relationCommands.commands());
    return all;
  }

  /**
   * Profile, friends, requests and blocklist, as the account's devices are given them at once. Most
   * accounts have few of them, so the account's own numbers are asked first.
   */
  public List<ObjectNode> sections(App app, Account self) {
    RelationHead head = regions.of(app).read(c -> stores.heads().of(c, self.id()));
    ObjectNode profile = Json.object();
    profile.set("profile", profileCommands.own(app, self));
    boolean friendless = head.get(Count.FRIENDS) == 0 && head.get(Sequence.LISTS) == 0;
    boolean unasked = head.get(Count.REQUESTS_IN) == 0 && head.get(Count.REQUESTS_OUT) == 0;
    ObjectNode nobody = Json.object();
    nobody.putArray("friends");
    nobody.putArray("friendGroups");
    ObjectNode nothing = Json.object();
    nothing.putArray("requests");
    nothing.put("requestsUnread", 0);
    ObjectNode unblocked = Json.object();
    unblocked.putArray("blocked");
    return List.of(
        profile,
        friendless ? nobody : friendCommands.friendSection(app, self),
        unasked ? nothing : friendCommands.requestSection(app, self),
        head.get(Count.BLOCKED) == 0 ? unblocked : relationCommands.blockSection(app, self));
  }

  /** Blocklists, which sending asks. */
  public BlocklistService blocklists() {
    return blocklists;
  }

  /** Who is whose friend, which sending asks where only friends may chat. */
  public FriendLookup friends() {
    return lookup;
  }

  private void clean(UnitOfWork unit, Account account) throws SQLException {
    stores.heads().lock(unit.connection(), List.of(account.id()));
    Map<Long, Integer> bereaved = cleaner.bereaved(unit.connection(), account.id());
    int pairs = cleaner.pairs(unit.connection(), account.id());
    cleaner.clean(unit.connection(), account.id());
    unit.counts().add(account.appId(), Counter.FRIENDS_REMOVED, pairs);
    unit.onCommit(
        () -> {
          blocklists.forget(account.id());
          bereaved.forEach(
              (owner, sequence) -> events.friendDeleted(owner, account.userId(), sequence));
        });
  }
}
