package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.group.Topics.NewTopic;
import im.palisade.server.group.Topics.Self;
import im.palisade.server.group.Topics.TopicChange;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/** Topics of communities (rest-groups-advanced Part I). */
public final class TopicRestApi {
  private static final String SERVICE = "million_group_open_http_svc";
  private static final int MAX_IDS = Topics.MAX_TOPICS;

  private static final Field<String> NEW_NAME =
      Field.text("TopicName", 512, "its name; not empty").required();
  private static final Field<String> NAME = Field.text("TopicName", 512, "its name; not empty");
  private static final Field<String> CHOSEN_ID =
      Field.text("TopicId", 1 << 10, "<GroupId>@TOPIC#_ and a text of the app's choice");
  private static final Field<String> TOPIC_ID =
      Field.text("TopicId", 1 << 10, "the topic").required();
  private static final Field<String> FROM_ACCOUNT =
      Field.userId("From_Account", "shown as the operator; acts with its own rights");
  private static final Field<String> CUSTOM_STRING =
      Field.text("CustomString", Topic.MAX_CUSTOM_STRING, "free text of the app");
  private static final Field<String> MUTE_ALL =
      Field.word("MuteAllMember", List.of("On", "Off"), "whether only owner and admins may speak");
  private static final Field<Long> CREATE_TIME =
      Field.u32("CreateTime", "UNIX seconds; now without it");
  private static final Field<String> TYPE =
      Field.word("Type", List.of("Community"), "only Community");
  private static final Field<String> READER =
      Field.userId("From_Account", "whose place in the topics is told");
  private static final Field<List<String>> SOME_IDS =
      Field.list("TopicIdList", GroupFields.NAME_SHAPE, 0, MAX_IDS, "only these; all without it")
          .defaultsTo(List.of());
  private static final Field<List<String>> IDS =
      Field.list("TopicIdList", GroupFields.NAME_SHAPE, 1, MAX_IDS, "topics to end").required();
  private static final Field<List<String>> FILTER =
      GroupFields.names("ResponseFilter", "names of topic fields");

  private final GroupService groups;
  private final Topics topics;
  private final AccountService accounts;

  TopicRestApi(GroupServices services, Topics topics) {
    this.groups = services.groups();
    this.accounts = services.accounts();
    this.topics = topics;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration changes = AuditDeclaration.records("group.update");
    return List.of(
        Endpoint.of(SERVICE, "create_topic", Family.GROUP)
            .meaning("Makes a topic in a community")
            .fields(
                GroupFields.GROUP_ID,
                NEW_NAME,
                CHOSEN_ID,
                FROM_ACCOUNT,
                CUSTOM_STRING,
                GroupFields.FACE_URL,
                GroupFields.NOTIFICATION,
                GroupFields.INTRODUCTION)
            .handledBy(changes, this::create),
        Endpoint.of(SERVICE, "get_topic", Family.GROUP)
            .meaning("Reads topics")
            .fields(GroupFields.GROUP_ID, READER, SOME_IDS, FILTER)
            .handledBy(AuditDeclaration.none("an app's back end reads its own groups"), this::read),
        Endpoint.of(SERVICE, "modify_topic", Family.GROUP)
            .meaning("Changes a topic")
            .fields(
                GroupFields.GROUP_ID,
                TOPIC_ID,
                FROM_ACCOUNT,
                NAME,
                GroupFields.FACE_URL,
                GroupFields.NOTIFICATION,
                GroupFields.INTRODUCTION,
                CUSTOM_STRING,
                MUTE_ALL)
            .handledBy(changes, this::modify),
        Endpoint.of(SERVICE, "destroy_topic", Family.GROUP)
            .meaning("Ends topics for ever")
            .fields(GroupFields.GROUP_ID, IDS)
            .handledBy(changes, this::destroy),
        Endpoint.of(GroupFields.SERVICE, "import_topic", Family.GROUP)
            .meaning("Takes over a topic of another system")
            .fields(
                GroupFields.GROUP_ID,
                NEW_NAME,
                CHOSEN_ID,
                FROM_ACCOUNT,
                CUSTOM_STRING,
                GroupFields.FACE_URL,
                GroupFields.NOTIFICATION,
                GroupFields.INTRODUCTION,
                CREATE_TIME,
                TYPE)
            .aliases(SERVICE + "/import_topic")
            .handledBy(changes, this::take));
  }

  private RestReply create(RestCall call) {
    NewTopic wanted = wanted(call, OptionalLong.empty(), false);
    return made(call, wanted);
  }

  private RestReply take(RestCall call) {
    call.find(TYPE);
    OptionalLong time = call.find(CREATE_TIME).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    return made(call, wanted(call, time, true));
  }

  private RestReply made(RestCall call, NewTopic wanted) {
    Optional<String> from = call.find(FROM_ACCOUNT);
    Group group = group(call);
    Topic topic = topics.create(call.app(), RestActors.of(accounts, call, from), group, wanted);
    return RestReply.ok(Json.object().put("TopicId", topic.topicId()));
  }

  private static NewTopic wanted(RestCall call, OptionalLong time, boolean imported) {
    return new NewTopic(
        call.find(CHOSEN_ID),
        new GroupTexts(
            GroupFields.name(call.app(), call.get(NEW_NAME)),
            call.find(GroupFields.INTRODUCTION).orElse(""),
            call.find(GroupFields.NOTIFICATION).orElse(""),
            call.find(GroupFields.FACE_URL).orElse("")),
        call.find(CUSTOM_STRING).orElse(""),
        time,
        imported);
  }

  private RestReply read(RestCall call) {
    App app = call.app();
    List<String> wanted = call.get(SOME_IDS);
    Optional<Set<String>> filter =
        call.find(FILTER).filter(names -> !names.isEmpty()).map(HashSet::new);
    Optional<String> reader = call.find(READER);
    Group group = group(call);
    topics.check(app, group);
    Map<String, Topic> live = new LinkedHashMap<>();
    topics.list(app, group).forEach(topic -> live.put(topic.topicId(), topic));
    Optional<Account> account = reader.flatMap(userId -> accounts.find(app, userId));
    Map<Long, Self> own =
        account.map(each -> topics.self(app, group, each.id(), live.values())).orElse(Map.of());
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("TopicAndSelfInfo");
    List<String> ids = new ArrayList<>(live.keySet());
    if (!wanted.isEmpty()) {
      ids.retainAll(wanted);
      wanted.stream().filter(id -> !live.containsKey(id)).distinct().forEach(ids::add);
    }
    for (String id : ids) {
      Topic topic = live.get(id);
      if (topic == null) {
        ObjectNode entry = list.addObject();
        entry
            .put("ErrorCode", ErrorCode.TOPIC_NOT_FOUND.number())
            .put("ErrorInfo", ErrorCode.TOPIC_NOT_FOUND.meaning());
        entry.putObject("TopicInfo").put("TopicId", id).put("GroupID", group.groupId());
      } else {
        ObjectNode entry = list.addObject().put("ErrorCode", 0).put("ErrorInfo", "");
        if (reader.isPresent()) {
          Self self = own.getOrDefault(topic.id(), new Self(0, 0, group.type().msgFlag(), 0));
          entry
              .putObject("SelfInfo")
              .put("ShutUpTime", self.muteUntil())
              .put("MsgSeq", self.readSeq())
              .put("MsgFlag", self.msgFlag().wireName());
        }
        entry.set("TopicInfo", json(group, topic, filter));
      }
    }
    return GroupFields.within(RestReply.ok(reply));
  }

  private static ObjectNode json(Group group, Topic topic, Optional<Set<String>> filter) {
    Predicate<String> wanted = name -> filter.map(names -> names.contains(name)).orElse(true);
    ObjectNode json = Json.object().put("TopicId", topic.topicId()).put("GroupID", group.groupId());
    ObjectNode all =
        Json.object()
            .put("TopicName", topic.texts().name())
            .put("FaceUrl", topic.texts().faceUrl())
            .put("Notification", topic.texts().notification())
            .put("Introduction", topic.texts().introduction())
            .put("CreateTime", topic.createTime())
            .put("LastMsgTime", topic.lastMsgTime())
            .put("NextMsgSeq", topic.lastSeq() + 1)
            .put("CustomString", topic.customString())
            .put("MuteAllMember", topic.muteAll() ? "On" : "Off")
            .put("ShutUpAllFlag", topic.muteAll() ? 1 : 0);
    all.properties()
        .forEach(
            field -> {
              if (wanted.test(field.getKey())) {
                json.set(field.getKey(), field.getValue());
              }
            });
    return json;
  }

  private RestReply modify(RestCall call) {
    String topicId = call.get(TOPIC_ID);
    TopicChange change =
        new TopicChange(
            call.find(NAME).map(name -> GroupFields.name(call.app(), name)),
            call.find(GroupFields.INTRODUCTION),
            call.find(GroupFields.NOTIFICATION),
            call.find(GroupFields.FACE_URL),
            call.find(CUSTOM_STRING),
            call.find(MUTE_ALL).map("On"::equals));
    Optional<String> from = call.find(FROM_ACCOUNT);
    topics.modify(call.app(), RestActors.of(accounts, call, from), group(call), topicId, change);
    return RestReply.ok();
  }

  private RestReply destroy(RestCall call) {
    List<String> ids = call.get(IDS);
    Map<String, Boolean> outcomes =
        topics.destroy(call.app(), RestActors.of(accounts, call), group(call), ids);
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("DestroyResultItem");
    outcomes.forEach(
        (id, ended) ->
            list.addObject()
                .put("TopicId", id)
                .put("ErrorCode", ended ? 0 : ErrorCode.TOPIC_NOT_FOUND.number())
                .put("ErrorInfo", ended ? "" : ErrorCode.TOPIC_NOT_FOUND.meaning()));
    return RestReply.ok(reply);
  }

  private Group group(RestCall call) {
    return groups.require(call.app(), call.get(GroupFields.GROUP_ID));
  }
}
