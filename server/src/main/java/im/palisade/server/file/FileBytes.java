package im.palisade.server.file;

import im.palisade.server.config.DurableFiles;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The files themselves: {@code <region>/<app>/<first two digits>/<uuid><form>}. A name there stands
 * for a whole file, durable; what is on its way has a name with a dot in front.
 */
final class FileBytes {
  private static final int PIECE = 1 << 16;

  private final Path root;
  private final AtomicLong numbers = new AtomicLong();

  FileBytes(Path root) {
    this.root = root;
  }

  /** Where a file is, or would be. */
  Path path(String region, FileName name) {
    return directory(region, name).resolve(name.uuid() + name.form().suffix());
  }

  /**
   * Takes an original that was announced; durable on return.
   *
   * @throws ImException FILE_TOO_LARGE, FILE_MD5_MISMATCH; then nothing is kept
   * @throws IOException when the body breaks off or cannot be written
   */
  void take(String region, FileName name, InputStream body, long size, String md5)
      throws IOException {
    MessageDigest digest = md5();
    write(
        region,
        name,
        channel -> {
          byte[] piece = new byte[PIECE];
          long taken = 0;
          for (int read = body.read(piece); read >= 0; read = body.read(piece)) {
            taken += read;
            if (taken > size) {
              throw new ImException(ErrorCode.FILE_TOO_LARGE);
            }
            digest.update(piece, 0, read);
            put(channel, ByteBuffer.wrap(piece, 0, read));
          }
          if (taken != size || !HexFormat.of().formatHex(digest.digest()).equals(md5)) {
            throw new ImException(ErrorCode.FILE_MD5_MISMATCH);
          }
        });
  }

  /** Keeps another form of a file. */
  void put(String region, FileName name, byte[] bytes) throws IOException {
    write(region, name, channel -> put(channel, ByteBuffer.wrap(bytes)));
  }

  /** Deletes every form of a file; one that is not there is none. */
  void delete(String region, FileName name) throws IOException {
    for (FileName.Form form : FileName.Form.values()) {
      Files.deleteIfExists(path(region, name.as(form)));
    }
  }

  private interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  private void write(String region, FileName name, Content content) throws IOException {
    Path directory = directory(region, name);
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
    Path fresh = directory.resolve("." + name.uuid() + "." + numbers.incrementAndGet());
    boolean done = false;
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      content.writeTo(channel);
      channel.force(true);
      Files.move(fresh, path(region, name), StandardCopyOption.ATOMIC_MOVE);
      DurableFiles.forceDirectory(directory);
      done = true;
    } finally {
      if (!done) {
        Files.deleteIfExists(fresh);
      }
    }
  }

  /** Deletes whatever an app has, and its folder. */
  void deleteAll(String region, long appId) throws IOException {
    Path folder = root.resolve(region).resolve(Long.toString(appId));
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      // What is inside comes before what it is in.
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  private Path directory(String region, FileName name) {
    return root.resolve(region)
        .resolve(Long.toString(name.appId()))
        .resolve(name.uuid().substring(0, 2));
  }

  private static void put(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("MD5 is part of every JDK", e);
    }
  }
}
