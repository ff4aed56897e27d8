package im.palisade.server.callback;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.message.MsgKey;
import im.palisade.server.protocol.Origin;
import im.palisade.server.robot.RobotHook;

/** {@code Chatbot.OnC2CSignalMessage} (callbacks §4.7). */
final class RobotCallbacks implements RobotHook {
  private static final CallbackCommand COMMAND = CallbackCommand.BOT_SIGNAL;

  private final Announcer announcer;

  RobotCallbacks(Announcer announcer) {
    this.announcer = announcer;
  }

  @Override
  public void signalled(
      App app, Account from, Account robot, MsgKey key, String data, Origin origin) {
    if (announcer.fires(app, COMMAND, origin)) {
      announcer.tell(
          app,
          from.id(),
          COMMAND,
          origin,
          MessageBodies.head(COMMAND)
              .put("From_Account", from.userId())
              .put("To_Account", robot.userId())
              .put("MsgSeq", key.msgSeq())
              .put("MsgRandom", key.random())
              .put("MsgKey", key.toString())
              .put("EventTime", announcer.now())
              .put("Data", data));
    }
  }
}
