package im.palisade.server.callback;

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
      "a message between two was stored, or refused by moderation"),
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
  BOT_C2C("Bot.OnC2CMessage", Kind.AFTER, Topic.ROBOT, "a user wrote to a robot"),
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
  JUDGE_TEXT(
      "Palisade.JudgeText",
      Kind.BEFORE,
      Topic.MODERATION,
      "a text is to be judged; sent to the moderation URL, without a switch");

  private final String wireName;
  private final Kind kind;
  private final Topic topic;
  private final String fires;

  CallbackCommand(String wireName, Kind kind, Topic topic, String fires) {
    this.wireName = wireName;
    this.kind = kind;
    this.topic = topic;
    this.fires = fires;
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
    MODERATION
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
    return wireName;
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
