package im.palisade.server.auditlog;

import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.file.LogFiles;
import im.palisade.server.security.SecretBox;
import im.palisade.server.store.AuditRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Where records wait, encrypted, while the log cannot be written. Files of a limited number of
 * events, so that one that was appended and not yet removed repeats no more than the log can tell
 * apart. For one thread.
 *
 * <p>A frame is 4 bytes length, 4 bytes CRC-32C, and the sealed bytes of 8 bytes row, 8 bytes UNIX
 * milliseconds and records.
 */
final class SpillJournal {
  private static final int EVENTS_PER_FILE = 2048;
  private static final String OWNER = "audit-spill";

  /** Records of one act and, if they stand in the outbox too, their row there. */
  record Spilled(long row, Instant at, List<AuditRecord> records) {}

  private final Path folder;
  private final SecretBox box;
  private Optional<LogFiles> files = Optional.empty();
  private Optional<LogFiles.Appender> open = Optional.empty();
  private int eventsInFile;
  private long bytes;

  SpillJournal(Path folder, SecretBox box) {
    this.folder = folder;
    this.box = box;
  }

  /** Since when the oldest of an earlier run waits; also takes the bytes that wait into account. */
  Optional<Instant> since() {
    try {
      bytes = 0;
      for (String name : names()) {
        bytes += files().read(name).map(file -> file.length).orElse(0);
      }
      Optional<String> oldest = oldest();
      return oldest.isEmpty()
          ? Optional.empty()
          : read(oldest.get()).stream().findFirst().map(Spilled::at);
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Bytes that wait. */
  long bytes() {
    return bytes;
  }

  /** Makes them durable. */
  void write(List<Spilled> spilled) throws IOException {
    byte[] frames = new byte[0];
    int events = 0;
    for (Spilled each : spilled) {
      byte[] records = AuditRecord.write(each.records(), box);
      byte[] plain =
          ByteBuffer.allocate(16 + records.length)
              .putLong(each.row())
              .putLong(each.at().toEpochMilli())
              .put(records)
              .array();
      byte[] sealed = box.seal(plain, OWNER);
      int at = frames.length;
      frames = Arrays.copyOf(frames, at + 8 + sealed.length);
      ByteBuffer.wrap(frames, at, frames.length - at)
          .putInt(sealed.length)
          .putInt(crc(sealed))
          .put(sealed);
      events += each.records().size();
    }
    LogFiles.Appender file = file();
    long length = file.size();
    try {
      file.write(frames);
      file.sync();
    } catch (IOException e) {
      open = Optional.empty();
      try {
        file.truncate(length);
        file.close();
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    bytes += frames.length;
    eventsInFile += events;
    if (eventsInFile >= EVENTS_PER_FILE) {
      closeFile();
    }
  }

  /** Whether something could be written now. */
  boolean isUsable() {
    try {
      LogFiles there = files();
      there.replace("probe", new byte[4096]);
      there.delete("probe");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The oldest file that holds something; whole frames only. */
  Optional<String> oldest() throws IOException {
    closeFile();
    return names().stream().findFirst();
  }

  /**
   * What a file holds.
   *
   * @throws IllegalArgumentException when a frame that was whole was changed
   */
  List<Spilled> read(String name) throws IOException {
    byte[] file = files().read(name).orElse(new byte[0]);
    ByteBuffer in = ByteBuffer.wrap(file);
    List<Spilled> found = new ArrayList<>();
    while (in.remaining() > 8) {
      int length = in.getInt();
      int crc = in.getInt();
      if (length <= 0 || length > in.remaining()) {
        break; // A torn tail was never acknowledged.
      }
      byte[] sealed = new byte[length];
      in.get(sealed);
      if (crc(sealed) != crc) {
        break;
      }
      ByteBuffer plain = ByteBuffer.wrap(box.open(sealed, OWNER));
      long row = plain.getLong();
      Instant at = Instant.ofEpochMilli(plain.getLong());
      byte[] records = new byte[plain.remaining()];
      plain.get(records);
      found.add(new Spilled(row, at, AuditRecord.read(records, box)));
    }
    return found;
  }

  /** Removes a file whose records the log has. */
  void remove(String name) throws IOException {
    long size = files().read(name).map(file -> (long) file.length).orElse(0L);
    files().delete(name);
    bytes = Math.max(0, bytes - size);
  }

  /** Sets a file aside that cannot be read, for somebody to look at. */
  void setAside(String name) throws IOException {
    byte[] content = files().read(name).orElse(new byte[0]);
    files().replace("unreadable/" + name, content);
    remove(name);
  }

  private LogFiles.Appender file() throws IOException {
    if (open.isEmpty()) {
      List<String> names = names();
      long next = names.isEmpty() ? 1 : Long.parseLong(names.getLast()) + 1;
      open = Optional.of(files().append("%016d".formatted(next)));
      eventsInFile = 0;
    }
    return open.get();
  }

  private void closeFile() throws IOException {
    if (open.isPresent()) {
      LogFiles.Appender file = open.get();
      open = Optional.empty();
      file.close();
    }
  }

  private List<String> names() throws IOException {
    return files().list("").stream().filter(name -> name.matches("[0-9]{16}")).toList();
  }

  private LogFiles files() throws IOException {
    if (files.isEmpty()) {
      files = Optional.of(new DiskFiles(folder));
    }
    return files.get();
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
