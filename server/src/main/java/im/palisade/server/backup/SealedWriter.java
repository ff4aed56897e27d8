package im.palisade.server.backup;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPLiteralDataGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPBEKeyEncryptionMethodGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPDataEncryptorBuilder;

/**
 * Writes a backup file. It stands under its name only after {@link #finish}, whole and flushed;
 * until then beside it, and what is left of an interrupted one is replaced by the next.
 */
final class SealedWriter implements AutoCloseable {
  private static final int CHUNK = 1 << 16;
  private static final int FILE_MODE = 0600;

  private final Path file;
  private final Path unfinished;
  private final FileChannel channel;
  private final OutputStream out;
  private final List<OutputStream> layers = new ArrayList<>();
  private final TarArchiveOutputStream tar;
  private final List<Manifest.Entry> entries = new ArrayList<>();
  private boolean done;

  SealedWriter(Path file, BackupKey key) throws IOException {
    this.file = file;
    unfinished = file.resolveSibling("." + file.getFileName() + ".unfinished");
    Files.deleteIfExists(unfinished);
    channel =
        FileChannel.open(
            unfinished,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      out = new BufferedOutputStream(Channels.newOutputStream(channel), CHUNK);
      PGPEncryptedDataGenerator sealing =
          new PGPEncryptedDataGenerator(
              new BcPGPDataEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256)
                  .setWithIntegrityPacket(true)
                  .setSecureRandom(new SecureRandom()));
      sealing.addMethod(new BcPBEKeyEncryptionMethodGenerator(key.passphrase()));
      OutputStream sealed = layer(sealing.open(out, new byte[CHUNK]));
      OutputStream literal =
          layer(
              new PGPLiteralDataGenerator()
                  .open(
                      sealed,
                      PGPLiteralData.BINARY,
                      "palisade.tar.gz",
                      PGPLiteralData.NOW,
                      new byte[CHUNK]));
      tar = new TarArchiveOutputStream(layer(new Gzip(literal)));
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      layers.add(tar);
    } catch (PGPException e) {
      channel.close();
      throw new IOException(e);
    }
  }

  /** Media are compressed already, and the processor belongs to those who chat. */
  private static final class Gzip extends GZIPOutputStream {
    Gzip(OutputStream out) throws IOException {
      super(out, CHUNK);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  /** Adds bytes under a path. */
  void add(String path, byte[] content, int length) throws IOException {
    begin(path, length);
    tar.write(content, 0, length);
    tar.closeArchiveEntry();
    MessageDigest digest = sha256();
    digest.update(content, 0, length);
    end(path, length, digest);
  }

  /**
   * Adds a file as long as it is now; what is appended meanwhile is left out.
   *
   * @throws IOException also when it becomes shorter meanwhile
   */
  void add(String path, Path source) throws IOException {
    try (InputStream in = Files.newInputStream(source)) {
      long size = Files.size(source);
      begin(path, size);
      MessageDigest digest = sha256();
      byte[] buffer = new byte[CHUNK];
      long left = size;
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw new IOException(source + " became shorter while it was read");
        }
        digest.update(buffer, 0, read);
        tar.write(buffer, 0, read);
        left -= read;
      }
      tar.closeArchiveEntry();
      end(path, size, digest);
    }
  }

  List<Manifest.Entry> entries() {
    return List.copyOf(entries);
  }

  /** Writes the manifest, flushes to the disk and gives the file its name. */
  void finish(Manifest manifest) throws IOException {
    byte[] json = manifest.json();
    add(Manifest.NAME, json, json.length);
    tar.finish();
    for (OutputStream layer : layers.reversed()) {
      layer.close();
    }
    out.flush();
    channel.force(true);
    channel.close();
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    done = true;
  }

  @Override
  public void close() throws IOException {
    if (!done) {
      channel.close();
      Files.deleteIfExists(unfinished);
    }
  }

  private OutputStream layer(OutputStream out) {
    layers.add(out);
    return out;
  }

  private void begin(String path, long size) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(path);
    entry.setSize(size);
    entry.setMode(FILE_MODE);
    tar.putArchiveEntry(entry);
  }

  private void end(String path, long size, MessageDigest digest) {
    entries.add(new Manifest.Entry(path, size, HexFormat.of().formatHex(digest.digest())));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
