package im.palisade.server.auditlog;

import im.palisade.compliance.log.AuditLog;
import java.nio.file.Path;
import java.util.Optional;

/** The audit log of one region, as the rest of the server may use it: to read, never to write. */
public final class RegionLog {
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

  LogKeeper keeper() {
    return keeper;
  }

  Relay relay() {
    return relay;
  }
}
