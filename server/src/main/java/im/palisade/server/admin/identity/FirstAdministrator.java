package im.palisade.server.admin.identity;

import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.audit.Cause;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.StartException;
import im.palisade.server.store.Region;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How an installation gets its first administrator: by a link that a start prints and leaves in a
 * file for the operator alone, as long as there is nobody. Each start makes another; there is no
 * default password.
 */
public final class FirstAdministrator {
  /** The file in the data directory. */
  public static final String FILE = "first-administrator";

  private final Region home;
  private final Passwords passwords;
  private final Path file;
  private final Clock clock;
  private final AdministratorStore store = new AdministratorStore();
  private Optional<String> token = Optional.empty();

  public FirstAdministrator(Region home, Passwords passwords, Path directory, Clock clock) {
    this.home = home;
    this.passwords = passwords;
    this.file = directory.resolve(FILE);
    this.clock = clock;
  }

  /**
   * Makes the link, when there is nobody.
   *
   * @param console where the console is to be reached
   */
  public synchronized Optional<String> invite(String console) {
    try {
      if (!home.read(store::isEmpty)) {
        Files.deleteIfExists(file);
        return Optional.empty();
      }
      String fresh = Tokens.next();
      // Behind the #, so that it is in no request and no log.
      String link = console + "/console/#/first-administrator?token=" + fresh;
      DurableFiles.write(file, link + "\n", "rw-------");
      token = Optional.of(fresh);
      return Optional.of(link);
    } catch (IOException e) {
      throw new StartException(file + " cannot be written: " + e.getMessage(), e);
    }
  }

  /** Whether the link is still waiting to be used. */
  public synchronized boolean isAwaited() {
    return token.isPresent();
  }

  /**
   * Uses the link.
   *
   * @return the new administrator's id
   * @throws AdminException FORBIDDEN when the token is not the link's or it was used before
   */
  public synchronized long create(
      String given, String name, String displayName, String password, Cause cause) {
    if (token.isEmpty() || !Tokens.same(token.get(), given)) {
      throw AdminException.of(Refusal.FORBIDDEN, Reason.LINK_NOT_VALID);
    }
    Passwords.check("password", password, name);
    String hash = passwords.hash(password);
    Instant now = clock.instant();
    OptionalLong id =
        home.inUnitOfWork(
            unit -> {
              if (!store.isEmpty(unit.connection())) {
                return OptionalLong.empty();
              }
              OptionalLong inserted =
                  store.insert(unit.connection(), name, displayName, hash, false, now);
              if (inserted.isPresent()) {
                Grant grant = new Grant(Role.SUPER.key(), Grant.EVERYWHERE);
                store.insertGrant(unit.connection(), inserted.getAsLong(), grant);
                Administrator made =
                    store.find(unit.connection(), inserted.getAsLong()).orElseThrow();
                unit.record(cause.event("admin.account.create", SignInService.target(made)));
                unit.record(
                    AdministratorService.granted(cause, "admin.role.grant", made, Set.of(grant)));
              }
              return inserted;
            });
    token = Optional.empty();
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (id.isEmpty()) {
      throw AdminException.of(Refusal.CONFLICT, Reason.ADMINISTRATOR_EXISTS);
    }
    return id.getAsLong();
  }
}
