package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.app.GroupSettings;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.conversation.ConversationHeads;
import im.palisade.server.gateway.AudienceId;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.message.GroupPositionStore;
import im.palisade.server.message.GroupUnreadStore;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Regions;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Topics of communities (rest-groups-advanced Part I); their messages are another's. */
public final class Topics {
  /** Most topics of a community. */
  public static final int MAX_TOPICS = 200;

  private static final GroupUnreadStore.Unread NO_NEWS = new GroupUnreadStore.Unread(0, true);

  private final Regions regions;
  private final GroupOrder order;
  private final TopicStore store;
  private final MemberStore members;
  private final TopicOptions options;
  private final SessionDirectory sessions;
  private final GroupUnreadStore unread = new GroupUnreadStore();
  private final GroupPositionStore positions = new GroupPositionStore();
  private final GroupMutes mutes;
  private final GroupRemains remains;
  private final Audiences audiences;
  private final GroupTextCheck texts;
  private final Clock clock;

  Topics(
      Regions regions,
      GroupOrder order,
      TopicStore store,
      MemberStore members,
      TopicOptions options,
      SessionDirectory sessions,
      GroupMutes mutes,
      GroupRemains remains,
      Audiences audiences,
      GroupTextCheck texts,
      Clock clock) {
    this.regions = regions;
    this.order = order;
    this.store = store;
    this.members = members;
    this.options = options;
    this.sessions = sessions;
    this.mutes = mutes;
    this.remains = remains;
    this.audiences = audiences;
    this.texts = texts;
    this.clock = clock;
  }

  /**
   * A topic to make.
   *
   * @param topicId chosen by the app; assigned when empty
   * @param createTime UNIX seconds of an import; now when empty
   */
  public record NewTopic(
      Optional<String> topicId,
      GroupTexts texts,
      String customString,
      OptionalLong createTime,
      boolean imported) {}

  /** What is to become of a topic; what is empty stays. */
  public record TopicChange(
      Optional<String> name,
      Optional<String> introduction,
      Optional<String> notification,
      Optional<String> faceUrl,
      Optional<String> customString,
      Optional<Boolean> muteAll) {}

  /**
   * An account's own in a topic.
   *
   * @param muteUntil UNIX seconds; 0 when it is not muted
   * @param msgFlag its own option there, else the one it has in the community
   */
  public record Self(long muteUntil, long readSeq, MsgFlag msgFlag, long unread) {}

  /**
   * Lets pass communities with topics.
   *
   * @throws ImException COMMUNITY_OFF, GROUP_NOT_PERMITTED
   */
  public void check(App app, Group group) {
    if (!group.type().allows(Rule.TOPICS)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the type has no topics");
    }
    GroupSettings settings = app.settings().groups();
    if (!group.supportTopic() || !settings.community() || !settings.topics()) {
      throw new ImException(ErrorCode.COMMUNITY_OFF);
    }
  }

  /** The live topic of that name. */
  public Optional<Topic> find(App app, Group group, String topicId) {
    return regions
        .of(app)
        .read(connection -> store.find(connection, group.id(), List.of(topicId)))
        .stream()
        .findFirst();
  }

  /**
   * The live topic of that name.
   *
   * @throws ImException GROUP_INVALID_PARAMETER for a group without topics, GROUP_ID_INVALID,
   *     GROUP_NOT_FOUND
   */
  public Topic require(App app, Group group, String topicId) {
    if (!group.supportTopic()) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "the group has no topics");
    }
    GroupIds.checkTopic(topicId);
    return find(app, group, topicId)
        .orElseThrow(() -> new ImException(ErrorCode.GROUP_NOT_FOUND, "no such topic"));
  }

  /** The live topics of a community, all or some, in the order of their making. */
  public List<Topic> list(App app, Group group) {
    return regions.of(app).read(connection -> store.all(connection, group.id()));
  }

  /** What an account has in topics. */
  public Map<Long, Self> self(App app, Group group, long accountId, Collection<Topic> topics) {
    List<Long> ids = topics.stream().map(Topic::id).toList();
    long now = clock.instant().getEpochSecond();
    return regions
        .of(app)
        .read(
            connection -> {
              Map<Long, TopicStore.Self> own = store.self(connection, accountId, ids);
              Map<Long, Long> muted = store.mutes(connection, accountId, ids);
              Map<Long, GroupUnreadStore.Unread> news = unread.unread(connection, accountId, ids);
              MsgFlag inherited =
                  members
                      .find(connection, group.id(), accountId)
                      .map(GroupMember::msgFlag)
                      .orElse(group.type().msgFlag());
              Map<Long, Self> all = new LinkedHashMap<>();
              for (long id : ids) {
                TopicStore.Self self = own.getOrDefault(id, new TopicStore.Self(0, 0));
                all.put(
                    id,
                    new Self(
                        GroupMutes.shown(muted.getOrDefault(id, 0L), now),
                        self.readSeq(),
                        inherited == MsgFlag.DISCARD || self.msgFlag() == 0
                            ? inherited
                            : MsgFlag.ofCode(self.msgFlag()),
                        news.getOrDefault(id, NO_NEWS).count()));
              }
              return all;
            });
  }

  /**
   * Makes a topic.
   *
   * @throws ImException COMMUNITY_OFF, GROUP_NOT_PERMITTED, GROUP_INVALID_PARAMETER,
   *     GROUP_ID_IN_USE, GROUP_TOO_MANY_JOINED, TEXT_PROHIBITED
   */
  public Topic create(App app, Actor actor, Group group, NewTopic wanted) {
    wanted.topicId().ifPresent(id -> GroupIds.checkChosenTopic(id, group.groupId()));
    check(app, group);
    long now = clock.instant().getEpochSecond();
    if (wanted.createTime().orElse(now) > now) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "CreateTime is in the future");
    }
    if (!wanted.imported()) {
      var _ =
          order.ask(
              app,
              actor,
              new GroupHook.Intent.CreateTopic(
                  group, actor.account().userId(), wanted.texts().name()));
    }
    GroupTexts passed = texts.pass(app, actor, wanted.texts());
    return order.change(
        app,
        group,
        changing -> {
          permit(changing, actor, 0);
          if (store.count(changing.connection(), group.id()) >= MAX_TOPICS) {
            throw new ImException(ErrorCode.GROUP_TOO_MANY_JOINED, "too many topics");
          }
          Topic topic =
              new Topic(
                  GroupStore.insertConversation(
                      changing.connection(), app.appId(), TopicStore.KIND_TOPIC),
                  group.id(),
                  wanted.topicId().orElseGet(() -> GroupIds.assignedTopic(group.groupId())),
                  passed,
                  wanted.customString(),
                  wanted.createTime().orElse(now),
                  false,
                  0,
                  0,
                  0);
          if (!store.insert(changing.connection(), topic)) {
            throw new ImException(ErrorCode.GROUP_ID_IN_USE);
          }
          changing.record(actor, "group.update", List.of());
          if (!wanted.imported()) {
            tell(changing, "created", actor.account(), List.of(topic));
            changing.happened(
                actor,
                new GroupHook.Fact.TopicCreated(
                    members.userId(changing.connection(), changing.group().ownerId()), topic));
          }
          return topic;
        });
  }

  /**
   * Changes a topic.
   *
   * @throws ImException COMMUNITY_OFF, GROUP_NOT_PERMITTED, GROUP_NOT_FOUND, TEXT_PROHIBITED
   */
  public void modify(App app, Actor actor, Group group, String topicId, TopicChange change) {
    check(app, group);
    long id = require(app, group, topicId).id();
    GroupTexts passed =
        texts.pass(
            app,
            actor,
            new GroupTexts(
                change.name().orElse(""),
                change.introduction().orElse(""),
                change.notification().orElse(""),
                change.faceUrl().orElse("")));
    order.change(
        app,
        group,
        changing -> {
          permit(changing, actor, id);
          Topic before = locked(changing, topicId, id);
          GroupTexts old = before.texts();
          Topic after =
              new Topic(
                  id,
                  before.communityId(),
                  topicId,
                  new GroupTexts(
                      change.name().map(any -> passed.name()).orElse(old.name()),
                      change
                          .introduction()
                          .map(any -> passed.introduction())
                          .orElse(old.introduction()),
                      change
                          .notification()
                          .map(any -> passed.notification())
                          .orElse(old.notification()),
                      change.faceUrl().orElse(old.faceUrl())),
                  change.customString().orElse(before.customString()),
                  before.createTime(),
                  change.muteAll().orElse(before.muteAll()),
                  before.version(),
                  before.lastSeq(),
                  before.lastMsgTime());
          if (!after.equals(before)) {
            store.update(changing.connection(), after);
            if (after.muteAll() && !before.muteAll()) {
              ConversationHeads.moveVersion(changing.connection(), id);
            }
            changing.record(actor, "group.update", List.of());
            tell(changing, "changed", actor.account(), List.of(after));
            Map<String, String> changed = after.texts().differingFrom(old);
            if (!changed.isEmpty()) {
              changing.happened(actor, new GroupHook.Fact.TopicChanged(topicId, changed));
            }
          }
          return null;
        });
  }

  /**
   * Ends topics, each for itself.
   *
   * @return whether it was there, by name, in the order given
   * @throws ImException COMMUNITY_OFF, GROUP_NOT_PERMITTED
   */
  public Map<String, Boolean> destroy(
      App app, Actor actor, Group group, Collection<String> topicIds) {
    check(app, group);
    record Ended(Map<String, Boolean> outcomes, List<Topic> topics) {}
    Ended ended =
        order.change(
            app,
            group,
            changing -> {
              permit(changing, actor, 0);
              Map<String, Topic> live = new LinkedHashMap<>();
              store
                  .find(changing.connection(), group.id(), topicIds)
                  .forEach(topic -> live.put(topic.topicId(), topic));
              Map<String, Boolean> outcomes = new LinkedHashMap<>();
              for (String topicId : topicIds) {
                Topic topic = live.get(topicId);
                outcomes.put(topicId, topic != null);
                if (topic != null) {
                  store.markGone(changing.connection(), topic.id());
                  ConversationHeads.moveVersion(changing.connection(), topic.id());
                }
              }
              List<Topic> gone = List.copyOf(live.values());
              if (!gone.isEmpty()) {
                changing.record(actor, "group.update", List.of());
                tell(changing, "deleted", actor.account(), gone);
                changing.happened(
                    actor,
                    new GroupHook.Fact.TopicsDestroyed(gone.stream().map(Topic::topicId).toList()));
              }
              return new Ended(outcomes, gone);
            });
    ended.topics().forEach(topic -> remains.clean(app, topic.id()));
    return ended.outcomes();
  }

  /**
   * Mutes accounts in one topic; unknown accounts are passed over.
   *
   * @throws ImException as {@link #require}, GROUP_NOT_PERMITTED
   */
  public void mute(
      App app, Actor actor, Group group, String topicId, Collection<String> userIds, long seconds) {
    GroupMutes.checkType(group);
    long id = require(app, group, topicId).id();
    List<Account> named = mutes.named(app, userIds);
    long now = clock.instant().getEpochSecond();
    order.change(
        app,
        group,
        changing -> {
          for (Account account : named) {
            mutes.permit(changing, actor, account.id(), id);
          }
          locked(changing, topicId, id);
          mutes.set(changing, id, named, seconds, now);
          ConversationHeads.moveVersion(changing.connection(), id);
          if (!named.isEmpty()) {
            changing.record(actor, "group.mute", named);
            changing.tip(
                Rule.TIP_MUTE,
                GroupTips.muted(group, actor.account(), GroupMutes.each(named, seconds)));
          }
          return null;
        });
  }

  /**
   * A member says how messages of a topic are to reach it (client-features §9).
   *
   * @throws ImException as {@link #require}, GROUP_NOT_PERMITTED for one who is no member
   */
  public void setOption(App app, Actor actor, Group group, String topicId, MsgFlag flag) {
    long id = require(app, group, topicId).id();
    long account = actor.account().id();
    order.change(
        app,
        group,
        changing -> {
          if (changing.member(account).isEmpty()) {
            throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "no member of the group");
          }
          Topic topic = locked(changing, topicId, id);
          int before =
              store
                  .self(changing.connection(), account, List.of(id))
                  .getOrDefault(id, new TopicStore.Self(0, 0))
                  .msgFlag();
          if (before == flag.code()) {
            return null;
          }
          store.option(changing.connection(), id, account, flag);
          boolean communityDiscards =
              changing.member(account).orElseThrow().msgFlag() == MsgFlag.DISCARD;
          if (!communityDiscards && (flag == MsgFlag.DISCARD || before == MsgFlag.DISCARD.code())) {
            store.holdOnList(changing.connection(), id, account, flag == MsgFlag.DISCARD);
          }
          if (before == MsgFlag.DISCARD.code()) {
            // What came while it was discarded is unread for nobody: counting begins anew.
            positions.advance(
                changing.connection(),
                Conversation.topic(id, topic.version()),
                account,
                Long.MAX_VALUE);
          }
          changing.record(actor, "group.update", List.of(actor.account()));
          changing.unit().onCommit(() -> toldOption(group, topic, account, flag));
          return null;
        });
  }

  private void toldOption(Group group, Topic topic, long account, MsgFlag flag) {
    List<Session> own = sessions.of(account);
    options.set(topic.id(), own, flag == MsgFlag.DISCARD);
    EncodedFrame frame =
        EncodedFrame.event(
            ClientEvent.GROUP_SELF,
            Json.object()
                .put("groupId", group.groupId())
                .put("topicId", topic.topicId())
                .put("msgFlag", flag.wireName()));
    own.forEach(session -> session.send(frame));
  }

  private Topic locked(Changing changing, String topicId, long id) throws SQLException {
    return store.find(changing.connection(), changing.group().id(), List.of(topicId)).stream()
        .filter(topic -> topic.id() == id)
        .findFirst()
        .orElseThrow(() -> new ImException(ErrorCode.GROUP_NOT_FOUND, "no such topic"));
  }

  private static void permit(Changing changing, Actor actor, long topicId) throws SQLException {
    if (changing.group().enablePermission()) {
      changing.require(actor, Permit.MANAGE_TOPICS, topicId);
    } else {
      changing.require(actor, Rule.EDIT_REST);
    }
  }

  /** G-TOPIC to every member who is connected. */
  private void tell(Changing changing, String what, Account operator, List<Topic> topics) {
    Group group = changing.group();
    ObjectNode json =
        Json.object()
            .put("groupId", group.groupId())
            .put("what", what)
            .put("operator", operator.userId());
    var list = json.putArray("topics");
    for (Topic topic : topics) {
      ObjectNode each = list.addObject().put("topicId", topic.topicId());
      if (!what.equals("deleted")) {
        each.put("name", topic.texts().name())
            .put("introduction", topic.texts().introduction())
            .put("notification", topic.texts().notification())
            .put("faceUrl", topic.texts().faceUrl())
            .put("customString", topic.customString())
            .put("muteAll", topic.muteAll());
      }
    }
    App app = changing.app();
    changing
        .unit()
        .onCommit(
            () ->
                audiences.say(
                    new AudienceId(app.appId(), group.id()),
                    EncodedFrame.event(ClientEvent.GROUP_TOPIC, json)));
  }
}
