package im.palisade.server.auditlog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.jobs.Job;
import im.palisade.server.jobs.JobRunner;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class JobFailuresTest {
  private final RecordedEvents trail = new RecordedEvents();

  @Test
  void aRetentionRunThatFailsIsOnRecordAndOtherJobsAreNot() {
    Job retention = job("deleting", AuditDeclaration.records("retention.run"));
    Job other = job("counting", AuditDeclaration.none("changes nothing at all"));
    JobFailures failures = new JobFailures(trail, Clock.systemUTC());
    try (JobRunner runner = new JobRunner(List.of(other, retention), failures)) {
      runner.start();
      Awaitility.await().until(() -> !trail.types().isEmpty());
    }
    assertEquals("retention.run.failed", trail.types().getFirst());
    assertEquals("deleting", trail.events.getFirst().actor().ref());
  }

  private static Job job(String name, AuditDeclaration audit) {
    return new Job(
        name,
        Duration.ofMillis(1),
        audit,
        () -> {
          throw new IllegalStateException("fails");
        });
  }
}
