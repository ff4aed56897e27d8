package im.palisade.server.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import im.palisade.server.conversation.Contact;
import im.palisade.server.protocol.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A conversation as an account's devices hold it. Its version is a digest of everything a device
 * that stays connected learns of it, so two entries are equal exactly when their versions are,
 * whatever wrote the rows: there is no counter that somebody could forget to raise.
 *
 * @param unread messages the account has not read
 * @param silent whether it counts in no total
 * @param json as it is sent, version included
 */
record InboxEntry(Contact contact, long unread, boolean silent, String version, ObjectNode json) {
  private static final int VERSION_BYTES = 8;

  /**
   * An entry.
   *
   * @param state what the version is of
   * @param beside what may change without it: names, faces, the last message's sender data
   */
  static InboxEntry of(
      Contact contact, long unread, boolean silent, ObjectNode state, ObjectNode beside) {
    String version = digest(Json.bytes(state));
    ObjectNode json = Json.object().put("conversation", contact.wireName()).put("version", version);
    json.setAll(state);
    json.setAll(beside);
    return new InboxEntry(contact, unread, silent, version, json);
  }

  /** JSON that is written already. */
  static void putRaw(ObjectNode into, String field, byte[] json) {
    into.putRawValue(field, new RawValue(new String(json, StandardCharsets.UTF_8)));
  }

  /** Equal for equal bytes, and else never in practice. */
  static String digest(byte[] state) {
    try {
      byte[] whole = MessageDigest.getInstance("SHA-256").digest(state);
      return HexFormat.of().formatHex(whole, 0, VERSION_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
