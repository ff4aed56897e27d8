package im.palisade.server.auditlog;

import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.log.AuditLog;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.StartException;
import im.palisade.server.store.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Begins a new epoch of a log that cannot be continued, while no server runs: its first entry says
 * why, who approved it and what is gone. What was signed stays as it is.
 */
public final class NewEpoch {
  private NewEpoch() {}

  /**
   * Begins it.
   *
   * @param log folder of the log; empty for that of the data directory
   * @param reason {@code planned}, {@code restore} or {@code key-loss}
   * @param known files with checkpoints that anybody kept of the old epoch
   * @return the new origin
   */
  public static String begin(
      Path data,
      Optional<Path> log,
      String region,
      String reason,
      List<Path> known,
      String approver,
      Clock clock) {
    try (DataDirectory directory = DataDirectory.open(data)) {
      Path folder = log.orElseGet(() -> directory.resolve("audit").resolve(region));
      if (!Files.isDirectory(folder.resolve("1"))) {
        throw new StartException("there is no audit log in " + folder);
      }
      Path key = directory.resolve("secrets").resolve("audit-signing-" + region);
      if (reason.equals("key-loss")) {
        Files.deleteIfExists(key);
      }
      if (!Files.exists(key)) {
        Ed25519Signer.generate("palisade").seal(key);
        DurableFiles.forceDirectory(key.getParent());
      }
      AuditLogFeature.LogNames names =
          AuditLogFeature.LogNames.of(directory.resolve("audit-names"), Optional.empty());
      List<SignedNote> notes = new ArrayList<>();
      for (Path file : known) {
        notes.add(SignedNote.parse(Files.readString(file)));
      }
      try (AuditLog fresh =
          AuditLog.beginEpoch(
              AuditLog.Settings.of(names.deployment(), region, names.node()),
              new DiskFiles(folder),
              List.of(Ed25519Signer.unseal(key)),
              reason,
              notes,
              approver,
              clock)) {
        return fresh.origin();
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new StartException("no new epoch could be begun: " + e.getMessage(), e);
    }
  }
}
