package im.palisade.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.audit.AuditEventType;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Nothing happens in the console without its record: each call leaves what it declares. */
class ConsoleCoverageTest {
  /** Works once in the life of an installation; the shared server's tests begin with it. */
  private static final String FIRST = "POST /first-administrator";

  /** Done in AuditCareTest: another key would disturb those that check the shared server's log. */
  private static final String ROTATE = "POST /audit/rotate-key";

  /** Summed up and written once a minute. */
  private static final Set<String> SUMMARISED = Set.of("message.sent_as_other");

  private final TestServer server = TestServer.shared();

  @Test
  void everyActDeclaresAnEventOrSaysWhyItNeedsNone() {
    List<String> wrong = new ArrayList<>();
    for (AdminEndpoint<?, ?> endpoint : server.server().adminTable().all()) {
      switch (endpoint.audit()) {
        case AuditDeclaration.Records records -> {
          if (records.types().isEmpty()) {
            wrong.add(endpoint.path());
          }
        }
        case AuditDeclaration.None none -> {
          if (none.because().length() <= 10) {
            wrong.add(endpoint.path());
          }
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void everyCallLeavesWhatItDeclares() {
    Map<String, Set<String>> written = ConsoleTour.make();
    Set<String> declaring = new TreeSet<>();
    List<String> wrong = new ArrayList<>();
    for (AdminEndpoint<?, ?> endpoint : server.server().adminTable().all()) {
      String call = endpoint.method() + " " + endpoint.path();
      if (endpoint.audit() instanceof AuditDeclaration.Records records
          && !Set.of(FIRST, ROTATE).contains(call)) {
        declaring.add(call);
        for (AuditEventType type : records.types()) {
          if (!SUMMARISED.contains(type.id())
              && !written.getOrDefault(call, Set.of()).contains(type.id())) {
            wrong.add(call + " declares " + type.id() + " and left " + written.get(call));
          }
        }
      }
    }
    declaring.removeAll(written.keySet());
    assertEquals(Set.of(), declaring, "calls that the tour does not make");
    assertTrue(wrong.isEmpty(), () -> String.join("\n", wrong));
  }

  @Test
  void theFirstAdministratorIsOnRecord() {
    var _ = TestConsole.superAdministrator();
    AuditLeaves.catchUp(server.server());
    Set<String> types = new TreeSet<>();
    AuditLeaves.all(server.server()).forEach(event -> types.add(event.path("type").asText()));
    assertTrue(types.containsAll(Set.of("admin.account.create", "admin.role.grant")));
  }
}
