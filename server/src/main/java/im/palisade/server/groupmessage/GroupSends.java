package im.palisade.server.groupmessage;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupService;
import im.palisade.server.group.Rule;
import im.palisade.server.group.TopicOptions;
import im.palisade.server.groupmessage.PlaceStore.Standing;
import im.palisade.server.message.Announced;
import im.palisade.server.message.GroupNote;
import im.palisade.server.message.GroupRef;
import im.palisade.server.message.MessageHooks;
import im.palisade.server.message.MessageService;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.message.Permission;
import im.palisade.server.message.Receipt;
import im.palisade.server.message.Target;
import im.palisade.server.mute.MuteService;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What a message must pass before it goes into a group (group-semantics §7.5): the same for clients
 * and back ends, but that the app itself is neither muted nor needs to belong.
 */
final class GroupSends {
  /** Most members of a group whose messages may ask for receipts. */
  static final int MAX_RECEIPT_MEMBERS = 200;

  /** How anybody stands where nobody is asked. */
  private static final Standing ANYBODY =
      new Standing(0, false, false, false, "", 0, false, true, true);

  private final Regions regions;
  private final Places places;
  private final GroupService groups;
  private final AccountService accounts;
  private final MuteService mutes;
  private final MessageService messages;
  private final MessageHooks hooks;
  private final RoomSends rooms;
  private final Activation activation;
  private final TopicOptions topicOptions;
  private final GroupMessageMetrics metrics;
  private final Clock clock;
  private final PlaceStore store = new PlaceStore();
  private final SendBudget budget = new SendBudget();

  GroupSends(
      Regions regions,
      Places places,
      GroupService groups,
      AccountService accounts,
      MuteService mutes,
      MessageService messages,
      MessageHooks hooks,
      RoomSends rooms,
      Activation activation,
      TopicOptions topicOptions,
      GroupMessageMetrics metrics,
      Clock clock) {
    this.regions = regions;
    this.places = places;
    this.groups = groups;
    this.accounts = accounts;
    this.mutes = mutes;
    this.messages = messages;
    this.hooks = hooks;
    this.rooms = rooms;
    this.activation = activation;
    this.topicOptions = topicOptions;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Who sends. */
  enum Author {
    /** A user through a client: must belong, may be muted. */
    USER,
    /** A back end for an account: need not belong, may be muted. */
    APP_FOR_ACCOUNT,
    /** The calling administrator itself. */
    APP
  }

  /** Who waits for the answer. */
  interface Answer extends MessageService.Answer {
    /**
     * It was beyond the budget: nobody gets it and the sender is to see success. Called before
     * {@link #send} returns.
     */
    void dropped(long time);
  }

  /**
   * Sends; the answer comes later.
   *
   * @throws ImException whatever forbids the message as it stands
   */
  void send(
      App app, Place place, Account sender, Author author, Door door, Draft draft, Answer answer) {
    Group group = place.group();
    Standing standing = ANYBODY;
    List<Account> only = List.of();
    try {
      checkType(app, group, draft);
      if (!group.type().isLive()) {
        standing = permitted(app, place, sender, author, draft);
        only = receivers(app, group, draft);
      }
    } catch (ImException refusal) {
      hooks.refused(
          outgoing(app, place, sender, author, door, draft, standing, List.of(), List.of()),
          refusal);
      throw refusal;
    }
    List<Account> mentioned = List.copyOf(accounts.findAll(app, draft.mentions()).values());
    OutgoingMessage message =
        outgoing(app, place, sender, author, door, draft, standing, only, mentioned);
    if (group.type().isLive()) {
      sendToRoom(group, message, answer);
    } else {
      messages.send(message, new Dropping(app, answer));
    }
  }

  private Standing permitted(App app, Place place, Account sender, Author author, Draft draft) {
    Standing standing =
        regions.of(app).read(connection -> store.standing(connection, place, sender.id()));
    if (author != Author.APP && mutes.of(app, sender).groupLeft(now()) > 0) {
      throw new ImException(ErrorCode.GROUP_SENDER_MUTED);
    }
    check(standing, author, draft);
    if (draft.needsReceipt()) {
      checkReceipt(app, place.group(), draft);
    }
    return standing;
  }

  /** Tells of success where the app does not want senders to know what was beyond the budget. */
  private final class Dropping implements MessageService.Answer {
    private final App app;
    private final Answer answer;

    Dropping(App app, Answer answer) {
      this.app = app;
      this.answer = answer;
    }

    @Override
    public void sent(Receipt receipt) {
      answer.sent(receipt);
    }

    @Override
    public void refused(ImException reason) {
      if (reason.code() == ErrorCode.GROUP_MESSAGE_RATE_EXCEEDED.number()
          && !app.settings().groups().rateReject()) {
        answer.dropped(now());
      } else {
        answer.refused(reason);
      }
    }
  }

  /**
   * The place a message is for; the app's own server is told of one that goes nowhere.
   *
   * @param named what its sender called it
   * @param drafts reads the message
   * @throws ImException what looking for it threw
   */
  Place directed(
      App app,
      GroupRef named,
      String from,
      Supplier<Draft> drafts,
      Announced announced,
      Supplier<Place> found) {
    try {
      return found.get();
    } catch (ImException refusal) {
      tellOfMisdirected(app, named, from, drafts, announced, refusal);
      throw refusal;
    }
  }

  private void tellOfMisdirected(
      App app,
      GroupRef named,
      String from,
      Supplier<Draft> drafts,
      Announced announced,
      ImException refusal) {
    Draft draft;
    try {
      draft = drafts.get();
    } catch (ImException invalid) {
      // Not a message at all: there is nothing to tell of.
      return;
    }
    hooks.misdirected(
        new MessageHooks.Misdirected(
            app, named, from, draft.random(), draft.onlineOnly(), draft.body(), announced),
        refusal);
  }

  /** A live room asks for rights itself: it knows who is there. */
  private void sendToRoom(Group room, OutgoingMessage message, Answer answer) {
    rooms.send(room, message).ifPresentOrElse(answer::sent, () -> answer.dropped(now()));
  }

  /** What the group's type does not have is refused before anybody's rights are asked. */
  private static void checkType(App app, Group group, Draft draft) {
    boolean live = group.type().isLive();
    boolean controlled = draft.noUnread() || draft.noLastMessage();
    refuse(controlled && (live || draft.onlineOnly()), "SendMsgControl is not allowed here");
    refuse(
        draft.noUnread() && !group.type().allows(Rule.NO_UNREAD),
        "NoUnread is not allowed in this type");
    refuse(
        draft.noLastMessage() && !group.type().allows(Rule.NO_LAST_MSG),
        "NoLastMsg is not allowed in this type");
    refuse(
        !draft.to().isEmpty()
            && (!group.type().allows(Rule.TARGETED) || !draft.mentions().isEmpty()),
        "To_Account is not allowed here");
    refuse(draft.to().size() > Draft.MAX_RECEIVERS, "more than 50 receivers");
    if (draft.mentions().size() > Draft.MAX_MENTIONS) {
      throw new ImException(ErrorCode.GROUP_MENTIONS_EXCEEDED);
    }
    refuse(
        draft.mentions().contains(GroupNote.EVERYBODY) && !group.type().allows(Rule.AT_ALL),
        "not everybody can be mentioned here");
    if (draft.needsReceipt() && !hasReceipts(app, group)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "no receipts in this type");
    }
  }

  /** Whether messages of the group may ask for receipts. */
  static boolean hasReceipts(App app, Group group) {
    return group.type().allows(Rule.RECEIPTS)
        && app.settings().groups().receipts().contains(group.type().base().wireName());
  }

  private static void refuse(boolean refused, String why) {
    if (refused) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, why);
    }
  }

  private void check(Standing standing, Author author, Draft draft) {
    if (standing.gone()) {
      throw new ImException(ErrorCode.GROUP_NOT_FOUND);
    }
    if (author == Author.USER && !standing.member()) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not a member");
    }
    boolean toAll = draft.mentions().contains(GroupNote.EVERYBODY);
    if (author == Author.USER && !(standing.maySend() && (standing.mayMentionAll() || !toAll))) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not granted by a permission group");
    }
    boolean muted = standing.mutedUntil() > now() || standing.mutedByAll();
    if (author != Author.APP && muted) {
      throw new ImException(ErrorCode.GROUP_SENDER_MUTED);
    }
  }

  private void checkReceipt(App app, Group group, Draft draft) {
    if (draft.onlineOnly()) {
      throw new ImException(ErrorCode.GROUP_RECEIPT_ONLINE_ONLY);
    }
    int members = regions.of(app).read(connection -> store.members(connection, group.id()));
    if (members > MAX_RECEIPT_MEMBERS) {
      throw new ImException(ErrorCode.GROUP_RECEIPTS_TOO_LARGE);
    }
  }

  private List<Account> receivers(App app, Group group, Draft draft) {
    if (draft.to().isEmpty()) {
      return List.of();
    }
    Map<String, Account> named = accounts.findAll(app, draft.to());
    var members = groups.members(app, group, named.values().stream().map(Account::id).toList());
    List<Account> receivers =
        named.values().stream().filter(account -> members.containsKey(account.id())).toList();
    refuse(receivers.isEmpty(), "no receiver is a member");
    return receivers;
  }

  private OutgoingMessage outgoing(
      App app,
      Place place,
      Account sender,
      Author author,
      Door door,
      Draft draft,
      Standing standing,
      List<Account> only,
      List<Account> mentioned) {
    Target.Group target =
        new Target.Group(
            place.conversation(standing.version()),
            place.group().id(),
            place.wireName(),
            place.ref(),
            new StillPermitted(app, place, sender, author, draft),
            standing.member(),
            place.group().type().allows(Rule.UNREAD),
            only,
            mentioned,
            place.topic().map(topic -> topicOptions.deafTo(topic.id())).orElse(Set.of()));
    GroupNote note = new GroupNote(draft.priority(), standing.nameCard(), draft.mentions());
    return new OutgoingMessage(
        app,
        sender,
        target,
        door,
        draft.random(),
        OptionalLong.empty(),
        false,
        OptionalLong.empty(),
        draft.body().noted(note),
        draft.onlineOnly() && place.group().type().allows(Rule.ONLINE_ONLY),
        true,
        true,
        true,
        draft.noUnread(),
        draft.noLastMessage(),
        draft.needsReceipt(),
        draft.extensible() && !draft.onlineOnly() && place.group().type().allows(Rule.EXTENSIONS),
        OutgoingMessage.MAX_LIFE_TIME,
        draft.offlinePush());
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  /** Asks again under the lock, when somebody in the group may have lost a right. */
  private final class StillPermitted implements Permission {
    private final App app;
    private final Place place;
    private final Account sender;
    private final Author author;
    private final Draft draft;

    private StillPermitted(App app, Place place, Account sender, Author author, Draft draft) {
      this.draft = draft;
      this.app = app;
      this.place = place;
      this.sender = sender;
      this.author = author;
    }

    @Override
    public void check(Connection connection) throws SQLException {
      GroupSends.this.check(store.standing(connection, place, sender.id()), author, draft);
    }

    @Override
    public void forget() {
      places.forget(app, place);
    }

    @Override
    public void admit() {
      if (!budget.admits(
          place.id(),
          draft.priority(),
          app.settings().groups().ratePerSecond(),
          System.nanoTime())) {
        metrics.dropped(draft.priority());
        throw new ImException(ErrorCode.GROUP_MESSAGE_RATE_EXCEEDED);
      }
      if (!place.group().active() && !draft.onlineOnly()) {
        activation.activate(app, place.group());
      }
    }
  }
}
