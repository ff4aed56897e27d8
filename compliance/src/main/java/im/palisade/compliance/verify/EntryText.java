package im.palisade.compliance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.JournalView;
import java.io.IOException;
import java.util.ArrayList;
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

  /**
   * What the first entry of an epoch says of the one before: heads of that one. Where power failed
   * the journal and the bundle may hold different texts of it; which counts, signatures tell.
   */
  static List<SignedNote> statedBy(EpochFiles next) throws IOException {
    List<byte[]> texts = new ArrayList<>();
    JournalView.read(next.files(), next.epoch()).entry(0).ifPresent(texts::add);
    next.bundles(0, 1).stream()
        .filter(bundle -> !bundle.entries().isEmpty())
        .forEach(bundle -> texts.add(bundle.entries().getFirst()));
    return texts.stream()
        .map(entry -> after(entry).at("/epoch/previous/checkpoint").asText())
        .distinct()
        .flatMap(text -> head(text).stream())
        .toList();
  }

  private static Optional<SignedNote> head(String text) {
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
