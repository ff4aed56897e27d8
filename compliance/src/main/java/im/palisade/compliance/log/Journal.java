package im.palisade.compliance.log;

import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.log.AuditLogException.Reason;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/** The files that entries become durable in first. For one thread, but for {@link #seal}. */
final class Journal implements AutoCloseable {
  private record Closed(String path, long end) {}

  private record Sealing(List<String> sync, List<String> delete) {}

  private final LogFiles files;
  private final String folder;
  private final long fence;
  private final List<Closed> closed = new ArrayList<>();
  private final Deque<Sealing> sealings = new ArrayDeque<>();
  private LogFiles.Appender appender;
  private String path;
  private long length;
  private long begun;

  /** What a journal held: entries from {@code first} on. */
  record Content(long first, List<byte[]> entries) {}

  Journal(LogFiles files, int epoch, long fence) {
    this.files = files;
    this.folder = epoch + "/journal/";
    this.fence = fence;
  }

  /** Whether an epoch's journal holds any entry. */
  static boolean holdsEntries(LogFiles files, int epoch) throws IOException {
    for (String name : files.list(epoch + "/journal")) {
      byte[] segment = files.read(epoch + "/journal/" + name).orElseThrow();
      if (!JournalFrame.read(segment).frames().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads what is there; {@code otherwise} is the first index when there is no segment.
   *
   * @throws AuditLogException DAMAGED when a segment was changed
   */
  Content read(long otherwise) throws IOException {
    List<String> names = files.list(folder.substring(0, folder.length() - 1));
    List<byte[]> entries = new ArrayList<>();
    long first = names.isEmpty() ? otherwise : firstOf(names.getFirst());
    for (String name : names) {
      long begins = firstOf(name);
      JournalFrame.Segment segment =
          JournalFrame.read(files.read(folder + name).orElse(new byte[0]));
      if (segment.damaged()) {
        throw new AuditLogException(Reason.DAMAGED, "the journal was changed in " + folder + name);
      }
      if (begins > first + entries.size()) {
        // What stands before is the rest of removed segments: a power failure may bring one back
        // and not the next. If one is missing that was needed, its bundles and tiles are too.
        entries.clear();
        first = begins;
      }
      // What an ousted writer still wrote behind this point was never acknowledged.
      entries.subList((int) (begins - first), entries.size()).clear();
      for (JournalFrame frame : segment.frames()) {
        if (frame.first() != first + entries.size()) {
          throw new AuditLogException(Reason.DAMAGED, "journal out of order in " + folder + name);
        }
        entries.addAll(frame.entries());
      }
      closed.add(new Closed(folder + name, 0));
    }
    long end = first + entries.size();
    // Ends of old segments do not matter one by one: all go when everything read is in bundles.
    closed.replaceAll(each -> new Closed(each.path(), end));
    return new Content(first, entries);
  }

  /** Begins a new segment at that index. */
  void begin(long first) throws IOException {
    String next = "%s%016d-%08d".formatted(folder, first, fence);
    LogFiles.Appender fresh = files.append(next);
    if (appender != null) {
      appender.close();
      closed.add(new Closed(path, first));
    }
    appender = fresh;
    path = next;
    length = fresh.size();
    begun = first;
  }

  long length() {
    return length;
  }

  /** Index of the first entry of the segment that is written now. */
  long begun() {
    return begun;
  }

  /**
   * Writes and syncs a frame.
   *
   * @throws IOException when nothing was written and the journal can go on
   * @throws AuditLogException when nobody knows what was written: the log has to be reopened
   */
  void append(JournalFrame frame) throws IOException {
    byte[] bytes = frame.bytes();
    try {
      appender.write(bytes);
    } catch (IOException e) {
      try {
        appender.truncate(length);
      } catch (IOException again) {
        e.addSuppressed(again);
        throw new AuditLogException(Reason.UNAVAILABLE, "the journal must be reopened", e);
      }
      throw e;
    }
    try {
      appender.sync();
    } catch (IOException e) {
      // After a failed sync nobody knows what is on disk, and the next sync may lie.
      throw new AuditLogException(Reason.UNAVAILABLE, "the journal must be reopened", e);
    }
    length += bytes.length;
  }

  /** Plans to sync these files and then to drop the closed segments that end by {@code bundled}. */
  void plan(List<String> sync, long bundled) {
    List<String> delete = new ArrayList<>();
    for (Iterator<Closed> each = closed.iterator(); each.hasNext(); ) {
      Closed segment = each.next();
      if (segment.end() <= bundled) {
        delete.add(segment.path());
        each.remove();
      }
    }
    synchronized (sealings) {
      sealings.add(new Sealing(sync, delete));
    }
  }

  /** Carries out the plans in order, up to the first that fails; that one is tried again later. */
  void seal() throws IOException {
    while (true) {
      Sealing next;
      synchronized (sealings) {
        next = sealings.peek();
      }
      if (next == null) {
        return;
      }
      for (String file : next.sync()) {
        files.sync(file);
      }
      for (String segment : next.delete()) {
        files.delete(segment);
      }
      synchronized (sealings) {
        sealings.remove();
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (appender != null) {
      appender.close();
    }
  }

  private static long firstOf(String name) {
    return Long.parseLong(name.substring(0, 16));
  }
}
