package im.palisade.server.robot;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.message.MsgKey;
import im.palisade.server.protocol.Origin;

/** Who answers for robots. */
@FunctionalInterface
public interface RobotHook {
  /** A client sent a robot a signal, which nothing stores; must not block. */
  void signalled(App app, Account from, Account robot, MsgKey key, String data, Origin origin);
}
