package im.palisade.compliance.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedNoteTest {
  /** The example of Go's package golang.org/x/mod/sumdb/note, the format's first implementation. */
  private static final String KEY =
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

  private static final String NOTE =
      """
      If you think cryptography is the answer to your problem,
      then you don't know what your problem is.

      — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
      """;

  @Test
  void aNoteOfAnotherImplementationIsCheckedAndWrittenAlike() {
    VerifierKey key = VerifierKey.parse(KEY);
    SignedNote note = SignedNote.parse(NOTE);
    assertTrue(note.isSignedBy(key));
    assertEquals(NOTE, note.toString());
    assertEquals(KEY, key.line());
    assertFalse(SignedNote.parse(NOTE.replace("answer", "ansver")).isSignedBy(key));
  }

  @Test
  void aKeyLineWhoseIdIsNotThatOfItsKeyIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> VerifierKey.parse(KEY.replace("c74f", "c74e")));
  }

  @Test
  void aSealedKeySignsAfterItIsReadBackAndIsRefusedWhenOthersMayReadIt(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("key");
    Ed25519Signer signer = Ed25519Signer.generate("a/1");
    signer.seal(file);
    Ed25519Signer back = Ed25519Signer.unseal(file);
    assertEquals(signer.verifierKey(), back.verifierKey());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThrows(java.io.IOException.class, () -> Ed25519Signer.unseal(file));
  }

  @Test
  void aCheckpointHasOneSpelling() {
    String text = "a/1\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    assertEquals(text, Checkpoint.parse(text).text());
    for (String bad :
        new String[] {
          text.replace("\n5\n", "\n05\n"),
          text.replace("I=", "J="),
          text + "extension\n",
          text.substring(0, text.length() - 1),
          text.replace("\n5\n", "\n-5\n")
        }) {
      assertThrows(IllegalArgumentException.class, () -> Checkpoint.parse(bad), bad);
    }
  }
}
