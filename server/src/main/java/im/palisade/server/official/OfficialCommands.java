package im.palisade.server.official;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.LaneKey;
import im.palisade.server.official.SubscriptionService.Result;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What clients may do with official accounts (client-features §18). */
final class OfficialCommands {
  private static final String ACCOUNT = "officialAccount";
  private static final int MAX_ASKED = 50;
  private static final int MAX_MSG_FLAG = 2;

  private final OfficialService official;
  private final SubscriptionService subscriptions;
  private final AccountService accounts;

  OfficialCommands(
      OfficialService official, SubscriptionService subscriptions, AccountService accounts) {
    this.official = official;
    this.subscriptions = subscriptions;
    this.accounts = accounts;
  }

  List<Command> commands() {
    AuditDeclaration own = AuditDeclaration.none("users arrange their own subscriptions");
    LaneKey lane = LaneKey.field(ACCOUNT);
    return List.of(
        new Command("official.subscribe", own, lane, this::subscribe),
        new Command("official.unsubscribe", own, lane, this::unsubscribe),
        new Command("official.option", own, lane, this::setOption),
        new Command(
            "official.info",
            AuditDeclaration.none("official accounts say this to everybody"),
            this::info));
  }

  private static Origin origin(CommandCall call) {
    return Origin.client(
        call.principal().userId(), call.session().address(), call.session().platform());
  }

  private void subscribe(CommandCall call) {
    App app = call.principal().app();
    Account self = self(call);
    Result result =
        subscriptions
            .add(app, account(call), List.of(self.userId()), Optional.empty(), origin(call))
            .getFirst();
    switch (result) {
      case DONE -> call.reply();
      case ALREADY ->
          throw new ImException(
              ErrorCode.SET_ACCOUNT_INVALID_OR_SUBSCRIBED, "the account subscribes already");
      case FULL -> throw new ImException(ErrorCode.SUBSCRIBERS_EXCEEDED);
      case TOO_MANY -> throw new ImException(ErrorCode.PUBLISHERS_EXCEEDED);
      case UNKNOWN -> throw OfficialFaults.noUser();
    }
  }

  private void unsubscribe(CommandCall call) {
    App app = call.principal().app();
    Account self = self(call);
    Result result =
        subscriptions
            .remove(app, account(call), List.of(self.userId()), Optional.empty(), origin(call))
            .getFirst();
    if (result != Result.DONE) {
      throw new ImException(ErrorCode.SUBSCRIPTION_NOT_FOUND);
    }
    call.reply();
  }

  private void setOption(CommandCall call) {
    long msgFlag = call.u32("msgFlag", ErrorCode.GROUP_INVALID_PARAMETER);
    if (msgFlag > MAX_MSG_FLAG) {
      throw OfficialFaults.invalid("msgFlag must be 0, 1 or 2");
    }
    subscriptions.setMsgFlag(call.principal().app(), account(call), self(call), (int) msgFlag);
    call.reply();
  }

  private void info(CommandCall call) {
    JsonNode asked = call.data().path("officialAccounts");
    if (!asked.isArray() || asked.isEmpty() || asked.size() > MAX_ASKED) {
      throw OfficialFaults.invalid("officialAccounts must be a list of 1 to " + MAX_ASKED);
    }
    List<String> ids = new ArrayList<>();
    for (JsonNode each : asked) {
      if (!each.isTextual()) {
        throw OfficialFaults.invalid("an entry of officialAccounts is not a string");
      }
      ids.add(each.textValue());
    }
    Map<String, OfficialAccount> known = official.findAll(call.principal().app(), ids);
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("officialAccounts");
    ids.stream()
        .distinct()
        .filter(known::containsKey)
        .forEach(id -> list.add(OfficialJson.profile(known.get(id))));
    call.reply(reply);
  }

  private Account self(CommandCall call) {
    return accounts
        .find(call.principal().app(), call.principal().userId())
        .filter(account -> account.id() == call.principal().accountId())
        .orElseThrow(OfficialFaults::noUser);
  }

  private static String account(CommandCall call) {
    return call.text(ACCOUNT, ErrorCode.GROUP_INVALID_PARAMETER);
  }
}
