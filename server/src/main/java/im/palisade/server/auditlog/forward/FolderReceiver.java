package im.palisade.server.auditlog.forward;

import im.palisade.compliance.export.ExportFormat;
import im.palisade.compliance.export.PlacedEntry;
import im.palisade.server.config.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A folder that another program collects from, or a mounted share. A file is named by its first
 * event and never written again once another has begun; one begins each day, at a size, and after
 * each interruption.
 */
final class FolderReceiver implements Receiver {
  private static final Settling SETTLING = new Settling(2_000, Duration.ofSeconds(1));

  private final Path folder;
  private final ExportFormat format;
  private final long rollBytes;
  private final Clock clock;
  private volatile Optional<Open> open = Optional.empty();

  private record Open(FileChannel channel, LocalDate day, String origin) {}

  FolderReceiver(Path folder, ExportFormat format, long rollBytes, Clock clock) {
    this.folder = folder;
    this.format = format;
    this.rollBytes = rollBytes;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "folder";
  }

  @Override
  public String place() {
    return "folder " + folder;
  }

  @Override
  public Settling settling() {
    return SETTLING;
  }

  @Override
  public void send(List<PlacedEntry> events) throws IOException {
    StringBuilder lines = new StringBuilder();
    if (begin(events.getFirst()) && !format.header().isEmpty()) {
      lines.append(format.header()).append(format.lineEnd());
    }
    events.forEach(event -> lines.append(format.line(event)).append(format.lineEnd()));
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(lines.toString());
    while (bytes.hasRemaining()) {
      open.orElseThrow().channel().write(bytes);
    }
  }

  @Override
  public void settle() throws IOException {
    open.orElseThrow(() -> new IOException("the file was closed")).channel().force(true);
  }

  @Override
  public void reset() {
    open.ifPresent(
        file -> {
          try {
            file.channel().close();
          } catch (IOException e) {
            // What it held is repeated in the next.
          }
        });
    open = Optional.empty();
  }

  @Override
  public void abort() {
    // Files do not wait long.
  }

  /** True when a new file was begun. */
  private boolean begin(PlacedEntry first) throws IOException {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    if (open.isPresent()) {
      Open now = open.get();
      if (now.day().equals(today)
          && now.origin().equals(first.origin())
          && now.channel().size() < rollBytes) {
        return false;
      }
      now.channel().force(true);
      reset();
    }
    Files.createDirectories(folder);
    String name =
        String.format(
            Locale.ROOT,
            "%s-%012d.%s",
            first.origin().replace('/', '_'),
            first.index(),
            format.extension());
    // One of that name holds the beginning of the same events: an interruption left it.
    FileChannel channel =
        FileChannel.open(
            folder.resolve(name),
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
    open = Optional.of(new Open(channel, today, first.origin()));
    DurableFiles.forceDirectory(folder);
    return true;
  }
}
