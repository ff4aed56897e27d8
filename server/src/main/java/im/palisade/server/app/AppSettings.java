package im.palisade.server.app;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an app's administrator may set. Stored as JSON; an absent member has its default, so adding
 * one needs no migration.
 *
 * @param allowedAddresses CIDR blocks REST calls may come from; empty allows all
 * @param disabledCommands REST commands switched off, as {@code service/command}
 * @param callsPerSecond per command ({@code service/command}) instead of the declared limit; 0
 *     lifts
 * @param appCallsPerSecond over all commands; 0 for none
 * @param accountCap most accounts; 0 for none
 * @param accountsDeletable whether {@code account_delete} is allowed
 * @param createAccountAtLogin whether a first login with a valid UserSig imports the account
 * @param profileFields custom profile fields; at most {@value CustomField#MAX_FIELDS}
 * @param defaultAllowType how friend requests to an account are met that has not said
 * @param friendFields custom fields of friends; at most {@value CustomField#MAX_FIELDS}
 * @param blockEndsFriendship whether blocking ends a friendship on both sides
 * @param blockedShowsSuccess whether a client whose message the receiver's blocklist stops sees
 *     success; else it is told
 * @param requireFriend whether only users who have each other as friends may chat
 * @param followEnabled whether accounts may follow each other
 * @param maxMessageBytes compact JSON of MsgBody and CloudCustomData
 * @param messageExtensions whether key-value pairs may be attached to messages
 * @param batchRecipientsPerMinute recipients of batch sends; 0 for no limit
 * @param extensionSetsPerMinute set operations on one message; 0 for no limit
 * @param groups everything about groups
 * @param moderation what is done with texts that hold certain words
 * @param recallWindowSeconds for a sender's own messages
 * @param historyDays messages stay readable; 0 for ever
 * @param strictMedia refuse media elements without the fields REST must supply
 * @param recentContacts conversations a recent list keeps, 1 to 500; pinned ones always stay
 * @param conversationGroups whether conversation groups and standard marks may be used
 * @param syncConversationDeletion whether a user's devices learn of deleted conversations
 * @param allMemberPush whether pushes to all, tags and attributes may be used
 * @param pushesPerDay pushes to all, by tag and by attribute together; 0 for no limit
 * @param pushIntervalSeconds least time between two pushes; 0 for none
 * @param officialAccounts what official accounts of the app may do
 * @param robots whether the app may have robots
 * @param webhook which of the app's own servers takes part in what happens
 * @param timeZone in which days and hours begin, as {@code +08:00} or {@code Asia/Shanghai}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record AppSettings(
    List<String> allowedAddresses,
    Set<String> disabledCommands,
    Map<String, Integer> callsPerSecond,
    Integer appCallsPerSecond,
    Integer accountCap,
    Boolean accountsDeletable,
    Boolean createAccountAtLogin,
    MultiLogin multiLogin,
    List<CustomField.Profile> profileFields,
    AllowType defaultAllowType,
    List<CustomField.Friend> friendFields,
    Boolean blockEndsFriendship,
    Boolean blockedShowsSuccess,
    Boolean requireFriend,
    Boolean followEnabled,
    Integer maxMessageBytes,
    Boolean messageExtensions,
    Integer batchRecipientsPerMinute,
    Integer extensionSetsPerMinute,
    GroupSettings groups,
    Moderation moderation,
    Integer recallWindowSeconds,
    Integer historyDays,
    Boolean strictMedia,
    Integer recentContacts,
    Boolean conversationGroups,
    Boolean syncConversationDeletion,
    Boolean allMemberPush,
    Integer pushesPerDay,
    Integer pushIntervalSeconds,
    OfficialAccounts officialAccounts,
    Boolean robots,
    Webhook webhook,
    String timeZone) {

  private static final ObjectMapper JSON =
      new ObjectMapper().configure(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, true);

  /** Every setting at its default. */
  public static final AppSettings DEFAULT = parse("{}");

  public AppSettings {
    allowedAddresses = allowedAddresses == null ? List.of() : List.copyOf(allowedAddresses);
    disabledCommands = disabledCommands == null ? Set.of() : Set.copyOf(disabledCommands);
    callsPerSecond = callsPerSecond == null ? Map.of() : Map.copyOf(callsPerSecond);
    appCallsPerSecond = appCallsPerSecond == null ? 0 : appCallsPerSecond;
    accountCap = accountCap == null ? 0 : accountCap;
    accountsDeletable = accountsDeletable == null || accountsDeletable;
    createAccountAtLogin = createAccountAtLogin == null || createAccountAtLogin;
    multiLogin = multiLogin == null ? MultiLogin.DEFAULT : multiLogin;
    profileFields = CustomField.checked(profileFields);
    defaultAllowType = defaultAllowType == null ? AllowType.ALLOW_ANY : defaultAllowType;
    friendFields = CustomField.checked(friendFields);
    blockEndsFriendship = blockEndsFriendship == null || blockEndsFriendship;
    blockedShowsSuccess = blockedShowsSuccess == null || blockedShowsSuccess;
    requireFriend = requireFriend != null && requireFriend;
    followEnabled = followEnabled == null || followEnabled;
    maxMessageBytes = maxMessageBytes == null ? 12_288 : maxMessageBytes;
    messageExtensions = messageExtensions == null || messageExtensions;
    batchRecipientsPerMinute = batchRecipientsPerMinute == null ? 0 : batchRecipientsPerMinute;
    extensionSetsPerMinute = extensionSetsPerMinute == null ? 200 : extensionSetsPerMinute;
    groups = groups == null ? GroupSettings.DEFAULT : groups;
    moderation = moderation == null ? Moderation.DEFAULT : moderation;
    recallWindowSeconds = recallWindowSeconds == null ? 120 : recallWindowSeconds;
    historyDays = historyDays == null ? 30 : historyDays;
    strictMedia = strictMedia != null && strictMedia;
    recentContacts = recentContacts == null ? 100 : recentContacts;
    if (recentContacts < 1 || recentContacts > 500) {
      throw new IllegalArgumentException("recentContacts must be within 1 to 500");
    }
    conversationGroups = conversationGroups == null || conversationGroups;
    syncConversationDeletion = syncConversationDeletion != null && syncConversationDeletion;
    allMemberPush = allMemberPush == null || allMemberPush;
    pushesPerDay = pushesPerDay == null ? 100 : pushesPerDay;
    pushIntervalSeconds = pushIntervalSeconds == null ? 1 : pushIntervalSeconds;
    officialAccounts = officialAccounts == null ? OfficialAccounts.DEFAULT : officialAccounts;
    robots = robots == null || robots;
    webhook = webhook == null ? Webhook.NONE : webhook;
    timeZone = timeZone == null ? "+08:00" : timeZone;
    try {
      var _ = ZoneId.of(timeZone);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("timeZone " + timeZone + " is not known", e);
    }
  }

  /**
   * Settings from their JSON text; what it does not name has its default.
   *
   * @throws IllegalArgumentException when it is no object of settings or a value is not allowed
   */
  public static AppSettings parse(String json) {
    try {
      return JSON.readValue(json, AppSettings.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("app settings: " + e.getOriginalMessage(), e);
    }
  }

  /** The same with another webhook. */
  public AppSettings withWebhook(Webhook other) {
    ObjectNode all = JSON.valueToTree(this);
    all.set("webhook", JSON.valueToTree(other));
    return parse(all.toString());
  }

  /** The time zone in which the app's days and hours begin. */
  public ZoneId zone() {
    return ZoneId.of(timeZone);
  }

  /** The settings as JSON text. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("settings can always be written", e);
    }
  }
}
