package im.palisade.server.auditlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartRecordsTest {
  private final RecordedEvents trail = new RecordedEvents();

  @Test
  void whatChangedSinceTheLastStartIsOnRecordWithBeforeAndAfter(@TempDir Path folder) {
    StartRecords records = new StartRecords(folder.resolve("seen"), trail, Clock.systemUTC());
    records.started("1", true, Map.of("rest.port", "80"));
    assertEquals(
        List.of("software.install", "migration.run", "config.change", "node.join"), trail.types());
    trail.events.clear();
    records.started("1", false, Map.of("rest.port", "80"));
    assertEquals(List.of("node.join"), trail.types());
    trail.events.clear();
    records.started(
        "1",
        false,
        Map.of(
            "rest.port", "81",
            "tls.certificate", "/a",
            "console.second-factor", "optional",
            "metrics.allowed-addresses", "::1",
            "x.password", "hidden"));
    assertEquals(
        List.of(
            "config.authpolicy.set",
            "config.allowlist.set",
            "config.change",
            "config.tls.set",
            "config.change",
            "node.join"),
        trail.types());
    assertEquals(Map.of("value", "80"), trail.events.get(2).before());
    assertEquals(Map.of("value", "81"), trail.events.get(2).change());
    assertFalse(trail.events.toString().contains("hidden"));
  }
}
