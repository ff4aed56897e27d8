package im.palisade.server.store;

import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.StartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The directory one server keeps everything in, held exclusively while open. The directory can be
 * passed through by others (0711: the database runs as its own user), its files are for the server
 * alone.
 */
public final class DataDirectory implements AutoCloseable {
  private static final int SECRET_BYTES = 32;
  private static final Pattern SECRET_NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");
  private static final Pattern SECRET = Pattern.compile("[0-9a-f]{64}");
  private static final String PRIVATE_FILE = "rw-------";

  /**
   * POSIX drops a process's lock as soon as the process closes any descriptor of the file, so a
   * second opening in this JVM must be refused before it touches the file.
   */
  private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

  private final Path root;
  private final FileChannel lockFile;
  private final FileLock lock;

  private DataDirectory(Path root, FileChannel lockFile, FileLock lock) {
    this.root = root;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Opens the directory, creating it when absent.
   *
   * @throws StartException when another server has it or it cannot be used
   */
  public static DataDirectory open(Path path) {
    Path root;
    try {
      root = create(path.toAbsolutePath().normalize());
    } catch (IOException e) {
      throw new StartException("data directory " + path + " cannot be used: " + reason(e), e);
    }
    if (!OPEN_HERE.add(root)) {
      throw inUse(root, Long.toString(ProcessHandle.current().pid()));
    }
    boolean opened = false;
    try {
      DataDirectory directory = lock(root);
      opened = true;
      return directory;
    } catch (IOException e) {
      throw new StartException("data directory " + root + " cannot be used: " + reason(e), e);
    } finally {
      if (!opened) {
        OPEN_HERE.remove(root);
      }
    }
  }

  /** The directory, absolute and without links. */
  public Path root() {
    return root;
  }

  /** A path in the directory. */
  public Path resolve(String name) {
    return root.resolve(name);
  }

  /**
   * The secret of that name: 32 random bytes as 64 hexadecimal digits, made at first use and kept
   * in {@code secrets/} with mode 0600. Never to be logged or put on a command line.
   *
   * @throws StartException when it cannot be kept, or the file holds something else
   */
  public synchronized String secret(String name) {
    if (!SECRET_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a name for a secret: " + name);
    }
    Path file = root.resolve("secrets").resolve(name);
    try {
      if (!Files.exists(file)) {
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        DurableFiles.write(file, HexFormat.of().formatHex(random) + "\n", PRIVATE_FILE);
      }
      String secret = Files.readString(file).trim();
      if (!SECRET.matcher(secret).matches()) {
        throw new StartException(file + " does not hold 64 hexadecimal digits");
      }
      return secret;
    } catch (IOException e) {
      throw new StartException("secret " + file + " cannot be kept: " + reason(e), e);
    }
  }

  /** Bytes that can still be written on the directory's file system. */
  public long usableSpace() {
    try {
      return Files.getFileStore(root).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives the directory free for another server. */
  @Override
  public void close() {
    try {
      lock.release();
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      OPEN_HERE.remove(root);
    }
  }

  private static Path create(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(path.getParent());
      Files.createDirectory(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
    }
    Path secrets = path.resolve("secrets");
    Files.createDirectories(secrets);
    Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rwx------"));
    return path.toRealPath();
  }

  private static DataDirectory lock(Path root) throws IOException {
    Path file = root.resolve("palisade.lock");
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE_FILE)));
    boolean locked = false;
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(root, Files.readString(file).trim());
      }
      locked = true;
      channel.truncate(0);
      String pid = ProcessHandle.current().pid() + "\n";
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.UTF_8)), 0);
      return new DataDirectory(root, channel, lock);
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  private static StartException inUse(Path root, String pid) {
    return new StartException(
        "data directory %s is in use by another server (pid %s)".formatted(root, pid));
  }

  /** What the file system said: NIO's messages often are only the path. */
  private static String reason(IOException e) {
    return e.getClass().getSimpleName().replace("Exception", "") + ": " + e.getMessage();
  }
}
