package im.palisade.compliance.log;

import im.palisade.compliance.tile.EntryBundle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/** One group commit in the journal; the bytes are described in docs/audit-log-format.md. */
record JournalFrame(long fence, long first, List<byte[]> entries) {
  private static final int MAGIC = 0x504A4C31;
  private static final int HEADER = 32;

  /** What stands in a segment. {@code whole} is the length up to which it is sound. */
  record Segment(List<JournalFrame> frames, long whole, boolean damaged) {}

  byte[] bytes() {
    byte[] payload = EntryBundle.encode(entries);
    ByteBuffer out = ByteBuffer.allocate(HEADER + payload.length);
    out.putInt(MAGIC).putInt(payload.length).putLong(fence).putLong(first).putInt(entries.size());
    out.putInt(crc(out.array(), 0, payload));
    return out.put(payload).array();
  }

  /** Reads a segment; a bad frame before a good one is damage, at the end it is a torn tail. */
  static Segment read(byte[] file) {
    List<JournalFrame> frames = new ArrayList<>();
    int at = 0;
    while (at < file.length) {
      Optional<JournalFrame> frame = at(file, at);
      if (frame.isEmpty()) {
        break;
      }
      frames.add(frame.get());
      at += HEADER + ByteBuffer.wrap(file).getInt(at + 4);
    }
    for (int later = at + 1; later < file.length; later++) {
      if (at(file, later).isPresent()) {
        return new Segment(frames, at, true);
      }
    }
    return new Segment(frames, at, false);
  }

  private static Optional<JournalFrame> at(byte[] file, int at) {
    ByteBuffer in = ByteBuffer.wrap(file);
    if (file.length - at < HEADER || in.getInt(at) != MAGIC) {
      return Optional.empty();
    }
    int length = in.getInt(at + 4);
    if (length < 0 || length > file.length - at - HEADER) {
      return Optional.empty();
    }
    byte[] payload = Arrays.copyOfRange(file, at + HEADER, at + HEADER + length);
    if (in.getInt(at + 28) != crc(file, at, payload)) {
      return Optional.empty();
    }
    List<byte[]> entries = EntryBundle.decode(payload);
    if (entries.size() != in.getInt(at + 24)) {
      return Optional.empty();
    }
    return Optional.of(new JournalFrame(in.getLong(at + 8), in.getLong(at + 16), entries));
  }

  private static int crc(byte[] header, int at, byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(header, at, HEADER - 4);
    crc.update(payload);
    return (int) crc.getValue();
  }
}
