package im.palisade.server.protocol;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every code this server answers with: one numbering for REST, webhooks and clients. Success is 0.
 * A code that is an app's own verdict passes through as its number and does not stand here.
 */
public enum ErrorCode {
  // Gateway and common
  HTTP_UNPARSABLE(60002, "HTTP request cannot be parsed"),
  BODY_EMPTY(60003, "the body is empty"),
  NOT_AUTHENTICATED(60004, "identifier or usersig is missing or unusable"),
  APP_INVALID(60006, "sdkappid is not a known app"),
  COMMAND_RATE_EXCEEDED(60007, "call frequency of this command exceeded"),
  BACKEND_TIMEOUT(60008, "no answer within the time limit, retry"),
  UNKNOWN_RESOURCE(60009, "no such resource"),
  NOT_ADMINISTRATOR(60010, "identifier is not an app administrator"),
  APP_RATE_EXCEEDED(60011, "call frequency of this app exceeded"),
  APP_MISSING(60012, "sdkappid is missing"),
  ACCOUNT_WRONG_TYPE(60015, "an account must be a string"),
  APP_DISABLED(60016, "the app is disabled"),
  COMMAND_DISABLED(60017, "the command is disabled for this app"),
  OVERLOADED(60018, "too many requests, retry later"),
  ADDRESS_REFUSED(60021, "the caller's address is not allowed"),

  // Accounts and sign-on
  SIG_EXPIRED(70001, "UserSig expired or invalidated"),
  SIG_EMPTY(70002, "UserSig is empty"),
  SIG_MALFORMED(70003, "UserSig cannot be decoded"),
  SIG_MISMATCH(70009, "UserSig does not verify with any key of the app"),
  SIG_OTHER_USER(70013, "UserSig is of another user"),
  SIG_OTHER_APP(70014, "UserSig is of another app"),
  SIG_NO_KEY(70016, "the app has no key of this kind"),
  APP_NOT_FOUND(70020, "app not found"),
  SIG_TOO_MANY_FAILURES(70050, "too many failed verifications, retry after one minute"),
  ACCOUNT_DENIED(70051, "the account is on the deny list"),
  ACCOUNT_NOT_FOUND(70107, "account does not exist"),
  LOGIN_TOO_FREQUENT(70114, "logins are too frequent, retry later"),
  ACCOUNT_TIMEOUT(70169, "internal timeout, retry"),
  ACCOUNT_CAP_REACHED(70398, "the app's account limit is reached"),
  ACCOUNT_INVALID_PARAMETER(70402, "invalid parameter"),
  ACCOUNT_INTERNAL(70500, "internal error, retry"),
  ACCOUNT_NOT_DELETABLE(71000, "accounts of this app may not be deleted"),

  // Relationship
  RELATION_INVALID_PARAMETER(30001, "invalid parameter or state"),
  RELATION_ACCOUNT_NOT_FOUND(30003, "account does not exist"),
  FOLLOW_DISABLED(30005, "following is switched off for this app"),
  RELATION_INTERNAL(30006, "internal error, retry"),
  RELATION_TIMEOUT(30007, "internal timeout, retry"),
  RELATION_CONFLICT(30008, "concurrent write conflict, retry"),
  FRIEND_REQUESTS_BARRED(30009, "the account may not send friend requests"),
  FRIENDS_FULL(30010, "the friend list is full"),
  FRIEND_LISTS_FULL(30011, "too many friend lists"),
  FRIEND_REQUESTS_FULL(30012, "too many pending friend requests"),
  BLOCKLIST_FULL(30013, "the blocklist is full"),
  PEER_FRIENDS_FULL(30014, "the other's friend list is full"),
  PEER_IS_BLOCKED(30515, "the other is in the own blocklist"),
  FRIENDS_REFUSED(30516, "the other refuses all friend requests"),
  BLOCKED_BY_PEER(30525, "the account is in the other's blocklist"),
  FRIEND_REQUEST_PENDING(30539, "the friend request waits for approval"),
  FRIEND_NOT_FOUND(31704, "not a friend"),
  FOLLOWS_FULL(32100, "the account follows too many"),
  FRIEND_LIST_STRANGER(32216, "the account is not a friend"),

  // Profile
  PROFILE_INVALID_PARAMETER(40001, "invalid parameter"),
  PROFILE_NO_ACCOUNT(40002, "no account is named"),
  PROFILE_ACCOUNT_NOT_FOUND(40003, "account does not exist"),
  PROFILE_TEXT_PROHIBITED(40005, "the text holds something that is not allowed"),
  PROFILE_INTERNAL(40006, "internal error, retry"),
  PROFILE_NOT_READABLE(40007, "the profile field may not be read"),
  PROFILE_NOT_WRITABLE(40008, "the profile field may not be written"),
  PROFILE_FIELD_UNKNOWN(40009, "no such profile field"),
  PROFILE_VALUE_TOO_LONG(40601, "profile value above 500 bytes"),
  PROFILE_VALUE_NOT_ALLOWED(40605, "profile value not allowed"),
  PROFILE_VALUE_WRONG_TYPE(40610, "profile value of the wrong type"),

  // Recent contacts
  CONVERSATION_ACCOUNT_NOT_FOUND(50001, "account does not exist"),
  CONVERSATION_INVALID_PARAMETER(50002, "invalid parameter"),
  CONVERSATION_INTERNAL(50004, "internal error, retry"),
  CONVERSATION_TIMEOUT(50005, "internal timeout, retry"),
  CONTACT_LIST_SIZE(51006, "conversation list empty or too long"),
  CONTACT_GROUP_CHAT_UNKNOWN(51007, "group cannot be resolved"),
  CONTACT_ITEMS_EXCEEDED(51008, "more than 1,000 conversations with groups or marks"),
  CONTACT_GROUP_NOT_FOUND(51009, "conversation group does not exist"),
  CONTACT_GROUPS_EXCEEDED(51010, "more than 20 conversation groups"),
  CONTACT_GROUP_NAME_TOO_LONG(51011, "conversation group name above 32 bytes"),
  PINNED_EXCEEDED(51012, "more than 50 pinned conversations"),
  CONTACT_GROUPS_OFF(51013, "conversation groups and marks are switched off"),

  // One-to-one messages
  MESSAGE_INVALID(20001, "invalid request"),
  MESSAGE_ACCOUNT_INVALID(20003, "sender or receiver is invalid or not imported"),
  MESSAGE_NETWORK(20004, "outcome unknown, retry with the same random"),
  MESSAGE_INTERNAL(20005, "internal error, retry"),
  HISTORY_DELETION_FAILED(20018, "deletion failed inside, retry"),
  RECALL_TOO_LATE(20016, "the time for recalling the message is over"),
  RECALL_NOT_FOUND(20022, "no such message to recall"),
  ALREADY_RECALLED(20023, "the message is recalled already"),
  EDIT_NOT_FOUND(20026, "no such message to modify, or it is recalled"),
  EDIT_CONFLICT(20027, "the message was changed meanwhile, read it again"),
  EXTENSION_CONFLICT(23001, "the key has another sequence by now"),
  EXTENSION_UNSUPPORTED(23002, "the message was sent without support for extensions"),
  EXTENSION_TOO_FREQUENT(23003, "too many set operations on the message within a minute"),
  EXTENSION_MESSAGE_MISSING(23004, "the message does not exist"),
  NOT_FRIENDS(20009, "sender and receiver are not friends"),
  NOT_IN_RECIPIENTS_FRIENDS(20010, "the receiver does not have the sender as a friend"),
  NOT_IN_SENDERS_FRIENDS(20011, "the sender does not have the receiver as a friend"),
  SENDER_MUTED(20012, "the sender is globally muted for one-to-one messages"),
  REFUSED_BY_WEBHOOK(20006, "the app's own server refused the message"),
  BLOCKED_BY_RECIPIENT(20007, "the sender is in the receiver's blocklist"),
  BODY_NOT_JSON(90001, "Fail to Parse json data of body, Please check it"),
  MSG_BODY_MALFORMED(90002, "MsgBody is malformed or absent"),
  TO_ACCOUNT_INVALID(90003, "To_Account is missing or of the wrong type"),
  MSG_SEQ_INVALID(90004, "MsgSeq is not an unsigned 32-bit integer"),
  MSG_RANDOM_INVALID(90005, "MsgRandom is missing or not an integer"),
  MSG_TIMESTAMP_INVALID(90006, "MsgTimeStamp is missing, no integer or out of range"),
  MSG_BODY_NOT_ARRAY(90007, "MsgBody is not an array"),
  FROM_ACCOUNT_INVALID(90008, "From_Account is missing, of the wrong type or unknown"),
  MSG_ELEMENT_MALFORMED(90010, "a message element is malformed"),
  TOO_MANY_TARGETS(90011, "more than 500 accounts"),
  TO_ACCOUNT_NOT_FOUND(90012, "To_Account is not imported"),
  PUSH_TOO_MANY_ACCOUNTS(90018, "more than 100 accounts"),
  PUSH_CONDITION_TAG_TOO_LONG(90020, "a tag of the condition is above 50 bytes"),
  PUSH_CONDITION_TAG_TWICE(90022, "the same tag in TagsOr and TagsAnd"),
  PUSH_TOO_FREQUENT(90024, "less than a second since the last push"),
  MSG_LIFE_TIME_RANGE(90026, "MsgLifeTime is out of range"),
  ATTRIBUTE_OR_IMPORT_MODE_INVALID(
      90030, "an attribute is empty or above 50 bytes, or SyncFromOldSystem is not 2 or 5"),
  SYNC_OTHER_MACHINE_INVALID(90031, "SyncOtherMachine is not an integer"),
  PUSH_TAGS_EXCEEDED(90032, "too many tags"),
  PUSH_ATTRIBUTE_INVALID(90033, "invalid attribute"),
  PUSH_TAG_TOO_LONG(90034, "a tag is above 50 bytes"),
  PUSH_CONDITION_MIXED(90039, "tags and attributes are mixed"),
  PUSH_TAG_EMPTY(90040, "a tag is empty"),
  OFFLINE_PUSH_INVALID(90043, "OfflinePushInfo is malformed"),
  MSG_LIFE_TIME_INVALID(90044, "MsgLifeTime is not an integer"),
  PUSH_OFF(90045, "pushes to all are switched off"),
  PUSH_QUOTA_EXCEEDED(90047, "the daily quota of pushes is used up"),
  FROM_ACCOUNT_NOT_FOUND(90048, "From_Account is not imported"),
  MSG_KEY_INVALID(90054, "MsgKey is malformed"),
  BATCH_RECIPIENTS_EXCEEDED(90057, "too many recipients of batch sends in a minute"),
  MESSAGE_TIMEOUT(90992, "internal timeout, retry"),
  MESSAGE_RETRY(90994, "outcome unknown, retry"),
  MESSAGE_FAILED(91000, "internal error, retry"),
  MESSAGE_TOO_LONG_REST(93000, "message above the size limit"),

  // Content
  TEXT_PROHIBITED(80001, "the text holds something that is not allowed"),
  MESSAGE_TOO_LONG(80002, "message above the size limit"),
  WEBHOOK_FAILED(80003, "the app's own server could not be asked"),
  MODERATION_LATE(80005, "the text could not be judged in time"),

  // Groups
  GROUP_INTERNAL(10002, "internal error, retry"),
  GROUP_UNKNOWN_COMMAND(10003, "unknown command"),
  GROUP_INVALID_PARAMETER(10004, "invalid parameter"),
  GROUP_TOO_MANY_ACCOUNTS(10005, "too many accounts in one request"),
  GROUP_RATE_EXCEEDED(10006, "operation rate exceeded, retry later"),
  GROUP_NOT_PERMITTED(10007, "not permitted"),
  GROUP_FEATURE_OFF(10008, "the feature is switched off"),
  GROUP_OWNER_QUITS(10009, "the owner may not quit"),
  GROUP_NOT_FOUND(10010, "group does not exist"),
  GROUP_ALREADY_MEMBER(10013, "already a member"),
  GROUP_FULL(10014, "the group is full"),
  GROUP_ID_INVALID(10015, "the group id is malformed"),
  GROUP_SENDER_MUTED(10017, "the sender is muted in the group"),
  GROUP_ANSWER_TOO_LARGE(10018, "the answer is above 1 MB, ask for less"),
  GROUP_REFUSED_BY_WEBHOOK(10016, "the app's own server refused it"),
  GROUP_ACCOUNT_NOT_FOUND(10019, "account does not exist"),
  GROUP_ID_IN_USE(10021, "the group id is in use"),
  GROUP_MESSAGE_RATE_EXCEEDED(10023, "too many messages in the group, retry later"),
  GROUP_REQUEST_HANDLED(10024, "the request was handled already"),
  GROUP_ID_IN_OWN_USE(10025, "the group id is in use by the same owner"),
  GROUP_RECALL_NOT_FOUND(10030, "no such message to recall"),
  GROUP_RECALL_TOO_LATE(10031, "the time for recalling the message is over"),
  GROUP_NOT_RECALLABLE(10032, "this message cannot be recalled"),
  GROUP_TYPE_WITHOUT_RECALL(10033, "groups of this type have no recall"),
  GROUP_LIVE_ROOMS_EXCEEDED(10036, "too many live rooms"),
  GROUP_TOO_MANY_JOINED(10037, "too many groups, communities or topics"),
  GROUP_MEMBERS_ABOVE_CAP(10038, "more members than the type allows"),
  GROUP_WITHOUT_HISTORY(10044, "groups of this type have no history"),
  GROUP_ATTRIBUTE_KEY_TOO_LONG(10045, "attribute key is empty or above 32 bytes"),
  GROUP_ATTRIBUTE_VALUE_TOO_LONG(10046, "attribute value above 4,000 bytes"),
  GROUP_ATTRIBUTES_EXCEEDED(10047, "more than 16 attributes"),
  GROUP_ATTRIBUTES_TOO_LARGE(10048, "attributes above 16,000 bytes in sum"),
  GROUP_ATTRIBUTE_RATE_EXCEEDED(10049, "attributes are written too often, retry later"),
  GROUP_ATTRIBUTE_NOT_FOUND(10050, "the attribute to delete does not exist"),
  GROUP_MENTIONS_EXCEEDED(10053, "more than 30 mentions"),
  GROUP_ATTRIBUTE_CONFLICT(10056, "attributes were written meanwhile, read them again"),
  GROUPS_EXCEEDED(10058, "too many groups"),
  GROUP_COUNTERS_OFF(10059, "counters are switched off"),
  GROUP_RECEIPTS_TOO_LARGE(10060, "the group is too large for receipts"),
  GROUP_RECEIPT_ONLINE_ONLY(10061, "an online-only message has no receipts"),
  GROUP_RECEIPT_NONE(10062, "the message did not ask for receipts"),
  GROUP_COUNTERS_EXCEEDED(10063, "more than 20 counters"),
  COMMUNITY_OFF(11000, "communities or topics are switched off"),
  TOPIC_NOT_DELETED(110002, "the topic could not be deleted"),
  TOPIC_NOT_FOUND(110003, "the topic was deleted"),

  // Media files
  FILE_MISSING(114000, "there is no such file"),
  FILE_NO_ACCESS(114001, "the file may not be read or written by this link"),
  FILE_TOO_LARGE(114002, "the file is larger than its kind may be, or than announced"),
  FILE_INVALID_PARAMETER(114011, "invalid parameter"),
  FILE_MD5_MISMATCH(115066, "the file is not the one announced"),

  // Settings, history files, moderation
  HISTORY_BAD_URL(1001, "the link is not a good one"),
  HISTORY_INVALID_PARAMETER(1002, "invalid parameter"),
  HISTORY_INTERNAL(1003, "internal error, retry"),
  HISTORY_NOT_READY(1004, "the file is not made yet, or there is no message in that hour"),
  HISTORY_EXPIRED(1005, "older than 7 days"),
  MODERATION_INTERNAL(2001, "internal error, retry"),
  MODERATION_INVALID_PARAMETER(2003, "invalid parameter"),
  MODERATION_OTHER_APP(2004, "SdkAppId is not the app of the call"),
  MODERATION_OFF(2015, "no provider of content moderation is set for this app"),
  MODERATION_TOO_MANY_WORDS(2016, "too many words"),
  MODERATION_TYPE_NOT_ALLOWED(93005, "only texts and images can be judged in a batch"),
  MODERATION_DUPLICATE_CONTENT(93007, "ContentId occurs twice"),
  MODERATION_BATCH_TOO_LARGE(93008, "more than 10 items"),
  MUTE_BODY_NOT_JSON(130001, "the body cannot be parsed"),
  // Two services give some of these numbers a meaning each; the path says which (error-codes §9).
  GET_ACCOUNT_MISSING_OR_NOT_SUBSCRIBED(130002, "Get_Account is missing"),
  MUTE_GET_ACCOUNT_INVALID(130003, "Get_Account is invalid or unknown"),
  SET_ACCOUNT_MISSING_OR_NO_PUBLISHER(130004, "Set_Account is missing"),
  SET_ACCOUNT_INVALID_OR_SUBSCRIBED(130005, "Set_Account is invalid or unknown"),
  MUTE_TIME_MISSING_OR_ID_TAKEN(130008, "neither time is given"),
  SUBSCRIBERS_EXCEEDED(130006, "the official account has as many subscribers as it may"),
  PUBLISHER_ID_INVALID(130007, "the id of an official account is malformed"),
  PUBLISHERS_EXCEEDED(130010, "too many official accounts created or subscribed"),
  STATISTICS_QUERY_FAILED(130011, "statistics cannot be queried"),
  MUTE_INTERNAL(130014, "internal error, retry"),
  PUBLISHERS_OFF(131000, "official accounts are switched off"),
  SUBSCRIPTION_NOT_FOUND(131003, "the account is no subscriber");

  /** Said of a call that would pass if it came later. */
  private static final Set<Integer> TOO_OFTEN =
      Stream.of(
              COMMAND_RATE_EXCEEDED,
              APP_RATE_EXCEEDED,
              EXTENSION_TOO_FREQUENT,
              PUSH_TOO_FREQUENT,
              GROUP_RATE_EXCEEDED,
              GROUP_MESSAGE_RATE_EXCEEDED,
              GROUP_ATTRIBUTE_RATE_EXCEEDED)
          .map(ErrorCode::number)
          .collect(Collectors.toUnmodifiableSet());

  private final int number;
  private final String meaning;

  ErrorCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  /** Whether a code says of a call that it came too soon after others. */
  public static boolean saysTooOften(int code) {
    return TOO_OFTEN.contains(code);
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** An English text for a developer. */
  public String meaning() {
    return meaning;
  }
}
