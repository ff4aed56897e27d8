package im.palisade.compliance.log;

import im.palisade.compliance.file.LogFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Where side records go: a file of this writer per day. For one thread. */
final class SideFile implements AutoCloseable {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuuMMdd").withZone(ZoneOffset.UTC);

  private final LogFiles files;
  private final String folder;
  private final long fence;
  private String day = "";
  private LogFiles.Appender appender;

  SideFile(LogFiles files, int epoch, long fence) {
    this.files = files;
    this.folder = epoch + "/side/";
    this.fence = fence;
  }

  /** Makes records durable; when it fails none of them counts. */
  void append(List<byte[]> records, Instant now) throws IOException {
    String today = DAY.format(now);
    if (!today.equals(day)) {
      LogFiles.Appender next = files.append("%s%s/%08d".formatted(folder, today, fence));
      close();
      appender = next;
      day = today;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    records.forEach(bytes::writeBytes);
    long length = appender.size();
    try {
      appender.write(bytes.toByteArray());
      appender.sync();
    } catch (IOException e) {
      appender.truncate(length);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    if (appender != null) {
      appender.close();
    }
  }
}
