package im.palisade.compliance.verify;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;

/**
 * A statement that the log had that size and root.
 *
 * @param source where it was found
 */
record Head(Origin from, String source, Checkpoint checkpoint, SignedNote note) {
  /** Whose statement it is. */
  enum Origin {
    /** The log's newest checkpoint. */
    NEWEST,
    /** A checkpoint, digest or receipt in the log's folder. */
    KEPT,
    /** What the next epoch says of this one. */
    STATED,
    /** Somebody kept it elsewhere. */
    KNOWN
  }

  long size() {
    return checkpoint.size();
  }
}
