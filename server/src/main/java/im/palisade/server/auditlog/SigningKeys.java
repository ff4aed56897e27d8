package im.palisade.server.auditlog;

import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.NoteSigner;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.LogKey;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The keys that sign one region's checkpoints; they sign nothing else. There is one, and for a day
 * after a rotation its predecessor too. Files in the folder of secrets: {@code
 * audit-signing-REGION}, {@code .old} beside it for that day, {@code .next} while a rotation is
 * being recorded.
 */
final class SigningKeys {
  private final Path current;
  private final Path old;
  private final Path next;
  private final Path log;
  private final Clock clock;
  private final boolean fresh;

  private SigningKeys(Path secrets, String region, Path log, Clock clock) throws IOException {
    this.current = file(secrets, region);
    this.old = current.resolveSibling(current.getFileName() + ".old");
    this.next = current.resolveSibling(current.getFileName() + ".next");
    this.log = log;
    this.clock = clock;
    // A rotation may have been cut short between its two renames.
    if (!Files.exists(current) && Files.exists(next) && Files.exists(old)) {
      Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);
    }
    this.fresh = !Files.exists(current);
    if (fresh) {
      if (Files.exists(log.resolve("1"))) {
        throw new StartException(
            "the audit signing key "
                + current
                + " is gone; restore it, or begin a new epoch with 'palisade audit new-epoch'");
      }
      Ed25519Signer.generate("palisade").seal(current);
      DurableFiles.forceDirectory(secrets);
    }
    finishRotation();
  }

  /**
   * The keys of a region; made at the first start.
   *
   * @param log folder of the region's log
   * @throws StartException when there is a log and no key, or a key cannot be used
   */
  static SigningKeys of(Path secrets, String region, Path log, Clock clock) {
    try {
      return new SigningKeys(secrets, region, log, clock);
    } catch (IOException e) {
      throw new StartException("the audit signing key cannot be used: " + e.getMessage(), e);
    }
  }

  /** Where the key of a region is. */
  static Path file(Path secrets, String region) {
    return secrets.resolve("audit-signing-" + region);
  }

  /** Takes the keys of a region away: they were lost to somebody, or belong to no log any more. */
  static void forget(Path secrets, String region) throws IOException {
    Path file = file(secrets, region);
    for (String end : List.of("", ".old", ".next")) {
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + end));
    }
  }

  /**
   * Goes back to the key before where a log, an older copy, knows nothing of the last rotation:
   * nobody who was given a key of that log could tell who signs.
   */
  static void undoUnknownRotation(Path secrets, String region, Path log) throws IOException {
    Path current = file(secrets, region);
    Path old = current.resolveSibling(current.getFileName() + ".old");
    if (Files.exists(old) && inLog(log, current).isEmpty() && inLog(log, old).isPresent()) {
      Files.move(old, current, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      DurableFiles.forceDirectory(secrets);
    }
  }

  /** Whether the key was made by this start. */
  boolean isFresh() {
    return fresh;
  }

  /** The key that signs, under its own name. */
  VerifierKey verifierKey() throws IOException {
    return Ed25519Signer.unseal(current).verifierKey();
  }

  /** Those that may sign now, the newest last. */
  List<NoteSigner> signers() throws IOException {
    List<NoteSigner> signers = new ArrayList<>();
    if (Files.exists(old)) {
      signers.add(Ed25519Signer.unseal(old));
    }
    signers.add(Ed25519Signer.unseal(current));
    return signers;
  }

  /**
   * Lets a new key sign from now on, with the old one beside it for a day.
   *
   * @return the new key
   * @throws IllegalStateException while the rotation before is not over
   * @throws IOException when the new key cannot be kept
   */
  VerifierKey rotate(AuditLog open, Actor actor, Source source, String request) throws IOException {
    finishRotation();
    if (Files.exists(old)) {
      throw new IllegalStateException("the key before still signs, until a day after its rotation");
    }
    Files.deleteIfExists(next);
    Ed25519Signer signer = Ed25519Signer.generate("palisade");
    signer.seal(next);
    DurableFiles.forceDirectory(next.getParent());
    open.rotate(signer, actor, source, request);
    promote();
    return signer.named(open.origin()).verifierKey();
  }

  /** What a crash left of a rotation is completed or undone; a key whose time is over goes. */
  private void finishRotation() throws IOException {
    if (Files.exists(next)) {
      if (inLog(log, next).isPresent()) {
        promote();
      } else {
        Files.delete(next);
      }
    }
    if (Files.exists(old)) {
      boolean over = inLog(log, old).map(key -> !key.isValid(clock.instant())).orElse(true);
      if (over) {
        Files.delete(old);
      }
    }
  }

  private void promote() throws IOException {
    Files.move(current, old, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);
    DurableFiles.forceDirectory(current.getParent());
  }

  /** What the newest epoch says of a key. */
  private static Optional<LogKey> inLog(Path log, Path file) throws IOException {
    if (!Files.isDirectory(log)) {
      return Optional.empty();
    }
    ReadOnlyDisk files = new ReadOnlyDisk(log);
    List<Integer> epochs = EpochFiles.epochs(files);
    if (epochs.isEmpty()) {
      return Optional.empty();
    }
    byte[] raw = Ed25519Signer.unseal(file).verifierKey().raw();
    EpochFiles epoch = new EpochFiles(files, epochs.getLast());
    for (String name : epoch.list("keys")) {
      LogKey key = LogKey.parse(epoch.text("keys/" + name).orElse(""));
      if (Arrays.equals(key.key().raw(), raw)) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }
}
