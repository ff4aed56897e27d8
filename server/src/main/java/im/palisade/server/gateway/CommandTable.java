package im.palisade.server.gateway;

import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Every command clients may send, the gateway's own included. */
public final class CommandTable {
  static final String LOGIN = "session.login";
  static final String LOGOUT = "session.logout";
  static final String PING = "ping";
  static final String RENEW = "session.renew";

  private final Map<String, Command> byName = new LinkedHashMap<>();

  /**
   * The gateway's own commands and these.
   *
   * @throws IllegalArgumentException when a name stands twice
   */
  public CommandTable(Collection<Command> commands) {
    add(
        Command.of(LOGIN, ErrorCode.ACCOUNT_INVALID_PARAMETER)
            .meaning("Makes a session of the connection; the first command of all.")
            .params(
                LoginRequest.SDK_APP_ID,
                LoginRequest.USER_ID,
                LoginRequest.USER_SIG,
                LoginRequest.PLATFORM,
                LoginRequest.MODEL,
                LoginRequest.DEVICE_ID,
                LoginRequest.CLIENT)
            .reply(
                ReplyField.of("sessionId", "names the session"),
                ReplyField.of("serverTime", "UNIX milliseconds"),
                ReplyField.of("heartbeat", "seconds after which the server pings"),
                ReplyField.of("maxMessageBytes", "largest message"),
                ReplyField.of("recallWindow", "seconds within which own messages are recalled"),
                ReplyField.of("sigExpires", "UNIX seconds at which the UserSig expires"))
            .codes(
                ErrorCode.APP_INVALID,
                ErrorCode.APP_DISABLED,
                ErrorCode.SIG_EXPIRED,
                ErrorCode.SIG_MALFORMED,
                ErrorCode.SIG_MISMATCH,
                ErrorCode.SIG_OTHER_USER,
                ErrorCode.SIG_OTHER_APP,
                ErrorCode.SIG_NO_KEY,
                ErrorCode.SIG_TOO_MANY_FAILURES,
                ErrorCode.ACCOUNT_DENIED,
                ErrorCode.ACCOUNT_NOT_FOUND,
                ErrorCode.ACCOUNT_CAP_REACHED,
                ErrorCode.ACCOUNT_INTERNAL)
            .handledBy(
                AuditDeclaration.records(
                    "auth.user.login", "auth.user.login_failed", "auth.usersig.rejected"),
                CommandTable::onLoop));
    add(
        Command.of(RENEW, ErrorCode.ACCOUNT_INVALID_PARAMETER)
            .meaning("Puts a newer UserSig of the same user in the place of the session's.")
            .params(LoginRequest.USER_SIG)
            .reply(ReplyField.of("sigExpires", "UNIX seconds at which it expires"))
            .codes(
                ErrorCode.SIG_EXPIRED,
                ErrorCode.SIG_MALFORMED,
                ErrorCode.SIG_MISMATCH,
                ErrorCode.SIG_OTHER_USER,
                ErrorCode.SIG_OTHER_APP)
            .handledBy(
                AuditDeclaration.none("goes on with a session whose login is on record"),
                CommandTable::onLoop));
    add(
        Command.of(LOGOUT, ErrorCode.ACCOUNT_INVALID_PARAMETER)
            .meaning("Ends the session; the connection is closed with 1000.")
            .handledBy(AuditDeclaration.records("auth.user.logout"), CommandTable::onLoop));
    add(
        Command.of(PING, ErrorCode.ACCOUNT_INVALID_PARAMETER)
            .meaning("Is answered, for clients that cannot ping by WebSocket.")
            .handledBy(AuditDeclaration.none("changes nothing"), CommandTable::onLoop));
    commands.forEach(this::add);
  }

  /** Every command in the order declared. */
  public Collection<Command> commands() {
    return Collections.unmodifiableCollection(byName.values());
  }

  /** The command of that name. */
  public Optional<Command> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  private void add(Command command) {
    if (byName.put(command.name(), command) != null) {
      throw new IllegalArgumentException("command declared twice: " + command.name());
    }
  }

  private static void onLoop(CommandCall call) {
    throw new IllegalStateException("answered by the connection itself");
  }
}
