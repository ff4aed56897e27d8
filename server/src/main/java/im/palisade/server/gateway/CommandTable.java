package im.palisade.server.gateway;

import im.palisade.server.audit.AuditDeclaration;
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

  private final Map<String, Command> byName = new LinkedHashMap<>();

  /**
   * The gateway's own commands and these.
   *
   * @throws IllegalArgumentException when a name stands twice
   */
  public CommandTable(Collection<Command> commands) {
    add(
        new Command(
            LOGIN,
            AuditDeclaration.records("auth.user.login", "auth.user.login_failed"),
            CommandTable::onLoop));
    add(
        new Command(
            LOGOUT,
            AuditDeclaration.none("ends the caller's own session, whose login is on record"),
            CommandTable::onLoop));
    add(new Command(PING, AuditDeclaration.none("changes nothing"), CommandTable::onLoop));
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
