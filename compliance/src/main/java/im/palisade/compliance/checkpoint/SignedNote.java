package im.palisade.compliance.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A C2SP signed note: text that ends with a line feed, and signature lines.
 *
 * @param text what is signed, with its last line feed
 */
public record SignedNote(String text, List<Line> signatures) {
  private static final int MAX_SIGNATURES = 100;

  /** One signature: {@code — name base64(id || bytes)}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Line(String name, int keyId, byte[] bytes) {
    /** The line without its line feed. */
    public String text() {
      byte[] all = ByteBuffer.allocate(4 + bytes.length).putInt(keyId).put(bytes).array();
      return "— " + name + " " + Base64.getEncoder().encodeToString(all);
    }
  }

  public SignedNote {
    signatures = List.copyOf(signatures);
  }

  /** Signs a text with each of these keys. */
  public static SignedNote sign(String text, List<NoteSigner> signers) {
    checkText(text);
    List<Line> lines = new ArrayList<>();
    for (NoteSigner signer : signers) {
      VerifierKey key = signer.verifierKey();
      lines.add(new Line(key.name(), key.id(), signer.sign(text.getBytes(StandardCharsets.UTF_8))));
    }
    return new SignedNote(text, lines);
  }

  /**
   * Reads a note.
   *
   * @throws IllegalArgumentException when it is malformed; signatures are not checked here
   */
  public static SignedNote parse(String note) {
    int at = note.lastIndexOf("\n\n");
    if (at < 0 || !note.endsWith("\n") || at + 2 == note.length()) {
      throw new IllegalArgumentException("not a signed note");
    }
    String text = note.substring(0, at + 1);
    checkText(text);
    List<Line> lines = new ArrayList<>();
    for (String line : note.substring(at + 2, note.length() - 1).split("\n", -1)) {
      String[] parts = line.split(" ", -1);
      if (parts.length != 3 || !parts[0].equals("—") || parts[1].isEmpty()) {
        throw new IllegalArgumentException("not a signature line");
      }
      byte[] all = Base64.getDecoder().decode(parts[2]);
      if (all.length < 5 || lines.size() == MAX_SIGNATURES) {
        throw new IllegalArgumentException("not a signature line");
      }
      lines.add(
          new Line(
              parts[1], ByteBuffer.wrap(all).getInt(), Arrays.copyOfRange(all, 4, all.length)));
    }
    return new SignedNote(text, lines);
  }

  /**
   * Whether the key signed this note. As the specification says, a line of that name and id that
   * does not verify makes the note as a whole bad; lines of other keys are not looked at.
   */
  public boolean isSignedBy(VerifierKey key) {
    boolean signed = false;
    for (Line line : signatures) {
      if (line.name().equals(key.name()) && line.keyId() == key.id()) {
        if (!key.verifies(text, line.bytes())) {
          return false;
        }
        signed = true;
      }
    }
    return signed;
  }

  /** The signature lines, each with its line feed. */
  public String signatureLines() {
    StringBuilder out = new StringBuilder();
    signatures.forEach(line -> out.append(line.text()).append('\n'));
    return out.toString();
  }

  /** The note as it is written. */
  @Override
  public String toString() {
    return text + "\n" + signatureLines();
  }

  private static void checkText(String text) {
    if (!text.endsWith("\n")
        || text.codePoints().anyMatch(c -> (c < 0x20 && c != '\n') || c == 0xFFFD)) {
      throw new IllegalArgumentException("not the text of a note");
    }
  }
}
