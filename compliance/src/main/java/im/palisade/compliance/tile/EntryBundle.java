package im.palisade.compliance.tile;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Entries in a row, each after its length as a big-endian uint16: bundles and journal frames. */
public final class EntryBundle {
  private EntryBundle() {}

  /** The bytes of these entries. */
  public static byte[] encode(List<byte[]> entries) {
    int size = 0;
    for (byte[] entry : entries) {
      size += 2 + entry.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(size);
    for (byte[] entry : entries) {
      if (entry.length > 0xFFFF) {
        throw new IllegalArgumentException("entry of " + entry.length + " bytes");
      }
      out.write(entry.length >> 8);
      out.write(entry.length);
      out.writeBytes(entry);
    }
    return out.toByteArray();
  }

  /**
   * The entries of these bytes.
   *
   * @throws IllegalArgumentException when the bytes do not end with an entry
   */
  public static List<byte[]> decode(byte[] bytes) {
    List<byte[]> entries = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      if (at + 2 > bytes.length) {
        throw new IllegalArgumentException("cut off in a length at byte " + at);
      }
      int length = (bytes[at] & 255) << 8 | (bytes[at + 1] & 255);
      at += 2;
      if (at + length > bytes.length) {
        throw new IllegalArgumentException("cut off in an entry at byte " + at);
      }
      entries.add(Arrays.copyOfRange(bytes, at, at + length));
      at += length;
    }
    return entries;
  }
}
