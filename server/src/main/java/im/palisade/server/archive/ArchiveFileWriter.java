package im.palisade.server.archive;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import im.palisade.server.archive.ArchiveHour.ChatType;
import im.palisade.server.message.MessageExportStore.Exported;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/**
 * Writes one gzip file of messages: a JSON document with a header line, a line for each message and
 * a line that ends it (rest-conversations G2).
 */
final class ArchiveFileWriter implements AutoCloseable {
  private static final byte[] LINE = ascii(",\n");
  private static final byte[] END = ascii("\n]}\n");

  private final Path file;
  private final ChatType type;
  private final Counting packed;
  private final Counting plain;
  private boolean first = true;

  ArchiveFileWriter(Path file, ArchiveHour hour) throws IOException {
    this.file = file;
    this.type = hour.type();
    OutputStream out =
        Channels.newOutputStream(
            Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------"))));
    packed = new Counting(new BufferedOutputStream(out, 1 << 16));
    plain = new Counting(new BufferedOutputStream(new GZIPOutputStream(packed), 1 << 14));
    plain.write(
        ascii(
            "{\"SdkAppId\":"
                + hour.app().appId()
                + ",\"ChatType\":\""
                + hour.type().restName()
                + "\",\"MsgTime\":\""
                + hour.text()
                + "\",\"MsgList\":[\n"));
  }

  /** Adds a message. */
  void add(Exported message) throws IOException {
    if (!first) {
      plain.write(LINE);
    }
    first = false;
    plain.write(ascii("{\"From_Account\":\""));
    quoted(message.from());
    plain.write(ascii(type == ChatType.GROUP ? "\",\"GroupId\":\"" : "\",\"To_Account\":\""));
    quoted(message.to());
    if (message.topic().isPresent()) {
      plain.write(ascii("\",\"TopicId\":\""));
      quoted(message.topic().get());
    }
    plain.write(ascii("\",\"MsgTimestamp\":" + message.time() + ",\"MsgSeq\":" + message.msgSeq()));
    if (type == ChatType.C2C) {
      plain.write(ascii(",\"MsgRandom\":" + message.random()));
    }
    plain.write(ascii(",\"MsgBody\":"));
    plain.write(message.body().elements());
    String custom = message.body().cloudCustomData().orElse("");
    if (!custom.isEmpty()) {
      plain.write(ascii(",\"CloudCustomData\":\""));
      quoted(custom);
      plain.write('"');
    }
    plain.write('}');
  }

  /** Bytes so far, uncompressed. */
  long size() {
    return plain.count;
  }

  /** Ends the document. */
  ArchiveFile finish() throws IOException {
    plain.write(END);
    close();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      // The index that names it is durable, so it must be as well.
      channel.force(true);
    }
    return new ArchiveFile(
        file.getFileName().toString(), plain.count, plain.md5(), packed.count, packed.md5());
  }

  @Override
  public void close() throws IOException {
    plain.close();
  }

  private void quoted(String text) throws IOException {
    plain.write(JsonStringEncoder.getInstance().quoteAsUTF8(text));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Counts and digests what passes; the format of the answer asks for MD5. */
  private static final class Counting extends DigestOutputStream {
    private long count;
    private boolean closed;

    Counting(OutputStream out) {
      super(out, newMd5());
    }

    String md5() {
      return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void write(int b) throws IOException {
      super.write(b);
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      super.write(bytes, offset, length);
      count += length;
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        super.close();
      }
    }

    private static MessageDigest newMd5() {
      try {
        return MessageDigest.getInstance("MD5");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("MD5 is part of every JDK", e);
      }
    }
  }
}
