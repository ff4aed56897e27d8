package im.palisade.server.official;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.official.SubscriptionService.Result;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Origin;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What clients may do with official accounts (client-features §18). */
final class OfficialCommands {
  private static final Param<String> ACCOUNT =
      Param.id("officialAccount", "the official account").required();
  private static final Param<List<String>> ACCOUNTS =
      Param.ids("officialAccounts", 1, 50, "the official accounts").required();
  private static final Param<Long> MSG_FLAG =
      Param.number(
              "msgFlag", 0, 2, "0 receive and notify, 1 do not receive, 2 receive without push")
          .required();

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
    ErrorCode wrong = ErrorCode.GROUP_INVALID_PARAMETER;
    return List.of(
        Command.of("official.subscribe", wrong)
            .meaning("Subscribes to an official account.")
            .params(ACCOUNT)
            .inTurnBy(ACCOUNT)
            .codes(
                ErrorCode.SET_ACCOUNT_MISSING_OR_NO_PUBLISHER,
                ErrorCode.SET_ACCOUNT_INVALID_OR_SUBSCRIBED,
                ErrorCode.SUBSCRIBERS_EXCEEDED,
                ErrorCode.PUBLISHERS_EXCEEDED)
            .handledBy(own, this::subscribe),
        Command.of("official.unsubscribe", wrong)
            .meaning("Ends a subscription.")
            .params(ACCOUNT)
            .inTurnBy(ACCOUNT)
            .codes(ErrorCode.SET_ACCOUNT_MISSING_OR_NO_PUBLISHER, ErrorCode.SUBSCRIPTION_NOT_FOUND)
            .handledBy(own, this::unsubscribe),
        Command.of("official.option", wrong)
            .meaning("Says how messages of an official account are received.")
            .params(ACCOUNT, MSG_FLAG)
            .inTurnBy(ACCOUNT)
            .codes(
                ErrorCode.SET_ACCOUNT_MISSING_OR_NO_PUBLISHER,
                ErrorCode.GET_ACCOUNT_MISSING_OR_NOT_SUBSCRIBED)
            .handledBy(own, this::setOption),
        Command.of("official.info", wrong)
            .meaning("What official accounts say of themselves.")
            .params(ACCOUNTS)
            .reply(ReplyField.of("officialAccounts", "those that exist, as in `official.changed`"))
            .handledBy(
                AuditDeclaration.none("official accounts say this to everybody"), this::info));
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
    subscriptions.setMsgFlag(
        call.principal().app(), account(call), self(call), call.get(MSG_FLAG).intValue());
    call.reply();
  }

  private void info(CommandCall call) {
    List<String> ids = call.get(ACCOUNTS);
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
    return call.get(ACCOUNT);
  }
}
