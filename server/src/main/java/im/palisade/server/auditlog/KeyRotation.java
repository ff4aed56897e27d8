package im.palisade.server.auditlog;

import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.log.AuditLog;
import im.palisade.server.audit.Cause;
import im.palisade.server.store.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** Lets a new key sign a log that no server has open. */
public final class KeyRotation {
  private KeyRotation() {}

  /**
   * Rotates the key of a stopped server.
   *
   * @param log folder of the log
   * @return the new key
   * @throws im.palisade.server.config.StartException while a server runs there
   * @throws IllegalStateException while the rotation before is not over
   */
  public static VerifierKey ofStopped(Path data, Path log, String region, Cause cause, Clock clock)
      throws IOException {
    try (DataDirectory directory = DataDirectory.open(data)) {
      AuditLogFeature.LogNames names =
          AuditLogFeature.LogNames.of(directory.resolve("audit-names"), Optional.empty());
      AuditLog.Settings settings = AuditLog.Settings.of(names.deployment(), region, names.node());
      SigningKeys keys = SigningKeys.of(directory.resolve("secrets"), region, log, clock);
      KnownHeads heads = new KnownHeads(directory.root(), region, Optional.empty());
      try (AuditLog open =
          AuditLog.open(
              settings, new DiskFiles(log), keys.signers(), heads.of(settings.origin()), clock)) {
        VerifierKey fresh = keys.rotate(open, cause.actor(), cause.source(), cause.request());
        heads.remember(open.publish());
        return fresh;
      }
    }
  }
}
