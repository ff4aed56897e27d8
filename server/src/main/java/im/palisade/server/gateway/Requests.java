package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import java.util.Optional;

/** Tells what a client's frame asks for. On the event loop. */
final class Requests {
  private static final long MAX_ID = 0xFFFF_FFFFL;

  private final CommandTable commands;
  private final Logins logins;

  Requests(CommandTable commands, Logins logins) {
    this.commands = commands;
    this.logins = logins;
  }

  /** Serves, holds or refuses a request; without a usable id it cannot be answered: 4000. */
  void receive(Connection connection, ObjectNode frame, int bytes) {
    JsonNode number = frame.get("id");
    long id =
        number != null && number.isIntegralNumber() && number.canConvertToLong()
            ? number.longValue()
            : 0;
    if (id < 1 || id > MAX_ID) {
      connection.shut(CloseCode.MALFORMED, CloseCause.VIOLATION);
      return;
    }
    JsonNode name = frame.get("cmd");
    String command = name != null && name.isTextual() ? name.textValue() : "";
    switch (connection.phase()) {
      case AWAITING_LOGIN -> beforeLogin(connection, frame, id, command);
      case LOGGING_IN -> connection.hold(frame, bytes);
      case OPEN -> afterLogin(connection, frame, id, command, bytes);
      case HTTP, CLOSING, CLOSED -> {}
    }
  }

  private void beforeLogin(Connection connection, ObjectNode frame, long id, String command) {
    if (command.equals(CommandTable.LOGIN)) {
      connection.startLogin();
      logins.begin(
          connection, id, frame.get("data") instanceof ObjectNode data ? data : Json.object());
    } else {
      refuse(connection, id, ErrorCode.NOT_AUTHENTICATED, "log in first");
    }
  }

  private void afterLogin(
      Connection connection, ObjectNode frame, long id, String name, int bytes) {
    Optional<Command> command = commands.find(name);
    if (command.isEmpty()) {
      refuse(connection, id, ErrorCode.UNKNOWN_RESOURCE, "unknown command");
      return;
    }
    JsonNode data = frame.get("data");
    if (data != null && !data.isNull() && !data.isObject()) {
      refuse(connection, id, ErrorCode.BODY_EMPTY, "data is not an object");
      return;
    }
    switch (name) {
      case CommandTable.PING -> connection.send(EncodedFrame.reply(id));
      case CommandTable.LOGOUT -> {
        connection.send(EncodedFrame.reply(id));
        connection.close(CloseCode.NORMAL, CloseCause.LOGOUT);
      }
      case CommandTable.RENEW ->
          logins.renew(connection, id, data instanceof ObjectNode object ? object : Json.object());
      case CommandTable.LOGIN ->
          refuse(connection, id, ErrorCode.ACCOUNT_INVALID_PARAMETER, "already logged in");
      default -> {
        if (connection.principal().isGuest() && !command.get().forGuests()) {
          refuse(connection, id, ErrorCode.NOT_AUTHENTICATED, "not for guests");
          return;
        }
        connection.run(
            new CommandCall(
                connection,
                command.get(),
                id,
                data instanceof ObjectNode object ? object : Json.object(),
                bytes),
            bytes);
      }
    }
  }

  private static void refuse(Connection connection, long id, ErrorCode code, String info) {
    connection.send(EncodedFrame.error(id, code.number(), info));
  }
}
