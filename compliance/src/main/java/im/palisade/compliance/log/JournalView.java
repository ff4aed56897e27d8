package im.palisade.compliance.log;

import im.palisade.compliance.file.ReadableFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an epoch's journal holds, read by somebody who does not write it. Unlike the writer it goes
 * on behind damage and tells of it.
 */
public final class JournalView {
  /** Something about a segment: a torn end is what a power failure leaves, the rest is damage. */
  public record Trouble(String file, boolean torn, String what) {}

  private final NavigableMap<Long, byte[]> entries = new TreeMap<>();
  private final NavigableMap<Long, String> files = new TreeMap<>();
  private final List<Trouble> troubles = new ArrayList<>();

  private JournalView() {}

  /** Reads the journal of an epoch. */
  public static JournalView read(ReadableFiles source, int epoch) throws IOException {
    JournalView view = new JournalView();
    String folder = epoch + "/journal";
    for (String name : source.list(folder)) {
      String file = folder + "/" + name;
      Optional<byte[]> bytes = source.read(file);
      if (bytes.isEmpty()) {
        continue; // Sealed and removed while we were reading.
      }
      if (!name.matches("[0-9]{16}-[0-9]{8,}")) {
        view.troubles.add(new Trouble(file, false, "not the name of a journal segment"));
        continue;
      }
      view.take(file, Long.parseLong(name.substring(0, 16)), bytes.get());
    }
    return view;
  }

  private void take(String file, long begins, byte[] bytes) {
    JournalFrame.Segment segment = JournalFrame.read(bytes);
    if (segment.damaged()) {
      troubles.add(new Trouble(file, false, "changed at byte " + segment.whole()));
    } else if (segment.whole() < bytes.length) {
      troubles.add(new Trouble(file, true, "ends within a frame at byte " + segment.whole()));
    }
    // What an ousted writer still wrote behind this point was never acknowledged.
    entries.tailMap(begins, true).clear();
    files.put(begins, file);
    long next = begins;
    for (JournalFrame frame : segment.frames()) {
      if (frame.first() != next) {
        troubles.add(
            new Trouble(
                file,
                false,
                "a frame begins with entry " + frame.first() + " where " + next + " is next"));
        return;
      }
      for (byte[] entry : frame.entries()) {
        entries.put(next++, entry);
      }
    }
  }

  /** The entry at that index, if the journal still holds it. */
  public Optional<byte[]> entry(long index) {
    return Optional.ofNullable(entries.get(index));
  }

  /** The entries [from, to), empty unless all of them are there. */
  public Optional<List<byte[]>> entries(long from, long to) {
    List<byte[]> found = List.copyOf(entries.subMap(from, to).values());
    return found.size() == to - from ? Optional.of(found) : Optional.empty();
  }

  /** Where an entry's segment begins. */
  public String file(long index) {
    return Optional.ofNullable(files.floorEntry(index)).map(each -> each.getValue()).orElse("");
  }

  /** One more than the last index; 0 when the journal is empty. */
  public long end() {
    return entries.isEmpty() ? 0 : entries.lastKey() + 1;
  }

  /** The first index; {@link Long#MAX_VALUE} when the journal is empty. */
  public long first() {
    return entries.isEmpty() ? Long.MAX_VALUE : entries.firstKey();
  }

  /** What is wrong with it. */
  public List<Trouble> troubles() {
    return List.copyOf(troubles);
  }
}
