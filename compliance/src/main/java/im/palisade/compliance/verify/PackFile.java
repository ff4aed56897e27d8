package im.palisade.compliance.verify;

import im.palisade.compliance.event.EventSchema;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A ZIP from somebody whom nobody trusts: sizes are bounded whatever it claims. */
final class PackFile implements AutoCloseable {
  private static final int MAX_TEXT = 256 << 20;

  private final ZipFile zip;
  private final Set<String> names = new TreeSet<>();

  PackFile(Path file) throws IOException {
    zip = new ZipFile(file.toFile());
    try {
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        if (!names.add(entries.nextElement().getName())) {
          throw new IOException("two files of one name in the pack");
        }
      }
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  Set<String> names() {
    return names;
  }

  private InputStream open(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new IOException("no " + name + " in the pack");
    }
    return new BufferedInputStream(zip.getInputStream(entry), 1 << 16);
  }

  byte[] bytes(String name) throws IOException {
    try (InputStream in = open(name)) {
      byte[] bytes = in.readNBytes(MAX_TEXT + 1);
      if (bytes.length > MAX_TEXT) {
        throw new IOException(name + " is too large");
      }
      return bytes;
    }
  }

  String text(String name) throws IOException {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  String sha256(String name) throws IOException {
    try (InputStream in = open(name)) {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  Lines lines(String name) throws IOException {
    return new Lines(open(name));
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  /** Lines, none longer than an entry. */
  static final class Lines implements AutoCloseable {
    private final InputStream in;

    Lines(InputStream in) {
      this.in = in;
    }

    Optional<byte[]> next() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
      int b = in.read();
      if (b < 0) {
        return Optional.empty();
      }
      for (; b >= 0 && b != '\n'; b = in.read()) {
        line.write(b);
        if (line.size() > EventSchema.MAX_ENTRY) {
          throw new IllegalArgumentException("a line that is longer than any entry");
        }
      }
      if (b < 0) {
        throw new IllegalArgumentException("the last line does not end");
      }
      return Optional.of(line.toByteArray());
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
