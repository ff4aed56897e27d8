package im.palisade.server.callback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.app.Webhook;
import im.palisade.server.group.GroupService;
import im.palisade.server.message.CommittedMessageStore;
import im.palisade.server.message.CommittedMessageStore.Message;
import im.palisade.server.message.CommittedMessageStore.Stored;
import im.palisade.server.message.GroupRef;
import im.palisade.server.message.MessageBody;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.UnreadTotals;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Origin;
import im.palisade.server.robot.RobotService;
import im.palisade.server.store.Region;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;

/** The bodies of webhooks about stored messages (callbacks §4.4, §4.5). */
final class MessageBodies {
  private static final int PUSH_PAIR = 1;

  /** No certificate of a push vendor (error-codes §6). */
  private static final int NO_VENDOR = 22_001;

  private final AppService apps;
  private final AccountService accounts;
  private final GroupService groups;
  private final LongPredicate online;
  private final Clock clock;
  private final CommittedMessageStore store = new CommittedMessageStore();
  private final UnreadTotals unread = new UnreadTotals();

  /**
   * Bodies.
   *
   * @param online whether an account has a live connection
   */
  MessageBodies(
      AppService apps,
      AccountService accounts,
      GroupService groups,
      LongPredicate online,
      Clock clock) {
    this.apps = apps;
    this.accounts = accounts;
    this.groups = groups;
    this.online = online;
    this.clock = clock;
  }

  /** What is told of messages of the feed, in their order; what is gone by now is left out. */
  List<Kept> of(Region region, List<Message> messages) {
    Map<List<Long>, Stored> stored = region.read(connection -> store.read(connection, messages));
    Map<Long, Account> people = people(stored);
    Map<Long, GroupRef> refs = refs(stored);
    List<Kept> told = new ArrayList<>();
    for (Message message : messages) {
      Stored found = stored.get(List.of(message.conversationId(), message.seq()));
      if (found == null) {
        continue;
      }
      Account sender = people.get(found.senderId());
      if (sender == null) {
        continue;
      }
      Origin origin =
          new Origin(
              message.operator().isEmpty() ? sender.userId() : message.operator(),
              message.fromRest(),
              message.address(),
              message.platform(),
              message.depth());
      if (found.isOfGroup()) {
        GroupRef ref = refs.get(found.conversationId());
        if (ref != null) {
          told.addAll(ofGroup(region, found, sender, ref, origin));
        }
        continue;
      }
      Account recipient = people.get(found.recipientId());
      if (recipient != null) {
        told.addAll(ofPair(found, sender, recipient, origin));
      }
    }
    return counted(region, told);
  }

  /** Adds unread totals, by one connection and once for each account: a batch names a hundred. */
  private List<Kept> counted(Region region, List<Kept> told) {
    Set<Long> owners = new HashSet<>();
    told.forEach(each -> owners.add(each.callback().unreadOf()));
    owners.remove(0L);
    if (owners.isEmpty()) {
      return told;
    }
    Map<Long, Integer> totals =
        region.read(
            connection -> {
              Map<Long, Integer> found = new HashMap<>();
              for (long owner : owners) {
                found.put(owner, unread.of(connection, owner));
              }
              return found;
            });
    return told.stream()
        .map(
            each ->
                each.callback().unreadOf() == 0
                    ? each
                    : each.with(each.callback().withUnread(totals.get(each.callback().unreadOf()))))
        .toList();
  }

  /** What nobody wants is not made: a replay counts what there is. */
  private List<Kept> ofPair(Stored stored, Account sender, Account recipient, Origin origin) {
    List<Kept> told = new ArrayList<>();
    Webhook wanted = wanted(stored);
    if (CallbackCommand.C2C_AFTER_SEND.isOn(wanted)) {
      told.add(sent(CallbackCommand.C2C_AFTER_SEND, stored, sender, recipient, origin));
    }
    if (isRobot(recipient)) {
      if (!isRobot(sender) && CallbackCommand.BOT_C2C.isOn(wanted)) {
        told.add(sent(CallbackCommand.BOT_C2C, stored, sender, recipient, origin));
      }
    } else if (recipient.id() != sender.id()
        && !stored.silent()
        && CallbackCommand.PUSH_OFFLINE.isOn(wanted)
        && !online.test(recipient.id())) {
      told.add(notPushed(stored, sender, recipient, origin));
    }
    return told;
  }

  private Webhook wanted(Stored stored) {
    return apps.find(stored.appId()).map(app -> app.settings().webhook()).orElse(Webhook.NONE);
  }

  /** A body with everything in it that is only known when it is sent. */
  Callback completed(Region region, Callback callback) {
    if (callback.unreadOf() == 0) {
      return callback;
    }
    return callback.withUnread(
        region.read(connection -> unread.of(connection, callback.unreadOf())));
  }

  /** Whether an app answers for that account. */
  static boolean isRobot(Account account) {
    return account.userId().startsWith(RobotService.PREFIX);
  }

  /** The fields every webhook about one message between two has. */
  static ObjectNode common(
      CallbackCommand command, Account sender, Account recipient, MsgKey key, boolean onlineOnly) {
    return head(command)
        .put("From_Account", sender.userId())
        .put("To_Account", recipient.userId())
        .put("MsgSeq", key.msgSeq())
        .put("MsgRandom", key.random())
        .put("MsgTime", key.time())
        .put("MsgKey", key.toString())
        .put("OnlineOnlyFlag", onlineOnly ? 1 : 0);
  }

  /** A body that has nothing but its command. */
  static ObjectNode head(CallbackCommand command) {
    return Json.object().put("CallbackCommand", command.wireName());
  }

  /** Adds content as it is stored. */
  static ObjectNode withContent(ObjectNode node, MessageBody body) {
    node.putRawValue("MsgBody", new RawValue(new String(body.elements(), StandardCharsets.UTF_8)));
    return node.put("CloudCustomData", body.cloudCustomData().orElse(""));
  }

  private Kept sent(
      CallbackCommand command, Stored stored, Account sender, Account recipient, Origin origin) {
    ObjectNode node = common(command, sender, recipient, stored.key(), false);
    node.put("SendMsgResult", 0).put("ErrorInfo", "send msg succeed");
    withContent(node, stored.body());
    return new Kept(
        0,
        stored.appId(),
        stored.conversationId(),
        clock.millis(),
        0,
        new Callback(command.wireName(), origin, text(node), recipient.id()));
  }

  private List<Kept> ofGroup(
      Region region, Stored stored, Account sender, GroupRef ref, Origin origin) {
    List<Kept> told = new ArrayList<>();
    GroupBodies.Sent sent =
        new GroupBodies.Sent(
            ref, sender.userId(), origin.userId(), stored.key().random(), false, stored.body());
    Webhook wanted = wanted(stored);
    if (CallbackCommand.GROUP_AFTER_SEND.isOn(wanted)) {
      ObjectNode body = GroupBodies.sent(CallbackCommand.GROUP_AFTER_SEND, sent, stored.key());
      told.add(
          kept(
              CallbackCommand.GROUP_AFTER_SEND,
              stored,
              origin,
              GroupBodies.withMentions(body, stored.body())));
    }
    if (stored.needsReceipt() && CallbackCommand.GROUP_RECEIPT.isOn(wanted)) {
      int readers = region.read(connection -> store.readers(connection, stored));
      ObjectNode body = GroupBodies.head(CallbackCommand.GROUP_RECEIPT, ref);
      GroupBodies.receipt(
          body.putArray("GroupMsgReceiptList"), stored.seq(), 0, readers, List.of());
      told.add(kept(CallbackCommand.GROUP_RECEIPT, stored, origin, body));
    }
    List<String> robots = GroupBodies.robots(sender.userId(), stored.body());
    if (!robots.isEmpty() && CallbackCommand.BOT_GROUP.isOn(wanted)) {
      ObjectNode body = GroupBodies.mentioned(sent, stored.key(), robots);
      told.add(kept(CallbackCommand.BOT_GROUP, stored, origin, body));
    }
    return told;
  }

  /** No push vendor is connected: an app's own server may push instead. */
  private Kept notPushed(Stored stored, Account sender, Account recipient, Origin origin) {
    ObjectNode body = Json.object();
    body.putArray("Events")
        .addObject()
        .put("CallbackCommand", CallbackCommand.PUSH_OFFLINE.wireName())
        .put("EventType", PUSH_PAIR)
        .put("EventTime", clock.millis() / 1000)
        .put("From_Account", sender.userId())
        .put("To_Account", recipient.userId())
        .put("PushPlatform", 0)
        .put("PushStage", 1)
        .put("MsgKey", stored.key().toString())
        .put("GroupID", "")
        .put("MsgSeq", stored.key().msgSeq())
        .put("MsgRandom", stored.key().random())
        .put("MsgTime", stored.key().time())
        .put("ErrCode", NO_VENDOR)
        .put("ErrInfo", "no push vendor is connected");
    return new Kept(
        0,
        stored.appId(),
        stored.conversationId(),
        clock.millis(),
        0,
        new Callback(CallbackCommand.PUSH_OFFLINE.wireName(), origin, text(body)));
  }

  private Kept kept(CallbackCommand command, Stored stored, Origin origin, ObjectNode body) {
    body.put("EventTime", clock.millis());
    return new Kept(
        0,
        stored.appId(),
        stored.conversationId(),
        clock.millis(),
        0,
        new Callback(command.wireName(), origin, text(body)));
  }

  private Map<Long, GroupRef> refs(Map<List<Long>, Stored> stored) {
    Map<Long, Set<Long>> ids = new HashMap<>();
    for (Stored each : stored.values()) {
      if (each.isOfGroup()) {
        ids.computeIfAbsent(each.appId(), id -> new HashSet<>()).add(each.conversationId());
      }
    }
    Map<Long, GroupRef> refs = new HashMap<>();
    ids.forEach(
        (appId, conversationIds) -> {
          Optional<App> app = apps.find(appId);
          app.ifPresent(found -> refs.putAll(groups.refs(found, conversationIds)));
        });
    return refs;
  }

  private Map<Long, Account> people(Map<List<Long>, Stored> stored) {
    Map<Long, Set<Long>> ids = new HashMap<>();
    for (Stored each : stored.values()) {
      Set<Long> ofApp = ids.computeIfAbsent(each.appId(), id -> new HashSet<>());
      ofApp.add(each.senderId());
      if (!each.isOfGroup()) {
        ofApp.add(each.recipientId());
      }
    }
    Map<Long, Account> people = new HashMap<>();
    ids.forEach(
        (appId, accountIds) -> {
          Optional<App> app = apps.find(appId);
          app.ifPresent(found -> people.putAll(accounts.findByIds(found, accountIds)));
        });
    return people;
  }

  /** Compact JSON. */
  static String text(ObjectNode node) {
    return new String(Json.bytes(node), StandardCharsets.UTF_8);
  }
}
