package im.palisade.server.callback;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every webhook is sent to a real receiver with the body of its section in callbacks §4. A command
 * that is declared without a case does not compile.
 */
class EveryCommandTest {

  @ParameterizedTest
  @EnumSource(CallbackCommand.class)
  void itIsSentAsSpecified(CallbackCommand command) {
    try (Hooked hooked = Hooked.on(command.switchName())) {
      GroupCases groups = new GroupCases(hooked);
      OfficialCases official = new OfficialCases(hooked);
      OtherCases others = new OtherCases(hooked);
      switch (command) {
        case STATE_CHANGE -> others.state();
        case PROFILE_SET -> others.profile();
        case FRIEND_BEFORE_ADD -> others.friendBeforeAdd();
        case FRIEND_BEFORE_RESPONSE -> others.friendBeforeResponse();
        case FRIEND_ADD -> others.friendAdded();
        case FRIEND_DELETE -> others.friendDeleted();
        case BLOCK_ADD -> others.blocked();
        case BLOCK_DELETE -> others.unblocked();
        case C2C_BEFORE_SEND -> others.beforeSend();
        case C2C_AFTER_SEND -> others.afterSend();
        case C2C_READ -> others.read();
        case C2C_RECALL -> others.recalled();
        case C2C_RECEIPT -> others.receipt();
        case C2C_MODIFY -> others.modified();
        case GROUP_BEFORE_CREATE -> groups.beforeCreate();
        case GROUP_CREATED -> groups.created();
        case GROUP_BEFORE_APPLY -> groups.beforeApply();
        case GROUP_BEFORE_INVITE -> groups.beforeInvite();
        case GROUP_JOINED -> groups.joined();
        case GROUP_LEFT -> groups.left();
        case GROUP_BEFORE_SEND -> groups.beforeSend();
        case GROUP_AFTER_SEND -> groups.afterSend();
        case GROUP_EXCEPTION -> groups.exception();
        case GROUP_RECALL -> groups.recall();
        case GROUP_FULL -> groups.full();
        case GROUP_DESTROYED -> groups.destroyed();
        case GROUP_CHANGED -> groups.changed();
        case GROUP_MEMBER_STATE -> groups.memberState();
        case GROUP_MEMBER_CHANGED -> groups.memberChanged();
        case GROUP_ATTRIBUTES -> groups.attributes();
        case GROUP_RECEIPT -> groups.receipt();
        case GROUP_OWNER_CHANGED -> groups.ownerChanged();
        case GROUP_QUOTA -> groups.quota();
        case GROUP_MODIFY -> groups.modify();
        case TOPIC_BEFORE_CREATE -> groups.topicBeforeCreate();
        case TOPIC_CREATED -> groups.topicCreated();
        case TOPIC_DESTROYED -> groups.topicDestroyed();
        case TOPIC_CHANGED -> groups.topicChanged();
        case BOT_C2C -> others.robotAddressed();
        case BOT_GROUP -> groups.robotMentioned();
        case BOT_SIGNAL -> others.robotSignalled();
        case OFFICIAL_BEFORE_CREATE -> official.beforeCreate();
        case OFFICIAL_CREATED -> official.created();
        case OFFICIAL_CHANGED -> official.changed();
        case OFFICIAL_DESTROYED -> official.destroyed();
        case OFFICIAL_BEFORE_SUBSCRIBE -> official.beforeSubscribe();
        case OFFICIAL_SUBSCRIBED -> official.subscribed();
        case OFFICIAL_FULL -> official.full();
        case OFFICIAL_UNSUBSCRIBED -> official.unsubscribed();
        case OFFICIAL_BEFORE_SEND -> official.beforeSend();
        case OFFICIAL_AFTER_SEND -> official.afterSend();
        case OFFICIAL_RECALL -> official.recalled();
        case PUSH_OFFLINE -> others.pushedOffline();
        case PUSH_ALL -> others.pushedToAll();
        case CONTENT_RESULT -> others.contentResult();
        case RATE_ALERT -> others.rateAlert();
        case JUDGE_TEXT -> others.judged();
      }
    }
  }
}
