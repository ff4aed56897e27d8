package im.palisade.server.store.embedded;

import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.SettingException;
import im.palisade.server.config.StartException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A MariaDB server program with what it needs at run time.
 *
 * @param base directory above {@code bin}
 * @param binary {@code mariadbd}
 * @param share holds {@code english/errmsg.sys} and the scripts
 * @param scripts that fill an empty server, in the order to run them
 * @param version such as {@code 11.4.5}
 */
record MariadbHome(Path base, Path binary, Path share, List<Path> scripts, String version) {
  private static final Pattern VERSION = Pattern.compile("Ver (\\d+\\.\\d+\\.\\d+)");
  private static final String MESSAGES = "english/errmsg.sys";

  /**
   * The configured program; else the bundled one (system property {@code palisade.mariadb.home});
   * else an installed one.
   *
   * @throws SettingException when the configured one is unusable
   * @throws StartException when there is none
   */
  static MariadbHome locate(Optional<Path> configured) {
    if (configured.isPresent()) {
      return at(configured.get())
          .orElseThrow(
              () ->
                  new SettingException(
                      "database.embedded.home",
                      configured.get() + " holds no MariaDB server that runs here"));
    }
    return candidates().stream()
        .flatMap(base -> at(base).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new StartException(
                    "no MariaDB server found: install mariadb-server-core (10.11 or later), or name"
                        + " one by database.embedded.home, or an outside one by database.url"));
  }

  private static List<Path> candidates() {
    List<Path> candidates = new ArrayList<>();
    String bundled = System.getProperty("palisade.mariadb.home", "");
    if (!bundled.isBlank()) {
      candidates.add(Path.of(bundled).toAbsolutePath());
    }
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/local/sbin";
    for (String directory : path.split(File.pathSeparator, -1)) {
      Path binary = Path.of(directory, "mariadbd");
      if (!directory.isBlank() && Files.isExecutable(binary)) {
        candidates.add(binary.toAbsolutePath().getParent().getParent());
      }
    }
    return candidates;
  }

  private static Optional<MariadbHome> at(Path base) {
    for (Path binary : List.of(base.resolve("bin/mariadbd"), base.resolve("sbin/mariadbd"))) {
      Optional<String> version = version(binary);
      if (version.isPresent()) {
        return Stream.of("share", "share/mysql", "share/mariadb")
            .map(base::resolve)
            .filter(share -> Files.exists(share.resolve(MESSAGES)))
            .flatMap(
                share ->
                    scripts(share).stream()
                        .map(s -> new MariadbHome(base, binary, share, s, version.get())))
            .findFirst();
      }
    }
    return Optional.empty();
  }

  private static Optional<List<Path>> scripts(Path share) {
    // Up to 10.11 the scripts are named after MySQL.
    for (String prefix : List.of("mariadb", "mysql")) {
      List<Path> scripts =
          Stream.of("_system_tables.sql", "_performance_tables.sql", "_system_tables_data.sql")
              .map(name -> share.resolve(prefix + name))
              .toList();
      if (scripts.stream().allMatch(Files::isRegularFile)) {
        return Optional.of(scripts);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> version(Path binary) {
    if (!Files.isExecutable(binary)) {
      return Optional.empty();
    }
    try {
      ProcessBuilder builder =
          new ProcessBuilder(binary.toString(), "--no-defaults", "--version")
              .redirectErrorStream(true);
      builder.environment().clear();
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher version = VERSION.matcher(output);
      return version.find() ? Optional.of(version.group(1)) : Optional.empty();
    } catch (IOException e) {
      // Built for another machine, or its libraries are missing: the next candidate may run.
      return Optional.empty();
    }
  }

  /** Files and directories the server's user must be able to read. */
  List<Path> needed() {
    return List.of(binary, share.resolve(MESSAGES));
  }

  /**
   * A copy in a directory of ours, for a user that cannot reach the original. A copy of an earlier
   * start is taken again when it is of the same version and size.
   */
  MariadbHome copyInto(Path directory) throws IOException {
    Path target = directory.resolve("bin-" + version);
    MariadbHome copy = under(target);
    if (Files.exists(copy.binary) && Files.size(copy.binary) == Files.size(binary)) {
      return copy;
    }
    Path fresh = directory.resolve("bin-" + version + ".new");
    DurableFiles.deleteTree(fresh);
    MariadbHome written = under(fresh);
    Files.createDirectories(written.binary.getParent());
    Files.createDirectories(written.share.resolve("english"));
    copy(binary, written.binary);
    copy(share.resolve(MESSAGES), written.share.resolve(MESSAGES));
    for (int i = 0; i < scripts.size(); i++) {
      copy(scripts.get(i), written.scripts.get(i));
    }
    try (Stream<Path> all = Files.walk(fresh)) {
      for (Path path : all.toList()) {
        boolean runs = Files.isDirectory(path) || path.equals(written.binary);
        ChildUser.setMode(path, runs ? "rwxr-xr-x" : "rw-r--r--");
      }
    }
    DurableFiles.forceTree(fresh);
    DurableFiles.deleteTree(target);
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    return copy;
  }

  private MariadbHome under(Path root) {
    Path otherShare = root.resolve("share");
    return new MariadbHome(
        root,
        root.resolve("bin/mariadbd"),
        otherShare,
        scripts.stream().map(s -> otherShare.resolve(s.getFileName())).toList(),
        version);
  }

  /**
   * By a program of its own: a child that any thread of ours starts at this moment holds our open
   * files for an instant, and a program somebody has open for writing cannot be run.
   */
  private static void copy(Path from, Path to) throws IOException {
    ChildUser.Output copied = ChildUser.run("cp", "--", from.toString(), to.toString());
    if (copied.exitCode() != 0) {
      throw new IOException(copied.text());
    }
  }
}
