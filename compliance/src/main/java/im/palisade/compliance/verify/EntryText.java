package im.palisade.compliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.log.EpochFiles;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** What entries say of the log itself; they may be anything. */
final class EntryText {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private EntryText() {}

  /** The event's {@code change.after}, missing when the entry has none. */
  static JsonNode after(byte[] entry) {
    return parsed(entry).path("change").path("after");
  }

  static boolean isSuccess(byte[] entry) {
    return parsed(entry).path("outcome").path("result").asText().equals("success");
  }

  private static JsonNode parsed(byte[] entry) {
    try {
      return MAPPER.readTree(entry);
    } catch (IOException e) {
      return MAPPER.missingNode();
    }
  }

  /** What the first entry of an epoch says of the one before: a head of that one. */
  static Optional<SignedNote> statedBy(EpochFiles next) throws IOException {
    Optional<List<byte[]>> first = next.entries(0, 1);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    String text = after(first.get().getFirst()).at("/epoch/previous/checkpoint").asText();
    try {
      SignedNote note = SignedNote.parse(text);
      Checkpoint.parse(note.text());
      return Optional.of(note);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
