package im.palisade.server.auditlog;

import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.LogKey;
import im.palisade.compliance.verify.VerifyOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom a server believes about its own log: the keys that stand in the log's first epoch. A log
 * that was replaced as a whole is found by checkpoints that are known from elsewhere, or by an
 * auditor who has the key by another path.
 */
public final class OwnTrust {
  private OwnTrust() {}

  /** For the log in that folder; what cannot be read there the verifier names. */
  public static VerifyOptions of(Path folder, List<SignedNote> known) {
    List<VerifierKey> keys = new ArrayList<>();
    try {
      ReadOnlyDisk files = new ReadOnlyDisk(folder);
      List<Integer> epochs = EpochFiles.epochs(files);
      if (!epochs.isEmpty()) {
        EpochFiles first = new EpochFiles(files, epochs.getFirst());
        for (String name : first.list("keys")) {
          keys.add(LogKey.parse(first.text("keys/" + name).orElse("")).key());
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      keys.clear();
    }
    return VerifyOptions.trusting(keys).withKnown(known);
  }
}
