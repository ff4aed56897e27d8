package im.palisade.server.auditlog;

import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.verify.VerifyOptions;
import im.palisade.server.audit.Cause;
import im.palisade.server.store.AuditUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The audit log of one region, as the rest of the server may use it: to read, never to write. */
public final class RegionLog {
  private static final long MOST_SECONDS = 10;

  private final LogKeeper keeper;
  private final Relay relay;

  RegionLog(LogKeeper keeper, Relay relay) {
    this.keeper = keeper;
    this.relay = relay;
  }

  /**
   * The open log: entries, proofs, checkpoints. It is another after trouble, so it must not be
   * kept; empty while it cannot be opened.
   */
  public Optional<AuditLog> log() {
    return keeper.log();
  }

  /** Folder of the log's files. */
  public Path folder() {
    return keeper.folder();
  }

  /** Why the log cannot be written; empty while it can. */
  public Optional<String> problem() {
    return relay.problem();
  }

  /** Whether acts that must be on record are refused. */
  public boolean refuses() {
    return relay.refuses();
  }

  /**
   * Waits until everything that was handed over before has a leaf, so that a reader sees it.
   *
   * @throws AuditUnavailableException when the log cannot be written, or not soon
   */
  public void catchUp() {
    try {
      relay.take(0, List.of()).get(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AuditUnavailableException(false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AuditUnavailableException(false);
    }
    if (problem().isPresent()) {
      throw new AuditUnavailableException(false);
    }
  }

  /**
   * What the log itself can be checked by: its own keys and the checkpoints that are remembered
   * outside its folder.
   */
  public VerifyOptions ownTrust() {
    return OwnTrust.of(folder(), keeper.heads());
  }

  /**
   * Lets a new key sign from now on, the present one beside it for a day.
   *
   * @return the new key
   * @throws IllegalStateException while the rotation before is not over
   * @throws IOException when the key cannot be kept or the log is not open
   */
  public VerifierKey rotateKey(Cause cause) throws IOException {
    return keeper.rotate(cause.actor(), cause.source(), cause.request());
  }

  LogKeeper keeper() {
    return keeper;
  }

  Relay relay() {
    return relay;
  }
}
