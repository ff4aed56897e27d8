package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyOptions;
import im.palisade.compliance.verify.VerifyReport;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.DataDirectory;
import im.palisade.server.store.Database;
import im.palisade.server.testing.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Holds the audit log of a data directory, whose server has ended, to what the store says. */
final class RecordedRows {
  /** What happens to an account once at most. */
  private static final Set<String> ONCE = Set.of("user.import", "user.delete");

  private record Row(String userId, boolean deleted) {}

  private RecordedRows() {}

  /**
   * Checks that the log is what was signed, that no event stands twice and no node counts with a
   * gap, and that every account that was made or deleted has exactly one event that says so.
   */
  static void check(Path data, AccountWriter writer) throws IOException {
    Path log = data.resolve("audit/default");
    String key;
    try (var files = Files.list(log.resolve("1/keys"))) {
      key = Files.readAllLines(files.findFirst().orElseThrow()).getFirst();
    }
    VerifyReport report = LogVerifier.verify(log, VerifyOptions.trusting(LogVerifier.keys(key)));
    assertEquals(0, report.exitCode(), report::text);

    Map<String, Row> rows = rows(data);
    Set<String> ids = new HashSet<>();
    Map<String, Long> counters = new HashMap<>();
    Map<String, Set<String>> byType = new HashMap<>();
    LogReader reader = LogReader.newest(new ReadOnlyDisk(log));
    reader.entries(
        0,
        reader.size(),
        (_, entry) -> {
          JsonNode event = Json.mapper().readTree(entry);
          assertTrue(ids.add(event.path("id").asText()), event::toString);
          long n = event.path("node").path("n").asLong();
          long before = counters.getOrDefault(event.path("node").path("id").asText(), 0L);
          assertEquals(before + 1, n, event::toString);
          counters.put(event.path("node").path("id").asText(), n);
          Set<String> of =
              byType.computeIfAbsent(event.path("type").asText(), _ -> new TreeSet<>());
          for (JsonNode target : event.path("target")) {
            String ref = target.path("ref").asText();
            boolean first = of.add(ref);
            if (ONCE.contains(event.path("type").asText())) {
              assertTrue(first, event::toString);
            }
          }
        });
    Set<String> made = new TreeSet<>();
    Set<String> deleted = new TreeSet<>();
    Set<String> userIds = new HashSet<>();
    Set<String> deletedIds = new HashSet<>();
    rows.forEach(
        (ref, row) -> {
          made.add(ref);
          userIds.add(row.userId());
          if (row.deleted()) {
            deleted.add(ref);
            deletedIds.add(row.userId());
          }
        });
    assertTrue(userIds.containsAll(writer.made()), "an account that was acknowledged is lost");
    assertTrue(deletedIds.containsAll(writer.deleted()), "a deletion is lost");
    assertTrue(!deleted.isEmpty(), "nothing was deleted");
    assertEquals(made, byType.get("user.import"), "accounts and what the log says was imported");
    assertEquals(deleted, byType.get("user.delete"), "deletions and what the log says of them");
  }

  /** Every account there ever was, by its reference. */
  private static Map<String, Row> rows(Path data) {
    try (DataDirectory directory = DataDirectory.open(data);
        Database database = Database.open(TestDatabase.settings(Map.of()), directory);
        Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      Map<String, Row> rows = new HashMap<>();
      try (ResultSet row =
          statement.executeQuery("SELECT subject_ref, user_id, deleted_id FROM account")) {
        while (row.next()) {
          String ref =
              "usr_" + Base64.getUrlEncoder().withoutPadding().encodeToString(row.getBytes(1));
          String userId = new String(row.getBytes(2), StandardCharsets.UTF_8);
          rows.put(ref, new Row(userId, row.getLong(3) != 0));
        }
      }
      try (ResultSet left = statement.executeQuery("SELECT COUNT(*) FROM audit_outbox")) {
        left.next();
        assertEquals(0, left.getInt(1), "a clean stop leaves nothing in the outbox");
      }
      return rows;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
