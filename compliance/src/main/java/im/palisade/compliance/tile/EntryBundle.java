package im.palisade.compliance.tile;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

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
    if (!decode(bytes, entries::add)) {
      throw new IllegalArgumentException("cut off behind entry " + entries.size());
    }
    return entries;
  }

  /** Hands over entries as far as there are whole ones; says whether the bytes end with one. */
  public static boolean decode(byte[] bytes, Consumer<byte[]> each) {
    int at = 0;
    while (at + 2 <= bytes.length) {
      int length = (bytes[at] & 255) << 8 | (bytes[at + 1] & 255);
      if (at + 2 + length > bytes.length) {
        return false;
      }
      each.accept(Arrays.copyOfRange(bytes, at + 2, at + 2 + length));
      at += 2 + length;
    }
    return at == bytes.length;
  }
}
