package im.palisade.server.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import im.palisade.server.app.AppSetting.Effect;
import im.palisade.server.app.AppSetting.Form;
import im.palisade.server.protocol.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every setting of an app that an operator may change, in the order the console shows them
 * (console-features §18). Webhooks are not here: their page checks what they name.
 */
public final class SettingCatalogue {
  private static final int MOST = Integer.MAX_VALUE;

  /** All of them. */
  public static final List<AppSetting> ALL =
      List.of(
          choice("login.policy", "multiLogin.policy", MultiLogin.Policy.class)
              .means("how many platforms one user may be signed in at")
              .works(Effect.NEW_LOGINS),
          whole("login.instances.web", "multiLogin.webInstances", 1, 10)
              .means("web sign-ins of one user at once")
              .works(Effect.NEW_LOGINS),
          whole("login.instances.native", "multiLogin.instancesPerPlatform", 1, 3)
              .means("sign-ins of one user at once on each other platform")
              .works(Effect.NEW_LOGINS),
          flag("login.autoCreate", "createAccountAtLogin")
              .means("a first sign-in with a valid UserSig creates the account")
              .works(Effect.NEW_LOGINS),
          flag("account.deletable", "accountsDeletable").means("accounts may be deleted over REST"),
          whole("account.cap", "accountCap", 0, MOST).means("most accounts; 0 for no limit"),
          whole("msg.retentionDays", "historyDays", 0, 3650)
              .means("days messages stay readable; 0 for ever")
              .works(Effect.NEXT_RUN),
          whole("msg.maxBytes", "maxMessageBytes", 1024, 49_152).means("largest message in bytes"),
          whole("msg.recallSeconds", "recallWindowSeconds", 0, 604_800)
              .means("how long senders may take a message back; 0 for never"),
          whole("msg.batchPerMinute", "batchRecipientsPerMinute", 0, MOST)
              .means("recipients of batch sends a minute; 0 for no limit"),
          flag("msg.extension", "messageExtensions").means("messages may carry key-value pairs"),
          whole("msg.extension.perMinute", "extensionSetsPerMinute", 0, MOST)
              .means("changes of one message's pairs a minute; 0 for no limit"),
          flag("msg.strictMedia", "strictMedia")
              .means("media without the fields REST must give are refused"),
          words("msg.receipts.groupTypes", "groups.receipts", "Private", "Public", "ChatRoom")
              .means("group types whose messages may ask for receipts"),
          whole("conv.pull", "recentContacts", 1, 500)
              .means("conversations a user's recent list keeps"),
          flag("conv.groups", "conversationGroups").means("conversations may be put in groups"),
          flag("conv.syncDelete", "syncConversationDeletion")
              .means("a user's other devices learn of deleted conversations"),
          flag("c2c.blockedShowsSuccess", "blockedShowsSuccess")
              .means("who is blocked sees success and is not told"),
          flag("c2c.requireFriend", "requireFriend").means("only friends may chat"),
          choice("sns.defaultAllow", "defaultAllowType", AllowType.class)
              .means("how friend requests are met by who has not said"),
          flag("sns.blockEndsFriendship", "blockEndsFriendship")
              .means("blocking ends a friendship on both sides"),
          flag("follow.enabled", "followEnabled").means("users may follow each other"),
          json("fields.profile", "profileFields")
              .means("custom profile fields: name, type, who reads and writes; at most 20"),
          json("fields.friend", "friendFields").means("custom fields of friends; at most 20"),
          json("fields.group", "groups.groupFields").means("custom fields of groups; at most 10"),
          json("fields.member", "groups.memberFields").means("custom fields of members; at most 5"),
          flag("group.community", "groups.community").means("communities may be made"),
          flag("group.topics", "groups.topics").means("communities may have topics"),
          flag("group.counters", "groups.counters").means("groups may have counters"),
          whole("group.nameBytes", "groups.nameBytes", 1, 512)
              .means("longest name of a group in bytes"),
          whole("group.perUser", "groups.groupsPerUser", 0, MOST)
              .means("most groups a user may be in"),
          whole("group.communities", "groups.communities", 0, MOST).means("most communities"),
          whole("group.most", "groups.groups", 0, MOST).means("most groups; 0 for no limit"),
          whole("group.perDay", "groups.groupsPerDay", 0, MOST)
              .means("most groups that may be made in a day; 0 for no limit"),
          json("group.recycle", "groups.recycleAfterSeconds")
              .means("seconds of silence after which groups of a type are dissolved")
              .works(Effect.NEXT_RUN),
          json("group.removeAway", "groups.removeAwayAfterDays")
              .means(
                  "days without a connection after which members of groups of a type are removed")
              .works(Effect.NEXT_RUN),
          whole("group.rate", "groups.ratePerSecond", 10, 1000)
              .means("messages a second in one group"),
          flag("group.rate.reject", "groups.rateReject")
              .means("what is beyond the rate is refused, not dropped"),
          json("group.rules", "groups.rules").means("rules of group types that are different"),
          json("group.customTypes", "groups.customTypes").means("group types of the app's own"),
          flag("compat.legacyNames", "groups.legacyNames")
              .means("answers carry retired names beside the present ones"),
          whole("av.most", "groups.liveRooms", 0, MOST).means("most live rooms; 0 for no limit"),
          flag("av.memberList", "groups.memberList")
              .means("the list of who is in a live room holds 1,000 instead of 30"),
          flag("av.guests", "groups.guests")
              .means("live rooms may be watched without an account, with a UserSig for @GST#…"),
          flag("av.ban", "groups.ban").means("users may be banned from live rooms"),
          flag("av.broadcast", "groups.broadcast").means("one message may go to all live rooms"),
          whole("av.broadcastRate", "groups.broadcastRate", 1, 5).means("such messages a second"),
          whole("av.replay", "groups.replay", 0, 20)
              .means("messages of the last day shown to who enters a live room"),
          flag("push.toAll", "allMemberPush").means("pushes to all, by tag and by attribute"),
          whole("push.toAllPerDay", "pushesPerDay", 0, MOST)
              .means("such pushes a day; 0 for no limit"),
          whole("push.intervalSeconds", "pushIntervalSeconds", 0, 86_400)
              .means("least seconds between two such pushes"),
          flag("official.enabled", "officialAccounts.enabled").means("official accounts"),
          whole("official.most", "officialAccounts.most", 0, MOST)
              .means("most official accounts; 0 for no limit"),
          whole("official.perUser", "officialAccounts.subscriptionsPerUser", 0, MOST)
              .means("official accounts one user may subscribe to; 0 for no limit"),
          whole("official.perSecond", "officialAccounts.messagesPerSecond", 0, MOST)
              .means("messages of one official account a second; 0 for no limit"),
          whole("official.perHour", "officialAccounts.messagesPerHour", 0, MOST)
              .means("messages of one official account an hour; 0 for no limit"),
          flag("robots.enabled", "robots").means("the app may have robots"),
          flag("moderation.text", "moderation.text")
              .means("the app's word list is applied to what clients write"),
          flag("moderation.rest", "moderation.rest").means("and to what comes over REST"),
          choice("moderation.provider", "moderation.provider", Moderation.Provider.class)
              .means("who judges texts by libraries"),
          flag("moderation.reportPassed", "moderation.reportPassed")
              .means("ContentCallback.ResultNotify tells of texts that pass as well"),
          flag("moderation.messages", "moderation.cloudMessages")
              .means("libraries are applied to messages too"),
          texts("rest.ipAllow", "allowedAddresses")
              .means("addresses REST calls may come from; empty for all"),
          whole("rest.rate.total", "appCallsPerSecond", 0, MOST)
              .means("REST calls a second over all commands; 0 for no limit"),
          json("rest.rate", "callsPerSecond")
              .means("REST calls a second by command; 0 for no limit"),
          texts("rest.disabled", "disabledCommands").means("REST commands that are switched off"),
          text("app.timeZone", "timeZone")
              .means("time zone in which days and hours begin, as +08:00 or Asia/Seoul"));

  private static final Map<String, AppSetting> BY_KEY =
      ALL.stream().collect(Collectors.toUnmodifiableMap(AppSetting::key, Function.identity()));

  private SettingCatalogue() {}

  /** A value that is not allowed. */
  public record Wrong(String key, String why) {}

  /** The value as the console shows it. */
  public static JsonNode value(AppSettings settings, AppSetting setting) {
    JsonNode stored = tree(settings).at(setting.pointer());
    return setting.form() == Form.CHOICE
        ? TextNode.valueOf(stored.asText().toLowerCase(Locale.ROOT).replace('_', '-'))
        : stored;
  }

  /** What is wrong with these values, before anything is changed. */
  public static List<Wrong> wrong(Map<String, JsonNode> values) {
    List<Wrong> wrong = new ArrayList<>();
    values.forEach(
        (key, value) -> {
          AppSetting setting = BY_KEY.get(key);
          if (setting == null) {
            wrong.add(new Wrong(key, "no such setting"));
          } else if (!value.isNull()) {
            setting.fault(value).ifPresent(why -> wrong.add(new Wrong(key, why)));
          }
        });
    return wrong;
  }

  /**
   * The settings with other values; null stands for the default.
   *
   * @throws IllegalArgumentException when a value is not allowed
   */
  public static AppSettings with(AppSettings settings, Map<String, JsonNode> values) {
    ObjectNode all = tree(settings);
    values.forEach(
        (key, value) -> {
          AppSetting setting = BY_KEY.get(key);
          ObjectNode at = all;
          List<String> steps = setting.steps();
          for (String step : steps.subList(0, steps.size() - 1)) {
            at = at.withObjectProperty(step);
          }
          JsonNode stored =
              setting.form() == Form.CHOICE && !value.isNull()
                  ? TextNode.valueOf(value.asText().toUpperCase(Locale.ROOT).replace('-', '_'))
                  : value;
          at.set(steps.getLast(), stored);
        });
    fillDefaults(all);
    return AppSettings.parse(all.toString());
  }

  /** The values that differ, by key, as they are in the second. */
  public static Map<String, JsonNode> differences(AppSettings from, AppSettings to) {
    Map<String, JsonNode> different = new LinkedHashMap<>();
    for (AppSetting setting : ALL) {
      JsonNode value = value(to, setting);
      if (!value.equals(value(from, setting))) {
        different.put(setting.key(), value);
      }
    }
    return different;
  }

  /** Sign-in limits have no default of their own: all three are given or none. */
  private static void fillDefaults(ObjectNode all) {
    ObjectNode logins = all.withObjectProperty("multiLogin");
    ObjectNode standard = (ObjectNode) tree(AppSettings.DEFAULT).path("multiLogin");
    standard
        .properties()
        .forEach(
            entry -> {
              if (logins.path(entry.getKey()) instanceof NullNode) {
                logins.set(entry.getKey(), entry.getValue());
              }
            });
  }

  /** The settings as the tree they are stored as. */
  static ObjectNode tree(AppSettings settings) {
    try {
      return (ObjectNode) Json.mapper().readTree(settings.toJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("settings can always be read", e);
    }
  }

  /** The setting of that key. */
  public static Optional<AppSetting> find(String key) {
    return Optional.ofNullable(BY_KEY.get(key));
  }

  private static AppSetting flag(String key, String path) {
    return AppSetting.of(key, path, Form.FLAG);
  }

  private static AppSetting whole(String key, String path, int min, int max) {
    return AppSetting.of(key, path, Form.WHOLE).within(min, max);
  }

  private static <E extends Enum<E>> AppSetting choice(String key, String path, Class<E> type) {
    return AppSetting.of(key, path, Form.CHOICE)
        .among(
            List.of(type.getEnumConstants()).stream()
                .map(each -> each.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList());
  }

  private static AppSetting words(String key, String path, String... words) {
    return AppSetting.of(key, path, Form.WORDS).among(List.of(words));
  }

  private static AppSetting texts(String key, String path) {
    return AppSetting.of(key, path, Form.TEXTS);
  }

  private static AppSetting text(String key, String path) {
    return AppSetting.of(key, path, Form.TEXT);
  }

  private static AppSetting json(String key, String path) {
    return AppSetting.of(key, path, Form.JSON);
  }
}
