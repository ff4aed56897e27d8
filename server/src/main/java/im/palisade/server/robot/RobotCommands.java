package im.palisade.server.robot;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.message.MsgKey;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Origin;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What clients may do with robots beside writing to them (callbacks §4.7). */
final class RobotCommands {
  private static final int MAX_DATA = 12_288;
  private static final long U32 = 0xFFFF_FFFFL;

  private static final Param<String> ROBOT = Param.id("robot", "UserID of the robot").required();
  private static final Param<String> DATA =
      Param.text("data", MAX_DATA, "what it is told, in words of the two").required();
  private static final Param<Long> RANDOM =
      Param.u32("random", "the sender's number for it").required();

  private final AccountService accounts;
  private final RobotHook hook;
  private final Clock clock;
  private final AtomicLong lastNumber = new AtomicLong();

  RobotCommands(AccountService accounts, RobotHook hook, Clock clock) {
    this.accounts = accounts;
    this.hook = hook;
    this.clock = clock;
  }

  List<Command> commands() {
    return List.of(
        Command.of("robot.signal", ErrorCode.MESSAGE_INVALID)
            .meaning(
                "Sends a robot something that is no message: its back end is told, nobody else.")
            .params(ROBOT, DATA, RANDOM)
            .reply(ReplyField.of("msgKey", "what its back end knows it by"))
            .codes(ErrorCode.TO_ACCOUNT_NOT_FOUND)
            .inTurnBy(ROBOT)
            .handledBy(AuditDeclaration.none("nothing is stored or changed"), this::signal));
  }

  private void signal(CommandCall call) {
    App app = call.principal().app();
    Account from =
        accounts
            .find(app, call.principal().userId())
            .filter(each -> each.id() == call.principal().accountId())
            .orElseThrow(() -> new ImException(ErrorCode.FROM_ACCOUNT_NOT_FOUND));
    Account robot =
        accounts
            .find(app, call.get(ROBOT))
            .filter(each -> each.userId().startsWith(RobotService.PREFIX))
            .orElseThrow(() -> new ImException(ErrorCode.TO_ACCOUNT_NOT_FOUND, "no such robot"));
    long now = clock.millis();
    long number = lastNumber.updateAndGet(last -> Math.max(last + 1, now)) & U32;
    MsgKey key = new MsgKey(number, call.get(RANDOM), now / 1000);
    hook.signalled(
        app,
        from,
        robot,
        key,
        call.get(DATA),
        Origin.client(from.userId(), call.session().address(), call.session().platform()));
    call.reply(Json.object().put("msgKey", key.toString()));
  }
}
