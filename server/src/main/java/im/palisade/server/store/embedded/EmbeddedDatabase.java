package im.palisade.server.store.embedded;

import im.palisade.server.config.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bundled MariaDB as a child of this process, on a loopback port of its own. It is initialised
 * when new, started again when it dies, and never outlives us: the kernel ends it with us, and one
 * that was left behind all the same is ended at the next start.
 */
public final class EmbeddedDatabase implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("port\\s*=\\s*(\\d+)");

  private final Supervisor supervisor;

  private EmbeddedDatabase(Supervisor supervisor) {
    this.supervisor = supervisor;
  }

  /**
   * Starts the database and returns when it answers.
   *
   * @throws StartException when it cannot be started, with the reason
   */
  public static EmbeddedDatabase start(EmbeddedOptions options) {
    MariadbHome home = MariadbHome.locate(options.home());
    ChildUser user = ChildUser.choose(options.systemUser());
    try {
      refuseForeign(Layout.data(options.directory()), user);
      Files.createDirectories(options.directory());
      ChildUser.setMode(options.directory(), "rwx--x--x");
      refuseUnreachable(options.directory(), user);
      Path temporary = Files.createDirectories(Layout.temporary(options.directory()));
      ChildUser.setMode(temporary, "rwx------");
      user.own(temporary);
      if (user.unreachable(home.needed()).isPresent()) {
        home = home.copyInto(options.directory());
      }
      RunningServer.endSurvivor(options.directory());
      Supervisor supervisor = new Supervisor(options, home, user);
      try {
        supervisor.start().get();
        return new EmbeddedDatabase(supervisor);
      } catch (ExecutionException | InterruptedException e) {
        supervisor.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StartException("the embedded database cannot be started: " + e, e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StartException refused
          ? refused
          : new StartException("the embedded database cannot be started: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while the embedded database was being started", e);
    }
  }

  /**
   * The port that the server running on a directory listens on.
   *
   * @throws StartException when none is running there
   */
  public static int runningPort(Path directory) throws IOException {
    Path note = Layout.processFile(directory);
    Path configuration = Layout.configuration(directory);
    if (!Files.exists(note) || !Files.exists(configuration)) {
      throw new StartException("no database is running on " + directory);
    }
    return Files.readAllLines(configuration).stream()
        .map(PORT::matcher)
        .filter(Matcher::matches)
        .mapToInt(line -> Integer.parseInt(line.group(1)))
        .findFirst()
        .orElseThrow(() -> new StartException(configuration + " names no port"));
  }

  /**
   * Folder of the programs that came with the server program.
   *
   * @throws StartException when there is no server program
   */
  public static Path programs(Optional<Path> configuredHome) {
    return MariadbHome.locate(configuredHome).base().resolve("bin");
  }

  /** JDBC URL without properties; it changes when the database had to be started again. */
  public String url() {
    return supervisor.url();
  }

  /** Has something run each time the database has died, before it is started again. */
  public void onDeath(Runnable listener) {
    supervisor.onDeath(listener);
  }

  /** Process id while a child runs. */
  public Optional<Long> pid() {
    return supervisor.pid();
  }

  /** What it is doing. */
  public DatabaseState state() {
    return supervisor.state();
  }

  /** Stops the database cleanly; after 20 s by force. May be called more than once. */
  @Override
  public void close() {
    supervisor.close();
  }

  /** Before anything is touched: started once as root, it would not start as its user again. */
  private static void refuseForeign(Path data, ChildUser user) throws IOException {
    if (Files.exists(data) && !user.owns(data)) {
      throw new StartException(
          "the database in %s belongs to %s, not to %s: start palisade as the one who began it"
              .formatted(data, Files.getOwner(data).getName(), user.description()));
    }
  }

  private static void refuseUnreachable(Path directory, ChildUser user) throws IOException {
    List<Path> way = new ArrayList<>();
    way.add(directory);
    Optional<Path> barrier = user.unreachable(way);
    if (barrier.isPresent()) {
      throw new StartException(
          "%s cannot enter %s, which is on the way to %s: choose another data directory (--data)"
              .formatted(user.description(), barrier.get(), directory));
    }
  }
}
