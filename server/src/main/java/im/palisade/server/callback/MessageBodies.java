package im.palisade.server.callback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.message.CommittedMessageStore;
import im.palisade.server.message.CommittedMessageStore.Message;
import im.palisade.server.message.CommittedMessageStore.Stored;
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

/** The bodies of webhooks about messages (callbacks §4.4). */
final class MessageBodies {
  private final AppService apps;
  private final AccountService accounts;
  private final Clock clock;
  private final CommittedMessageStore store = new CommittedMessageStore();
  private final UnreadTotals unread = new UnreadTotals();

  MessageBodies(AppService apps, AccountService accounts, Clock clock) {
    this.apps = apps;
    this.accounts = accounts;
    this.clock = clock;
  }

  /** What is told of messages of the feed, in their order; what is gone by now is left out. */
  List<Kept> of(Region region, List<Message> messages) {
    Map<List<Long>, Stored> stored = region.read(connection -> store.read(connection, messages));
    Map<Long, Account> people = people(stored);
    List<Kept> told = new ArrayList<>();
    for (Message message : messages) {
      Stored found = stored.get(List.of(message.conversationId(), message.seq()));
      if (found == null) {
        continue;
      }
      Account sender = people.get(found.senderId());
      Account recipient = people.get(found.recipientId());
      if (sender != null && recipient != null) {
        Origin origin =
            new Origin(
                sender.userId(), message.fromRest(), message.address(), message.platform(), 0);
        told.add(sent(CallbackCommand.C2C_AFTER_SEND, found, sender, recipient, origin));
        if (isRobot(recipient) && !isRobot(sender)) {
          told.add(sent(CallbackCommand.BOT_C2C, found, sender, recipient, origin));
        }
      }
    }
    return told;
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

  private Map<Long, Account> people(Map<List<Long>, Stored> stored) {
    Map<Long, Set<Long>> ids = new HashMap<>();
    for (Stored each : stored.values()) {
      Set<Long> ofApp = ids.computeIfAbsent(each.appId(), id -> new HashSet<>());
      ofApp.add(each.senderId());
      ofApp.add(each.recipientId());
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
