package im.palisade.server.store.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mysql.cj.jdbc.Driver;
import im.palisade.server.config.SettingException;
import im.palisade.server.config.StartException;
import im.palisade.server.testing.LoggedErrors;
import im.palisade.server.testing.OtherJvm;
import im.palisade.server.testing.TestDatabase;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Starts and ends of the embedded database, the unhappy ones above all. */
class EmbeddedDatabaseTest {
  private static final String PASSWORD = "0123456789abcdef";
  private static final String ROOT_PASSWORD = "fedcba9876543210";

  private final Path directory = TestDatabase.newDirectory().resolve("mariadb");

  /** Runs a database in a JVM of its own until killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      EmbeddedDatabase database =
          EmbeddedDatabase.start(options(Path.of(args[0]), Optional.empty()));
      System.out.println("PID " + database.pid().orElseThrow());
      var _ = System.in.read();
    }
  }

  @Test
  void thereAreNoAccountsButPalisadeOverLoopbackAndRootOnTheMachine() throws Exception {
    start().close();
    assertEquals(
        "mariadb.sys@localhost palisade@127.0.0.1 root@localhost",
        asTheServerItself(
            "SELECT GROUP_CONCAT(user, '@', host ORDER BY 1 SEPARATOR ' ') FROM mysql.global_priv"
                + " WHERE user <> 'PUBLIC'"));
    assertEquals("0", asTheServerItself("SELECT COUNT(*) FROM mysql.proxies_priv"));
    assertEquals("palisade", asTheServerItself("SELECT GROUP_CONCAT(db) FROM mysql.db"));
  }

  @Test
  void withoutThePasswordNobodyComesIn() throws SQLException {
    try (EmbeddedDatabase database = start()) {
      for (String user : List.of("palisade", "root", "", "mysql")) {
        SQLException refused =
            assertThrows(SQLException.class, () -> connect(database, user, "").close());
        assertEquals(1045, refused.getErrorCode(), user);
      }
    }
  }

  @Test
  void aDatabaseDiesWithItsKilledParentAndTheNextStartFindsEverything() throws Exception {
    long child;
    try (OtherJvm parent = OtherJvm.start(Holder.class, List.of(), directory.toString())) {
      child = Long.parseLong(parent.awaitLine("PID"));
      assertTrue(isAlive(child));
    }
    Awaitility.await().until(() -> !isAlive(child));
    try (EmbeddedDatabase database = start()) {
      assertEquals(DatabaseState.RUNNING, database.state());
    }
  }

  @Test
  void aFirstStartThatWasKilledHalfwayIsBegunAnew() throws Exception {
    Path home = TestDatabase.newDirectory();
    scriptedHome(
        home,
        """
        echo half > "$datadir/ibdata1"
        exec sleep 600
        """);
    try (OtherJvm parent =
        OtherJvm.start(
            Holder.class, List.of("-Dpalisade.mariadb.home=" + home), directory.toString())) {
      Awaitility.await().until(() -> Files.exists(unfinished().resolve("ibdata1")));
      assertFalse(Files.exists(directory.resolve("data")));
      parent.kill();
    }
    try (EmbeddedDatabase database = start()) {
      connect(database, EmbeddedOptions.NAME, PASSWORD).close();
      assertFalse(Files.exists(unfinished()));
    }
  }

  @Test
  void aDatabaseThatOutlivedItsParentIsEndedBeforeTheNextIsStarted() throws Exception {
    start().close();
    Process survivor = startUnsupervised();
    RunningServer.note(directory, survivor.pid());
    try (EmbeddedDatabase database = start()) {
      assertFalse(survivor.isAlive());
      assertEquals(DatabaseState.RUNNING, database.state());
    } finally {
      survivor.destroyForcibly();
    }
  }

  @Test
  void anotherProcessWithTheNotedNumberIsLeftAlone() throws Exception {
    start().close();
    Process stranger = new ProcessBuilder("sleep", "600").start();
    try {
      RunningServer.note(directory, stranger.pid());
      start().close();
      assertTrue(stranger.isAlive());
      Files.writeString(directory.resolve("server.pid"), "1 no number");
      start().close();
      assertFalse(Files.exists(directory.resolve("server.pid")));
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void aProcessOfAnotherStartTimeIsLeftAlone() throws Exception {
    start().close();
    Process survivor = startUnsupervised();
    try {
      Files.writeString(directory.resolve("server.pid"), survivor.pid() + " 12345\n");
      RunningServer.endSurvivor(directory);
      assertTrue(survivor.isAlive());
    } finally {
      survivor.destroyForcibly().waitFor();
    }
  }

  @Test
  void aServerThatDoesNotStartIsGivenUpWithItsOwnReason() throws Exception {
    start().close();
    Path home = TestDatabase.newDirectory();
    scriptedHome(
        home,
        """
        echo '2026-01-01 00:00:00 0 [ERROR] InnoDB: the disk is made of cheese' >&2
        exit 7
        """);
    StartException refused =
        assertThrows(
            StartException.class,
            () -> EmbeddedDatabase.start(options(directory, Optional.of(home))));
    assertEquals(
        "the embedded database does not start: pid N ended with exit code 7: InnoDB: the disk is"
            + " made of cheese; see "
            + directory.resolve("error.log"),
        refused.getMessage().replaceFirst("pid \\d+", "pid N"));
  }

  @Test
  void aDatabaseThatCannotBeStartedAgainIsTriedUntilItCan() throws IOException {
    LoggedErrors.expect(
        "cannot be started: java.nio.file.DirectoryNotEmptyException: " + directory);
    try (EmbeddedDatabase database = start()) {
      Path obstacle = Files.createDirectories(directory.resolve(".my.cnf.new/full-disk"));
      ProcessHandle.of(database.pid().orElseThrow()).orElseThrow().destroyForcibly();
      Awaitility.await().until(() -> database.state() == DatabaseState.FAILED);
      assertEquals(Optional.empty(), database.pid());
      Files.delete(obstacle);
      Awaitility.await().until(() -> database.state() == DatabaseState.RUNNING);
    }
  }

  @Test
  void dataOfANewerServerIsRefused() throws IOException {
    start().close();
    Files.writeString(directory.resolve("version"), "99.1.2\n");
    StartException refused = assertThrows(StartException.class, this::start);
    assertTrue(
        refused.getMessage().startsWith("the embedded database was last run by MariaDB 99.1.2"),
        refused.getMessage());
  }

  @Test
  void replacedSecretsAreNamedAsTheReason() {
    start().close();
    EmbeddedOptions replaced =
        new EmbeddedOptions(
            directory,
            Optional.empty(),
            "palisade-db",
            64 << 20,
            32 << 20,
            5,
            ROOT_PASSWORD,
            "another0password0");
    StartException refused =
        assertThrows(StartException.class, () -> EmbeddedDatabase.start(replaced));
    assertTrue(refused.getMessage().contains("secrets/"), refused.getMessage());
    start().close();
  }

  @Test
  void aHomeWithoutAServerIsRefusedByTheSettingsName() {
    Path empty = TestDatabase.newDirectory();
    SettingException refused =
        assertThrows(
            SettingException.class,
            () -> EmbeddedDatabase.start(options(directory, Optional.of(empty))));
    assertEquals(
        "database.embedded.home: " + empty + " holds no MariaDB server that runs here",
        refused.getMessage());
  }

  @Test
  void aProgramItsUserCannotReachIsCopied() throws IOException {
    assumeRoot();
    Path hidden = TestDatabase.newDirectory();
    Path home = hidden.resolve("mariadb");
    copyTree(bundledHome(), home);
    ChildUser.setMode(hidden, "rwx------");
    try (EmbeddedDatabase database =
        EmbeddedDatabase.start(options(directory, Optional.of(home)))) {
      Path program = Path.of("/proc", "" + database.pid().orElseThrow(), "exe").toRealPath();
      assertTrue(program.startsWith(directory), program.toString());
    }
  }

  @Test
  void itIsKnownWhetherDataAreAnotherUsers() throws IOException {
    Path ours = TestDatabase.newDirectory();
    assertTrue(new ChildUser.Ourselves().owns(ours));
    assertFalse(new ChildUser.Other("stranger", 64_999, 64_999).owns(ours));
  }

  @Test
  void aDirectoryItsUserCannotReachIsRefusedByName() throws IOException {
    assumeRoot();
    Path closed = TestDatabase.newDirectory();
    ChildUser.setMode(closed, "rwx------");
    Path inside = closed.resolve("palisade/mariadb");
    StartException refused =
        assertThrows(
            StartException.class, () -> EmbeddedDatabase.start(options(inside, Optional.empty())));
    assertEquals(
        "the database's user palisade-db cannot enter %s, which is on the way to %s: choose another data directory (--data)"
            .formatted(closed, inside),
        refused.getMessage());
  }

  private EmbeddedDatabase start() {
    return EmbeddedDatabase.start(options(directory, Optional.empty()));
  }

  private static EmbeddedOptions options(Path directory, Optional<Path> home) {
    return new EmbeddedOptions(
        directory, home, "palisade-db", 64 << 20, 32 << 20, 5, ROOT_PASSWORD, PASSWORD);
  }

  /** As an older release that knew no parent-death signal would have left it. */
  private Process startUnsupervised() throws Exception {
    MariadbHome home = MariadbHome.locate(Optional.empty());
    List<String> command =
        new ArrayList<>(
            ChildUser.choose("palisade-db")
                .command(List.of(home.binary().toString(), RunningServer.mark(directory))));
    int signal = command.indexOf("--pdeathsig");
    command.subList(signal, signal + 2).clear();
    Process process = new ProcessBuilder(command).start();
    Path socket = directory.resolve("data/mysql.sock");
    Awaitility.await().until(() -> Files.exists(socket) || !process.isAlive());
    assertTrue(process.isAlive());
    return process;
  }

  /** A home whose server does what a real one does but where the script says otherwise. */
  private static void scriptedHome(Path home, String script) throws IOException {
    copyTree(bundledHome().resolve("share"), home.resolve("share"));
    Path binary = Files.createDirectory(home.resolve("bin")).resolve("mariadbd");
    Path text = home.resolve("mariadbd.sh");
    Files.writeString(
        text,
        """
        #!/bin/sh
        for argument; do
          case $argument in
            --version) exec %s --no-defaults --version ;;
            --datadir=*) datadir=${argument#*=} ;;
          esac
        done
        """
                .formatted(bundledHome().resolve("bin/mariadbd"))
            + script);
    // A program that this JVM wrote may be busy for as long as another thread starts a child.
    assertEquals(0, ChildUser.run("cp", text.toString(), binary.toString()).exitCode());
    for (Path open : List.of(home, home.resolve("bin"), binary)) {
      ChildUser.setMode(open, "rwxr-xr-x");
    }
  }

  private Path unfinished() throws IOException {
    if (!Files.isDirectory(directory)) {
      return directory.resolve("none");
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(entry -> entry.getFileName().toString().startsWith("init-"))
          .findFirst()
          .orElse(directory.resolve("none"));
    }
  }

  /** What a query answers that no account of ours may ask; the database must not be running. */
  private String asTheServerItself(String sql) throws Exception {
    MariadbHome home = MariadbHome.locate(Optional.empty());
    Path answer = directory.resolve("data/answer");
    Process process =
        new ProcessBuilder(
                ChildUser.choose("palisade-db")
                    .command(
                        List.of(
                            home.binary().toString(),
                            "--no-defaults",
                            "--bootstrap",
                            "--skip-ssl",
                            "--innodb-log-file-size=32M",
                            "--basedir=" + home.base(),
                            "--tmpdir=" + directory.resolve("tmp"),
                            "--lc-messages-dir=" + home.share(),
                            "--datadir=" + directory.resolve("data"))))
            .redirectErrorStream(true)
            .start();
    try (Writer input = process.outputWriter(StandardCharsets.UTF_8)) {
      input.write(sql.replace(" FROM ", " INTO OUTFILE '" + answer + "' FROM ") + ";\n");
    }
    String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), log);
    String text = Files.readString(answer).trim();
    Files.delete(answer);
    return text;
  }

  private static Connection connect(EmbeddedDatabase database, String user, String password)
      throws SQLException {
    Properties properties = new Properties();
    properties.put("user", user);
    properties.put("password", password);
    properties.put("sslMode", "DISABLED");
    return new Driver().connect(database.url(), properties);
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  private static Path bundledHome() {
    return Path.of(System.getProperty("palisade.mariadb.home"));
  }

  private static void copyTree(Path from, Path to) throws IOException {
    ChildUser.Output copied = ChildUser.run("cp", "-rp", from.toString(), to.toString());
    assertEquals(0, copied.exitCode(), copied.text());
  }

  private static void assumeRoot() {
    Assumptions.assumeTrue(
        System.getProperty("user.name").equals("root"), "only root runs the database as another");
  }
}
