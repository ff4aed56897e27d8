package im.palisade.server.callback;

import im.palisade.server.app.Webhook;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every webhook this server fires (callbacks §3); the table of docs/webhooks.md is made of it. */
public enum CallbackCommand {
  STATE_CHANGE(
      "State.StateChange", Kind.EVENT, Topic.STATE, "a device logged in, logged out or was lost"),
  PROFILE_SET("Profile.CallbackPortraitSet", Kind.AFTER, Topic.RELATION, "a profile was changed"),
  FRIEND_BEFORE_ADD(
      "Sns.CallbackPrevFriendAdd", Kind.BEFORE, Topic.RELATION, "a client is about to add friends"),
  FRIEND_BEFORE_RESPONSE(
      "Sns.CallbackPrevFriendResponse",
      Kind.BEFORE,
      Topic.RELATION,
      "a client is about to answer a friend request"),
  FRIEND_ADD("Sns.CallbackFriendAdd", Kind.AFTER, Topic.RELATION, "friends were added"),
  FRIEND_DELETE("Sns.CallbackFriendDelete", Kind.AFTER, Topic.RELATION, "friends were removed"),
  BLOCK_ADD("Sns.CallbackBlackListAdd", Kind.AFTER, Topic.RELATION, "users were blocked"),
  BLOCK_DELETE("Sns.CallbackBlackListDelete", Kind.AFTER, Topic.RELATION, "users were unblocked"),
  C2C_BEFORE_SEND(
      "C2C.CallbackBeforeSendMsg",
      Kind.BEFORE,
      Topic.ONE_TO_ONE,
      "a message between two is about to be stored"),
  C2C_AFTER_SEND(
      "C2C.CallbackAfterSendMsg",
      Kind.AFTER,
      Topic.ONE_TO_ONE,
      "a message between two was stored, or could not be sent"),
  C2C_READ(
      "C2C.CallbackAfterMsgReport",
      Kind.AFTER,
      Topic.ONE_TO_ONE,
      "a conversation was marked as read"),
  C2C_RECALL(
      "C2C.CallbackAfterMsgWithDraw", Kind.AFTER, Topic.ONE_TO_ONE, "a message was recalled"),
  C2C_RECEIPT(
      "C2C.CallbackAfterMsgReadReceipt",
      Kind.AFTER,
      Topic.ONE_TO_ONE,
      "receipts were given for messages that asked for them"),
  C2C_MODIFY("C2C.CallbackAfterModifyMsg", Kind.AFTER, Topic.ONE_TO_ONE, "a message was edited"),
  GROUP_BEFORE_CREATE(
      "Group.CallbackBeforeCreateGroup",
      Kind.BEFORE,
      Topic.GROUP,
      "a group is about to be created"),
  GROUP_CREATED("Group.CallbackAfterCreateGroup", Kind.AFTER, Topic.GROUP, "a group was created"),
  GROUP_BEFORE_APPLY(
      "Group.CallbackBeforeApplyJoinGroup",
      Kind.BEFORE,
      Topic.GROUP,
      "a client asks to join a group or room"),
  GROUP_BEFORE_INVITE(
      "Group.CallbackBeforeInviteJoinGroup",
      Kind.BEFORE,
      Topic.GROUP,
      "users are about to be brought into a group"),
  GROUP_JOINED(
      "Group.CallbackAfterNewMemberJoin", Kind.AFTER, Topic.GROUP, "users joined a group or room"),
  GROUP_LEFT(
      "Group.CallbackAfterMemberExit", Kind.AFTER, Topic.GROUP, "members left or were removed"),
  GROUP_BEFORE_SEND(
      "Group.CallbackBeforeSendMsg",
      Kind.BEFORE,
      Topic.GROUP,
      "a message in a group, topic or room is about to be sent"),
  GROUP_AFTER_SEND(
      "Group.CallbackAfterSendMsg",
      Kind.AFTER,
      Topic.GROUP,
      "a message in a group, topic or room was sent"),
  GROUP_EXCEPTION(
      "Group.CallbackSendMsgException",
      Kind.EVENT,
      Topic.GROUP,
      "a message in a group could not be sent"),
  GROUP_RECALL(
      "Group.CallbackAfterRecallMsg", Kind.AFTER, Topic.GROUP, "messages in a group were recalled"),
  GROUP_FULL(
      "Group.CallbackAfterGroupFull",
      Kind.AFTER,
      Topic.GROUP,
      "a group became full, or somebody found it full"),
  GROUP_DESTROYED(
      "Group.CallbackAfterGroupDestroyed", Kind.AFTER, Topic.GROUP, "a group was dissolved"),
  GROUP_CHANGED(
      "Group.CallbackAfterGroupInfoChanged",
      Kind.AFTER,
      Topic.GROUP,
      "a group has another name, introduction, notice or face"),
  GROUP_MEMBER_STATE(
      "Group.CallbackOnMemberStateChange",
      Kind.EVENT,
      Topic.GROUP,
      "a member of a live room was lost for 20 seconds, or is back"),
  GROUP_MEMBER_CHANGED(
      "Group.CallbackAfterMemberFieldChanged",
      Kind.AFTER,
      Topic.GROUP,
      "a member has another role or name card"),
  GROUP_ATTRIBUTES(
      "Group.CallbackAfterGroupAttrChanged",
      Kind.AFTER,
      Topic.GROUP,
      "a group's attributes changed"),
  GROUP_RECEIPT(
      "Group.CallbackAfterReadReceipt",
      Kind.AFTER,
      Topic.GROUP,
      "a message asks for receipts, or a member gave some"),
  GROUP_OWNER_CHANGED(
      "Group.CallbackAfterChangeGroupOwner", Kind.AFTER, Topic.GROUP, "a group has another owner"),
  GROUP_QUOTA(
      "Group.CallbackOnDailyGroupQuotaAlarm",
      Kind.AFTER,
      Topic.GROUP,
      "groups made today reach 80 % or 100 % of what the app set"),
  GROUP_MODIFY(
      "Group.CallbackAfterModifyMsg",
      Kind.AFTER,
      Topic.GROUP,
      "a message in a group was edited; an extension of ours"),
  TOPIC_BEFORE_CREATE(
      "Group.CallbackBeforeCreateTopic",
      Kind.BEFORE,
      Topic.GROUP,
      "a topic is about to be created",
      "Group.CallbackBeforeCreateGroup"),
  TOPIC_CREATED(
      "Group.CallbackAfterCreateTopic",
      Kind.AFTER,
      Topic.GROUP,
      "a topic was created",
      "Group.CallbackAfterCreateGroup"),
  TOPIC_DESTROYED(
      "Group.CallbackAfterTopicDestroyed",
      Kind.AFTER,
      Topic.GROUP,
      "topics were destroyed",
      "Group.CallbackAfterGroupDestroyed"),
  TOPIC_CHANGED(
      "Group.CallbackAfterTopicInfoChanged",
      Kind.AFTER,
      Topic.GROUP,
      "a topic has another name, introduction, notice or face",
      "Group.CallbackAfterGroupInfoChanged"),
  BOT_C2C("Bot.OnC2CMessage", Kind.AFTER, Topic.ROBOT, "a user wrote to a robot"),
  BOT_GROUP(
      "Bot.OnGroupMessage",
      Kind.AFTER,
      Topic.ROBOT,
      "a message in a group mentions robots",
      "Bot.OnC2CMessage"),
  BOT_SIGNAL(
      "Chatbot.OnC2CSignalMessage",
      Kind.EVENT,
      Topic.ROBOT,
      "a client sent a robot a signal",
      "Bot.OnC2CMessage"),
  OFFICIAL_BEFORE_CREATE(
      "OfficialAccount.CallbackBeforeCreateOfficialAccount",
      Kind.BEFORE,
      Topic.OFFICIAL_ACCOUNT,
      "an official account is about to be created"),
  OFFICIAL_CREATED(
      "OfficialAccount.CallbackAfterCreateOfficialAccount",
      Kind.AFTER,
      Topic.OFFICIAL_ACCOUNT,
      "an official account was created"),
  OFFICIAL_CHANGED(
      "OfficialAccount.CallbackAfterOfficialAccountInfoChanged",
      Kind.AFTER,
      Topic.OFFICIAL_ACCOUNT,
      "an official account says something else of itself"),
  OFFICIAL_DESTROYED(
      "OfficialAccount.CallbackAfterOfficialAccountDestroyed",
      Kind.AFTER,
      Topic.OFFICIAL_ACCOUNT,
      "an official account was destroyed"),
  OFFICIAL_BEFORE_SUBSCRIBE(
      "OfficialAccount.CallbackBeforeAddSubscriber",
      Kind.BEFORE,
      Topic.OFFICIAL_ACCOUNT,
      "users are about to subscribe"),
  OFFICIAL_SUBSCRIBED(
      "OfficialAccount.CallbackAfterAddSubscriber",
      Kind.AFTER,
      Topic.OFFICIAL_ACCOUNT,
      "users subscribed"),
  OFFICIAL_FULL(
      "OfficialAccount.CallbackAfterOfficialAccountFull",
      Kind.AFTER,
      Topic.OFFICIAL_ACCOUNT,
      "an official account has as many subscribers as it may"),
  OFFICIAL_UNSUBSCRIBED(
      "OfficialAccount.CallbackAfterDeleteSubscriber",
      Kind.AFTER,
      Topic.OFFICIAL_ACCOUNT,
      "users ended their subscription"),
  OFFICIAL_BEFORE_SEND(
      "OfficialAccount.CallbackBeforeSendMsg",
      Kind.BEFORE,
      Topic.OFFICIAL_ACCOUNT,
      "an official account is about to publish"),
  OFFICIAL_AFTER_SEND(
      "OfficialAccount.CallbackAfterSendMsg",
      Kind.AFTER,
      Topic.OFFICIAL_ACCOUNT,
      "an official account published"),
  OFFICIAL_RECALL(
      "OfficialAccount.CallbackAfterMsgWithDraw",
      Kind.AFTER,
      Topic.OFFICIAL_ACCOUNT,
      "publications were recalled"),
  PUSH_OFFLINE(
      "Push.OfflinePush",
      Kind.AFTER,
      Topic.PUSH,
      "a message came for somebody who is away: no push vendor is connected, the app may push"),
  PUSH_ALL("Push.AllMemberPush", Kind.AFTER, Topic.PUSH, "a push to all reached somebody"),
  CONTENT_RESULT(
      "ContentCallback.ResultNotify", Kind.EVENT, Topic.MODERATION, "a text was found wanting"),
  RATE_ALERT(
      "Alert.RequestOverLimit",
      Kind.EVENT,
      Topic.ALERT,
      "a command is called at more than 80 % of its limit; on as soon as there is a URL"),
  JUDGE_TEXT(
      "Palisade.JudgeText",
      Kind.BEFORE,
      Topic.MODERATION,
      "a text is to be judged; sent to the moderation URL, without a switch");

  private final String wireName;
  private final Kind kind;
  private final Topic topic;
  private final String fires;
  private final String switchName;

  CallbackCommand(String wireName, Kind kind, Topic topic, String fires) {
    this(wireName, kind, topic, fires, wireName);
  }

  /** One that shares the switch of another (callbacks §1.5). */
  CallbackCommand(String wireName, Kind kind, Topic topic, String fires, String switchName) {
    this.wireName = wireName;
    this.kind = kind;
    this.topic = topic;
    this.fires = fires;
    this.switchName = switchName;
  }

  /** When a webhook is sent, and what that means for its delivery. */
  public enum Kind {
    /** Before the act, which waits for the answer. */
    BEFORE("before", "before; the answer decides"),
    /** After a stored act: at least once. */
    AFTER("after", "after; at least once"),
    /** After something that is not stored: best effort. */
    EVENT("event", "after; best effort");

    private final String label;
    private final String meaning;

    Kind(String label, String meaning) {
      this.label = label;
      this.meaning = meaning;
    }

    /** In metrics. */
    String label() {
      return label;
    }

    /** In the documents. */
    public String meaning() {
      return meaning;
    }
  }

  /** What a command is about: how switches are grouped. */
  public enum Topic {
    STATE,
    RELATION,
    ONE_TO_ONE,
    GROUP,
    ROBOT,
    OFFICIAL_ACCOUNT,
    PUSH,
    MODERATION,
    ALERT
  }

  /** {@code CallbackCommand}. */
  public String wireName() {
    return wireName;
  }

  /** When it is sent. */
  public Kind kind() {
    return kind;
  }

  /** What it is about. */
  public Topic topic() {
    return topic;
  }

  /** What it fires on. */
  public String fires() {
    return fires;
  }

  /** The name of its switch in the settings; most have one of their own. */
  public String switchName() {
    return switchName;
  }

  /** Whether an app is to be sent it; alerts need nothing but a URL (callbacks §1.5). */
  public boolean isOn(Webhook webhook) {
    return topic == Topic.ALERT ? !webhook.url().isEmpty() : webhook.fires(switchName);
  }

  /** The command of that name. */
  public static Optional<CallbackCommand> ofWireName(String name) {
    return Arrays.stream(values()).filter(each -> each.wireName.equals(name)).findFirst();
  }

  /** The names of every switch. */
  public static Set<String> switches() {
    return Stream.of(values()).map(CallbackCommand::switchName).collect(Collectors.toSet());
  }

  /** The rows of the table in the documents. */
  public static String table() {
    Function<CallbackCommand, String> row =
        each -> "| `" + each.wireName + "` | " + each.kind.meaning() + " | " + each.fires + " |\n";
    return "| Command | Kind | Fires when |\n| --- | --- | --- |\n"
        + Stream.of(values()).map(row).collect(Collectors.joining());
  }
}
