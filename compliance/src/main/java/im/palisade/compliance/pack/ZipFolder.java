package im.palisade.compliance.pack;

import im.palisade.compliance.pack.PackManifest.FileHash;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A ZIP that comes out the same for the same content, and the hashes of what it holds. */
final class ZipFolder {
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final ZipOutputStream zip;
  private final List<FileHash> files = new ArrayList<>();

  ZipFolder(OutputStream out) {
    zip = new ZipOutputStream(out);
  }

  void file(String path, Pack.Content content) throws IOException {
    ZipEntry entry = new ZipEntry(path);
    entry.setTimeLocal(TIME);
    zip.putNextEntry(entry);
    Hashing hashing = new Hashing(zip);
    content.write(hashing);
    zip.closeEntry();
    files.add(new FileHash(path, hashing.bytes, HexFormat.of().formatHex(hashing.sha.digest())));
  }

  List<FileHash> files() {
    return List.copyOf(files);
  }

  /** Ends the ZIP; the stream below stays open. */
  void finish() throws IOException {
    zip.finish();
    zip.flush();
  }

  private static final class Hashing extends FilterOutputStream {
    private final MessageDigest sha;
    private long bytes;

    Hashing(OutputStream out) {
      super(out);
      try {
        sha = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      sha.update((byte) b);
      bytes++;
    }

    @Override
    public void write(byte[] buffer, int from, int length) throws IOException {
      out.write(buffer, from, length);
      sha.update(buffer, from, length);
      bytes += length;
    }

    @Override
    public void close() {
      // The ZIP goes on.
    }
  }
}
