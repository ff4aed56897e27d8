package im.palisade.server.testing;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.mysql.cj.jdbc.Driver;
import im.palisade.server.store.DatabaseSettings;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * A MySQL 8 of this test JVM, started at first use: the other dialect our SQL must fit. The server
 * that comes as a library is of 2019 and for tests only.
 */
public final class TestMySql {
  /** The shared server as a resource: its settings and users are changed by one test at a time. */
  public static final String SERVER = "MySQL server";

  private static final String ARCHIVE = "/mysql-Linux-amd64.tar.gz";
  private static final String PASSWORD = "test-only";
  private static final int NOBODY = 65534;

  private final Path home = AtJvmEnd.newDirectory();
  private final String host;
  private final int port;
  private final String rootPassword;

  private static final class Shared {
    static final TestMySql SERVER = start();

    /** A current server in a container where an engine answers, else the one we can unpack. */
    private static TestMySql start() {
      LoggedErrors.expect("Could not find a valid Docker environment");
      return DockerClientFactory.instance().isDockerAvailable()
          ? new TestMySql(container())
          : new TestMySql();
    }

    private static GenericContainer<?> container() {
      GenericContainer<?> container =
          new GenericContainer<>("mysql:8.4")
              .withEnv("MYSQL_ROOT_PASSWORD", PASSWORD)
              .withEnv("MYSQL_ROOT_HOST", "%")
              .withCommand("--skip-log-bin")
              .withExposedPorts(3306)
              // The first one is the image's own initialisation.
              .waitingFor(Wait.forLogMessage(".*ready for connections.*port: 3306.*", 1));
      container.start();
      AtJvmEnd.close(container::stop);
      return container;
    }
  }

  private TestMySql(GenericContainer<?> container) {
    host = container.getHost();
    port = container.getMappedPort(3306);
    rootPassword = PASSWORD;
    administer("CREATE USER tester@'%' IDENTIFIED BY '" + PASSWORD + "'");
    administer("GRANT ALL ON *.* TO tester@'%'");
  }

  private TestMySql() {
    host = "127.0.0.1";
    rootPassword = "";
    try {
      unpack();
      Path data = Files.createDirectory(home.resolve("data"));
      if (isRoot()) {
        Files.setAttribute(data, "unix:uid", NOBODY);
      }
      Process initialisation = run("--initialize-insecure", "--innodb-log-file-size=8M").get();
      if (initialisation.waitFor() != 0) {
        throw new IllegalStateException("MySQL cannot be initialised:\n" + log());
      }
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      Process process =
          run(
                  "--port=" + port,
                  "--bind-address=127.0.0.1",
                  "--socket=" + data.resolve("s.sock"),
                  "--mysqlx=OFF",
                  "--skip-log-bin",
                  "--innodb-log-file-size=8M",
                  "--innodb-flush-log-at-trx-commit=1")
              .get();
      AtJvmEnd.close(() -> stop(process));
      awaitAnswer(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException("MySQL cannot be started", e);
    }
  }

  /** Settings that name a new, empty database of this server, changed by the given ones. */
  public static DatabaseSettings newDatabase(String name, Map<String, String> changes) {
    TestMySql server = Shared.SERVER;
    Path passwordFile = server.home.resolve("password");
    try {
      server.administer("CREATE DATABASE " + name + " CHARACTER SET latin1");
      Files.writeString(passwordFile, PASSWORD + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> all = new HashMap<>();
    all.put("database.url", "jdbc:mysql://" + server.host + ":" + server.port + "/" + name);
    all.put("database.user", "tester");
    all.put("database.password-file", passwordFile.toString());
    all.putAll(changes);
    return TestDatabase.settings(all);
  }

  /** Runs a statement as the server's administrator. */
  public static void asAdministrator(String sql) {
    Shared.SERVER.administer(sql);
  }

  private void administer(String sql) {
    try (Connection connection = asRoot();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private Connection asRoot() throws SQLException {
    Properties properties = new Properties();
    properties.put("user", "root");
    properties.put("password", rootPassword);
    properties.put("allowPublicKeyRetrieval", "true");
    return new Driver().connect("jdbc:mysql://" + host + ":" + port + "/", properties);
  }

  private void awaitAnswer(Process process) throws InterruptedException {
    while (!process.waitFor(50, MILLISECONDS)) {
      try (Connection connection = asRoot();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE USER tester@'%' IDENTIFIED BY '" + PASSWORD + "'");
        statement.execute("GRANT ALL ON *.* TO tester@'%'");
        return;
      } catch (SQLException e) {
        if (!e.getSQLState().startsWith("08")) {
          throw new IllegalStateException(e);
        }
      }
    }
    throw new IllegalStateException("MySQL ended:\n" + log());
  }

  private void unpack() throws IOException, InterruptedException {
    Process tar =
        new ProcessBuilder("tar", "-xz", "-C", home.toString())
            .inheritIO()
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .start();
    try (InputStream archive = TestMySql.class.getResourceAsStream(ARCHIVE);
        OutputStream input = tar.getOutputStream()) {
      archive.transferTo(input);
    }
    tar.waitFor();
    Process ldd = new ProcessBuilder("ldd", home.resolve("bin/mysqld").toString()).start();
    String libraries = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (libraries.contains("libaio.so.1 => not found")
        || libraries.contains("libnuma.so.1 => not found")) {
      throw new IllegalStateException(
          "the MySQL 8 of the tests needs the packages libaio1 and libnuma1: apt-get install -y"
              + " libaio1 libnuma1");
    }
  }

  /** Starts the server on a thread that lives on: the kernel ends the child with its thread. */
  private CompletableFuture<Process> run(String... arguments) {
    List<String> command = new ArrayList<>(List.of("setpriv"));
    if (isRoot()) {
      command.addAll(List.of("--reuid", "" + NOBODY, "--regid", "" + NOBODY, "--clear-groups"));
    }
    command.addAll(
        List.of(
            "--pdeathsig",
            "KILL",
            home.resolve("bin/mysqld").toString(),
            "--no-defaults",
            "--basedir=" + home,
            "--lc-messages-dir=" + home.resolve("share"),
            "--datadir=" + home.resolve("data")));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile()));
    CompletableFuture<Process> started = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("test-mysql")
        .start(
            () -> {
              try {
                Process child = builder.start();
                started.complete(child);
                child.waitFor();
              } catch (IOException | InterruptedException e) {
                started.completeExceptionally(e);
              }
            });
    return started;
  }

  private static void stop(Process process) throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  private File logFile() {
    return home.resolve("mysqld.log").toFile();
  }

  private String log() {
    try {
      return Files.readString(logFile().toPath());
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }
}
