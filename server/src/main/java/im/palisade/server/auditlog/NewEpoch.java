package im.palisade.server.auditlog;

import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.NoteSigner;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.AuditLogException;
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
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins a new epoch of a log that cannot be continued, while no server runs: its first entry says
 * why, who approved it and what is gone. What was signed stays as it is.
 */
public final class NewEpoch {
  private static final Logger LOG = LoggerFactory.getLogger(NewEpoch.class);

  private NewEpoch() {}

  /**
   * Begins it.
   *
   * @param log folder of the log; empty for that of the data directory
   * @param reason {@code planned}, {@code restore} or {@code key-loss}
   * @param known files, or folders of files, with checkpoints that anybody kept of the old epoch
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
      return begin(directory, log, Optional.empty(), region, reason, notes(known), approver, clock);
    } catch (IOException | IllegalArgumentException e) {
      throw new StartException("no new epoch could be begun: " + e.getMessage(), e);
    }
  }

  /** The same in a data directory that is held already, asking a folder of anchors too. */
  public static String begin(
      DataDirectory directory,
      Optional<Path> log,
      Optional<Path> anchors,
      String region,
      String reason,
      List<SignedNote> known,
      String approver,
      Clock clock) {
    try {
      Path folder = log.orElseGet(() -> directory.resolve("audit").resolve(region));
      Path secrets = directory.resolve("secrets");
      Path key = SigningKeys.file(secrets, region);
      if (reason.equals("key-loss")) {
        SigningKeys.forget(secrets, region);
      }
      if (Files.exists(key)) {
        SigningKeys.undoUnknownRotation(secrets, region, folder);
      } else {
        Ed25519Signer.generate("palisade").seal(key);
        DurableFiles.forceDirectory(secrets);
      }
      AuditLogFeature.LogNames names =
          AuditLogFeature.LogNames.of(directory.resolve("audit-names"), Optional.empty());
      AuditLog.Settings settings = AuditLog.Settings.of(names.deployment(), region, names.node());
      List<SignedNote> all =
          new ArrayList<>(heads(directory, region, anchors).of(settings.origin()));
      all.addAll(known);
      if (all.isEmpty() && !Files.isDirectory(folder.resolve("1"))) {
        throw new StartException("there is no audit log in " + folder);
      }
      DiskFiles files = new DiskFiles(folder);
      List<NoteSigner> signers = List.of(Ed25519Signer.unseal(key));
      signTail(settings, files, signers, clock);
      try (AuditLog fresh =
          AuditLog.beginEpoch(settings, files, signers, reason, all, approver, clock)) {
        heads(directory, region, anchors).remember(fresh.publish());
        return fresh.origin();
      }
    } catch (IOException | IllegalArgumentException | AuditLogException e) {
      throw new StartException("no new epoch could be begun: " + e.getMessage(), e);
    }
  }

  /**
   * What was acknowledged after the last checkpoint is signed, so that the old epoch ends with it.
   */
  private static void signTail(
      AuditLog.Settings settings, DiskFiles files, List<NoteSigner> signers, Clock clock) {
    try (AuditLog old = AuditLog.open(settings, files, signers, List.of(), clock)) {
      old.publish();
    } catch (IOException | IllegalArgumentException | AuditLogException e) {
      LOG.warn("the end of the old epoch stays unsigned: {}", e.toString());
    }
  }

  private static List<SignedNote> notes(List<Path> known) throws IOException {
    List<SignedNote> notes = new ArrayList<>();
    for (Path file : known) {
      try (Stream<Path> files = Files.walk(file)) {
        for (Path each : files.filter(Files::isRegularFile).toList()) {
          notes.add(SignedNote.parse(Files.readString(each)));
        }
      }
    }
    return notes;
  }

  private static KnownHeads heads(DataDirectory directory, String region, Optional<Path> anchors) {
    return new KnownHeads(directory.root(), region, anchors);
  }
}
