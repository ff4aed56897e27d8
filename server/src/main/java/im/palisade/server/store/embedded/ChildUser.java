package im.palisade.server.store.embedded;

import im.palisade.server.config.StartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whom the database runs as: us, or its own user when we are root. */
sealed interface ChildUser {

  /** The user of this process. */
  record Ourselves() implements ChildUser {}

  /** Another user, which only root can become. */
  record Other(String name, int uid, int gid) implements ChildUser {}

  /**
   * Chooses the user; as root, creates the system user when missing.
   *
   * @throws StartException when it cannot be created or a tool is missing
   */
  static ChildUser choose(String systemUser) {
    try {
      int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      if (uid != 0) {
        return new Ourselves();
      }
      Optional<ChildUser> existing = lookUp(systemUser);
      if (existing.isPresent()) {
        return existing.get();
      }
      Output created =
          run(
              "useradd",
              "--system",
              "--user-group",
              "--no-create-home",
              "--home-dir",
              "/nonexistent",
              "--shell",
              "/usr/sbin/nologin",
              systemUser);
      // Another server on this machine may have been faster: only the outcome counts.
      return lookUp(systemUser)
          .orElseThrow(
              () ->
                  new StartException(
                      "the database's system user %s cannot be created: %s"
                          .formatted(systemUser, created.text())));
    } catch (IOException e) {
      throw new StartException(
          "the database's user cannot be chosen (useradd and id are needed): " + e.getMessage(), e);
    }
  }

  private static Optional<ChildUser> lookUp(String name) throws IOException {
    Output uid = run("id", "-u", name);
    Output gid = run("id", "-g", name);
    if (uid.exitCode() != 0 || gid.exitCode() != 0) {
      return Optional.empty();
    }
    return Optional.of(new Other(name, Integer.parseInt(uid.text()), Integer.parseInt(gid.text())));
  }

  /**
   * The command line that runs a program as this user, in a session of its own (a Ctrl-C in our
   * terminal must not end the database under us), and killed by the kernel when the thread that
   * started it ends.
   */
  default List<String> command(List<String> program) {
    List<String> command = new ArrayList<>(List.of("setsid", "setpriv"));
    command.addAll(identity());
    command.addAll(List.of("--pdeathsig", "KILL", "--"));
    command.addAll(program);
    return command;
  }

  /** Makes this user the owner. */
  default void own(Path path) throws IOException {
    if (this instanceof Other other) {
      Files.setAttribute(path, "unix:uid", other.uid());
      Files.setAttribute(path, "unix:gid", other.gid());
    }
  }

  /** Whether this user is the owner. */
  default boolean owns(Path path) throws IOException {
    Object uid =
        switch (this) {
          case Ourselves() -> Files.getAttribute(Path.of("/proc/self"), "unix:uid");
          case Other other -> other.uid();
        };
    return uid.equals(Files.getAttribute(path, "unix:uid"));
  }

  /** The first file or directory on the way to these paths that this user cannot enter or read. */
  default Optional<Path> unreachable(Collection<Path> paths) throws IOException {
    if (this instanceof Ourselves) {
      return paths.stream().filter(path -> !Files.isReadable(path)).findFirst();
    }
    Set<Path> directories = new LinkedHashSet<>();
    Set<Path> files = new LinkedHashSet<>();
    for (Path path : paths) {
      Path real = path.toRealPath();
      Deque<Path> fromTheRoot = new ArrayDeque<>();
      for (Path p = real.getParent(); p != null; p = p.getParent()) {
        fromTheRoot.push(p);
      }
      directories.addAll(fromTheRoot);
      (Files.isDirectory(real) ? directories : files).add(real);
    }
    List<String> check = new ArrayList<>(List.of("setpriv"));
    check.addAll(identity());
    check.addAll(
        List.of(
            "--",
            "sh",
            "-c",
            "t=-x; for p; do case $p in -r) t=-r;; *) test $t \"$p\" || { echo \"$p\"; exit 0; };;"
                + " esac; done",
            "sh"));
    directories.forEach(p -> check.add(p.toString()));
    check.add("-r");
    files.forEach(p -> check.add(p.toString()));
    Output output = run(check.toArray(String[]::new));
    if (output.exitCode() != 0) {
      throw new IOException("setpriv: " + output.text());
    }
    return output.text().isEmpty() ? Optional.empty() : Optional.of(Path.of(output.text()));
  }

  /** For messages. */
  default String description() {
    return switch (this) {
      case Ourselves() -> "this user";
      case Other other -> "the database's user " + other.name();
    };
  }

  private List<String> identity() {
    return switch (this) {
      case Ourselves() -> List.of();
      case Other other ->
          List.of("--reuid", "" + other.uid(), "--regid", "" + other.gid(), "--clear-groups");
    };
  }

  /** Sets a mode as {@code ls} shows it. */
  static void setMode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  /** What a short program said. */
  record Output(int exitCode, String text) {}

  /** Runs a short program as ourselves. */
  static Output run(String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return new Output(process.waitFor(), text.trim());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while running " + command[0], e);
    }
  }
}
