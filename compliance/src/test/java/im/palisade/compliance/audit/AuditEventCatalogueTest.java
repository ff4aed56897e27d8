package im.palisade.compliance.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.audit.AuditEventType.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditEventCatalogueTest {
  private final AuditEventCatalogue catalogue = AuditEventCatalogue.shipped();

  @Test
  void readsEveryAttributeOfAType() {
    assertEquals(
        new AuditEventType(
            "user.delete",
            "user",
            Severity.MEDIUM,
            true,
            true,
            true,
            3001,
            6,
            List.of("iam"),
            "User deleted"),
        catalogue.type("user.delete"));
  }

  @Test
  void refusesAnUnknownType() {
    assertThrows(IllegalArgumentException.class, () -> catalogue.type("user.vanish"));
  }

  @Test
  void keepsTheOrderOfTheFile() {
    assertEquals("auth.admin.login", catalogue.all().iterator().next().id());
    assertTrue(catalogue.all().size() > 150, "the whole catalogue is shipped");
  }
}
