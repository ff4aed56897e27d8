package im.palisade.compliance.index;

import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * Where a search goes on: behind the last entry shown, so that entries which come later move
 * nothing. It belongs to one query and one direction.
 */
public record SearchCursor(long query, boolean newestFirst, EntryPosition last) {
  private static final byte VERSION = 1;
  private static final int LENGTH = 2 + 2 * Long.BYTES;

  /** A cursor behind that entry. */
  static SearchCursor behind(AuditQuery query, boolean newestFirst, EntryPosition last) {
    return new SearchCursor(query.fingerprint(), newestFirst, last);
  }

  /**
   * Reads a cursor.
   *
   * @throws IllegalArgumentException when it is none, or belongs to another query or direction
   */
  public static SearchCursor parse(String text, AuditQuery query, boolean newestFirst) {
    byte[] bytes = Base64.getUrlDecoder().decode(text);
    if (bytes.length != LENGTH || bytes[0] != VERSION || bytes[1] < 0 || bytes[1] > 1) {
      throw new IllegalArgumentException("not a cursor");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 2, LENGTH - 2);
    long print = in.getLong();
    SearchCursor cursor = new SearchCursor(print, bytes[1] == 1, EntryPosition.of(in.getLong()));
    if (cursor.query != query.fingerprint() || cursor.newestFirst != newestFirst) {
      throw new IllegalArgumentException("a cursor of another search");
    }
    return cursor;
  }

  /** Opaque to everybody else. */
  @Override
  public String toString() {
    ByteBuffer out = ByteBuffer.allocate(LENGTH);
    out.put(VERSION).put((byte) (newestFirst ? 1 : 0)).putLong(query).putLong(last.number());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.array());
  }
}
