package im.palisade.server.store.embedded;

import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.StartException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the data of a new embedded database. It is made in a folder of another name and renamed
 * when complete and durable, so an interrupted start leaves nothing that looks finished.
 */
final class Initialisation {
  private static final Logger LOG = LoggerFactory.getLogger(Initialisation.class);
  private static final String UNFINISHED = "init-";

  private final EmbeddedOptions options;
  private final MariadbHome home;
  private final ChildUser user;

  Initialisation(EmbeddedOptions options, MariadbHome home, ChildUser user) {
    this.options = options;
    this.home = home;
    this.user = user;
  }

  /**
   * Makes the data unless it is there. To be called from the thread that lives on, since the kernel
   * ends the child together with that thread.
   *
   * @throws StartException when the server refuses or the data is of a newer version
   */
  void ensure() throws IOException, InterruptedException {
    Path directory = options.directory();
    removeUnfinished(directory);
    if (Files.isDirectory(Layout.data(directory))) {
      refuseOlderServer(Layout.versionFile(directory));
    } else {
      long begin = System.nanoTime();
      Path unfinished = directory.resolve(UNFINISHED + ProcessHandle.current().pid());
      Files.createDirectory(unfinished);
      ChildUser.setMode(unfinished, "rwx------");
      user.own(unfinished);
      bootstrap(unfinished);
      DurableFiles.forceTree(unfinished);
      Files.move(unfinished, Layout.data(directory), StandardCopyOption.ATOMIC_MOVE);
      DurableFiles.forceDirectory(directory);
      LOG.info(
          "The embedded database was made in {} ({} ms)",
          Layout.data(directory),
          (System.nanoTime() - begin) / 1_000_000);
    }
    DurableFiles.write(Layout.versionFile(directory), home.version() + "\n", "rw-------");
  }

  private void bootstrap(Path data) throws IOException, InterruptedException {
    File log = Layout.initialisationLog(options.directory()).toFile();
    ErrorLog.createPrivate(log.toPath());
    ProcessBuilder builder =
        new ProcessBuilder(
                user.command(
                    List.of(
                        home.binary().toString(),
                        "--no-defaults",
                        "--bootstrap",
                        "--basedir=" + home.base(),
                        "--lc-messages-dir=" + home.share(),
                        "--datadir=" + data,
                        "--tmpdir=" + Layout.temporary(options.directory()),
                        "--skip-ssl",
                        "--innodb-buffer-pool-size=16M",
                        "--innodb-log-file-size=" + options.redoLog(),
                        "--character-set-server=utf8mb4",
                        "--collation-server=utf8mb4_bin")))
            .redirectErrorStream(true)
            .redirectOutput(log);
    Environment.minimal(builder);
    Process process = builder.start();
    try (OutputStream input = process.getOutputStream()) {
      input.write(statements().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.debug("the initialising database ended before it had read everything", e);
    } finally {
      // When we are interrupted here, the child must not go on in a folder we may remove.
      if (Thread.currentThread().isInterrupted()) {
        process.destroyForcibly();
      }
    }
    int exitCode = process.waitFor();
    if (exitCode != 0) {
      throw new StartException(
          "the embedded database cannot be initialised (exit code %d)%s; see %s"
              .formatted(exitCode, ErrorLog.lastError(log.toPath(), 0), log));
    }
  }

  /** One statement a line: the bootstrap mode takes nothing else. */
  private String statements() throws IOException {
    StringBuilder sql = new StringBuilder("create database mysql;\nuse mysql;\n");
    for (Path script : home.scripts()) {
      sql.append(Files.readString(script)).append('\n');
    }
    return sql.append(
            """
            delete from global_priv where user not in ('root', 'mariadb.sys', 'PUBLIC') or (user = 'root' and host <> 'localhost');
            delete from proxies_priv;
            flush privileges;
            alter user root@localhost identified by '%1$s';
            create database %3$s character set utf8mb4 collate utf8mb4_bin;
            create user %3$s@'127.0.0.1' identified by '%2$s';
            grant all privileges on %3$s.* to %3$s@'127.0.0.1';
            """
                .formatted(options.rootPassword(), options.password(), EmbeddedOptions.NAME))
        .toString();
  }

  private void refuseOlderServer(Path versionFile) throws IOException {
    if (Files.exists(versionFile)) {
      String written = Files.readString(versionFile).trim();
      if (Runtime.Version.parse(release(home.version()))
              .compareTo(Runtime.Version.parse(release(written)))
          < 0) {
        throw new StartException(
            "the embedded database was last run by MariaDB %s, whose data %s (%s) cannot read"
                .formatted(written, home.binary(), home.version()));
      }
    }
  }

  /** Data can be read by any patch level of one release. */
  private static String release(String version) {
    String[] parts = version.split("\\.", -1);
    return parts[0] + "." + parts[1];
  }

  private static void removeUnfinished(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        if (entry.getFileName().toString().startsWith(UNFINISHED) && Files.isDirectory(entry)) {
          LOG.warn("Removing {}, left behind by an interrupted first start", entry);
          DurableFiles.deleteTree(entry);
        }
      }
    }
  }
}
