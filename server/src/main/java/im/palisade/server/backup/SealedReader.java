package im.palisade.server.backup;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPPBEEncryptedData;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPBEDataDecryptorFactory;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;

/** Reads a backup file and believes nothing of it before all of it was checked. */
final class SealedReader {
  private static final int CHUNK = 1 << 16;
  private static final FileAttribute<?> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> PRIVATE_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path file;
  private final BackupKey key;

  SealedReader(Path file, BackupKey key) {
    this.file = file;
    this.key = key;
  }

  /** Where an entry's bytes go; empty when they are only to be checked. */
  interface Target {
    Optional<Path> of(String path) throws IOException;
  }

  /**
   * Reads the whole file, writing its entries where the target says.
   *
   * @return the manifest; every entry it names was there with the bytes it names, and no other
   * @throws BackupException when the key is wrong or anything was changed or is missing
   */
  Manifest read(Target target) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), CHUNK)) {
      PGPPBEEncryptedData sealed = sealed(in);
      Manifest manifest;
      try (InputStream opened = open(sealed)) {
        manifest = unpack(opened, target);
      }
      if (!sealed.verify()) {
        throw new BackupException(file + " was changed after it was made");
      }
      return manifest;
    } catch (IOException e) {
      throw new BackupException(file + " is damaged or cannot be read: " + e.getMessage(), e);
    } catch (PGPException e) {
      throw new BackupException(file + " is damaged or no backup: " + e.getMessage(), e);
    } catch (BackupException e) {
      throw e;
    } catch (RuntimeException e) {
      // The OpenPGP and tar parsers meet some damage with an exception of this kind.
      throw new BackupException(file + " is damaged or no backup", e);
    }
  }

  private PGPPBEEncryptedData sealed(InputStream in) throws IOException {
    Object first = new BcPGPObjectFactory(in).nextObject();
    if (first instanceof PGPEncryptedDataList list
        && !list.isEmpty()
        && list.get(0) instanceof PGPPBEEncryptedData data
        && data.isIntegrityProtected()) {
      return data;
    }
    throw new BackupException(file + " is no Palisade backup");
  }

  private InputStream open(PGPPBEEncryptedData sealed) throws IOException, PGPException {
    InputStream clear;
    try {
      clear =
          sealed.getDataStream(
              new BcPBEDataDecryptorFactory(key.passphrase(), new BcPGPDigestCalculatorProvider()));
    } catch (PGPException e) {
      throw new BackupException("the key does not open " + file, e);
    }
    Object literal;
    try {
      literal = new BcPGPObjectFactory(clear).nextObject();
    } catch (IOException e) {
      throw new BackupException("the key does not open " + file, e);
    }
    if (literal instanceof PGPLiteralData data) {
      return data.getInputStream();
    }
    throw new BackupException("the key does not open " + file);
  }

  private static Manifest unpack(InputStream opened, Target target) throws IOException {
    List<Manifest.Entry> found = new ArrayList<>();
    Optional<Manifest> manifest = Optional.empty();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(opened))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        String path = checked(entry);
        if (path.equals(Manifest.NAME)) {
          manifest = Optional.of(Manifest.read(tar.readAllBytes()));
        } else {
          found.add(copy(tar, path, entry.getSize(), target.of(path)));
        }
      }
      // The gzip trailer and the integrity packet come after the last entry.
      opened.transferTo(OutputStream.nullOutputStream());
    }
    Manifest whole = manifest.orElseThrow(() -> new BackupException("the backup has no end"));
    if (!whole.entries().equals(found)) {
      throw new BackupException("the backup does not hold what its manifest names");
    }
    return whole;
  }

  /** Nothing of ours is a link, absolute or outside. */
  private static String checked(TarArchiveEntry entry) {
    String path = entry.getName();
    Path normal = Path.of(path).normalize();
    if (!entry.isFile()
        || normal.isAbsolute()
        || normal.startsWith("..")
        || !normal.toString().equals(path)) {
      throw new BackupException("the backup holds what no backup holds: " + path);
    }
    return path;
  }

  /** There are secrets among them: nobody but the owner may read any, whatever the umask says. */
  private static OutputStream created(Path file) throws IOException {
    Files.createDirectories(file.getParent(), PRIVATE_FOLDER);
    return Channels.newOutputStream(
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE_FILE));
  }

  private static Manifest.Entry copy(
      InputStream from, String path, long size, Optional<Path> target) throws IOException {
    MessageDigest digest = SealedWriter.sha256();
    byte[] buffer = new byte[CHUNK];
    long copied = 0;
    try (OutputStream out =
        target.isPresent() ? created(target.get()) : OutputStream.nullOutputStream()) {
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        digest.update(buffer, 0, read);
        out.write(buffer, 0, read);
        copied += read;
      }
    }
    if (copied != size) {
      throw new BackupException("the backup ends in the middle of " + path);
    }
    return new Manifest.Entry(path, copied, HexFormat.of().formatHex(digest.digest()));
  }
}
