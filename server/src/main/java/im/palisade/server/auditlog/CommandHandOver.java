package im.palisade.server.auditlog;

import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.jobs.Job;
import im.palisade.server.security.SecretBox;
import im.palisade.server.store.AuditRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends to the logs what commands on the machine have left on record. */
final class CommandHandOver {
  private static final Logger LOG = LoggerFactory.getLogger(CommandHandOver.class);
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final int MOST_SECONDS = 5;

  private final Path data;
  private final Map<String, RegionLog> logs;
  private final SecretBox box;

  CommandHandOver(Path data, Map<String, RegionLog> logs, SecretBox box) {
    this.data = data;
    this.logs = logs;
    this.box = box;
  }

  Job job() {
    return new Job(
        "audit-commands",
        EVERY,
        AuditDeclaration.none("hands over what commands on the machine put on record"),
        this::run);
  }

  private void run() {
    for (Map.Entry<String, RegionLog> log : logs.entrySet()) {
      try {
        for (Path file : CommandRecords.left(data, log.getKey())) {
          if (!handOver(file, log.getValue())) {
            break; // They keep their order.
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private boolean handOver(Path file, RegionLog log) throws IOException {
    List<AuditRecord> records;
    try {
      records = CommandRecords.read(file, box);
    } catch (IllegalArgumentException e) {
      LOG.error("what a command left on record in {} was changed and is set aside", file, e);
      CommandRecords.setAside(file);
      return true;
    }
    try {
      log.relay().take(0, records).get(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return false; // It is durable here, and known by its ids when it comes again.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    Files.delete(file);
    return true;
  }
}
