package im.palisade.compliance.anchor;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A place outside that a checkpoint is given to. */
public interface Anchor {
  /** Consistency proofs of the tree that is anchored. */
  @FunctionalInterface
  interface Proofs {
    /** The proof that the tree continues that of a smaller size. */
    List<byte[]> consistencyFrom(long size) throws IOException;
  }

  /** The checkpoint, as it stands in {@code checkpoints/}, and proofs. */
  record Head(SignedNote note, Proofs proofs) {
    /** The bytes that are anchored. */
    public byte[] bytes() {
      return note.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** What it says. */
    public Checkpoint checkpoint() {
      return Checkpoint.parse(note.text());
    }
  }

  /**
   * The receipt's file name: {@code witness}, {@code rfc3161}, {@code folder}, {@code object-lock}
   * or {@code paper}, where there are several with a hyphen and a name behind it.
   */
  String kind();

  /**
   * Anchors a checkpoint.
   *
   * @return the receipt
   * @throws IOException when it was refused or could not be reached
   */
  byte[] anchor(Head head) throws IOException;
}
