package im.palisade.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.admin.door.Access;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.admin.identity.Role;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestConsole.Answer;
import im.palisade.server.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every call of the console with every built-in role: allowed, or refused and nothing done. */
class AccessMatrixTest {
  /**
   * No app, administrator, key or session has it, so that a call that is let through does little.
   */
  private static final String NOBODY = "999999999";

  @Test
  void everyCallIsAllowedToTheRolesThatHaveItsPermissionAndToNoOther() {
    TestApp app = TestServer.shared().newApp();
    TestApp other = TestServer.shared().newApp();
    List<String> wrong = new ArrayList<>();
    for (Role role : Role.BUILT_IN) {
      boolean everywhere = role.permissions().contains(Permission.AUDIT_READ);
      TestConsole browser = TestConsole.with(role.key(), everywhere ? 0 : app.appId());
      for (AdminEndpoint<?, ?> endpoint : calls()) {
        Optional<Permission> needed = needed(endpoint);
        boolean allowed =
            needed.isEmpty()
                || (role.permissions().contains(needed.get())
                    && (everywhere || needed.get().scope() == Permission.Scope.APP));
        Answer answer = call(browser, endpoint, app.appId());
        boolean refused = answer.error().equals("forbidden");
        if (refused == allowed || answer.status() >= 500) {
          wrong.add(role.key() + " " + endpoint.path() + " " + answer.status() + answer.body());
        }
        if (endpoint.isOfApp() && !everywhere) {
          Answer elsewhere = call(browser, endpoint, other.appId());
          if (!elsewhere.error().equals("forbidden")) {
            wrong.add(role.key() + " in another app " + endpoint.path() + elsewhere.body());
          }
        }
      }
    }
    assertTrue(wrong.isEmpty(), () -> String.join("\n", wrong));
    JsonNode denied = AuditLeaves.await(app, "content.denied", _ -> true);
    assertEquals("denied", denied.at("/outcome/result").asText());
    assertEquals(1, app.app().keys().size());
    assertTrue(app.app().isActive());
  }

  @Test
  void nobodyDoesAnythingWithoutASession() {
    TestConsole browser = TestConsole.at(TestServer.shared().server().facts().consoleUrl());
    for (AdminEndpoint<?, ?> endpoint : calls()) {
      assertEquals("signed-out", call(browser, endpoint, 1).error(), endpoint.path());
    }
  }

  @Test
  void anAppThatIsNotForOneToSeeIsNotToldFromOneThatIsNotThere() {
    TestApp app = TestServer.shared().newApp();
    TestConsole browser = TestConsole.with("help-desk", app.appId());
    TestApp other = TestServer.shared().newApp();
    Answer hidden = browser.get("/apps/" + other.appId());
    Answer absent = browser.get("/apps/" + NOBODY);
    assertEquals(hidden.status(), absent.status());
    assertEquals(hidden.error(), absent.error());
    assertEquals(1, browser.get("/apps").ok().body().path("apps").size());
  }

  @Test
  void nobodyHandsOutMoreThanTheirOwn() {
    TestConsole first = TestConsole.superAdministrator();
    String key =
        first
            .post(
                "/roles",
                "{\"name\":\""
                    + TestConsole.newName()
                    + "\",\"description\":\"d\",\"permissions\":[\"administrators.write\","
                    + "\"administrators.read\",\"roles.write\",\"users.read\"]}")
            .ok()
            .body()
            .path("key")
            .asText();
    TestConsole limited = TestConsole.with(key, 0);
    String grant =
        "{\"name\":\"%s\",\"displayName\":\"d\",\"grants\":[{\"role\":\"%s\",\"app\":0}]}";
    limited
        .post("/administrators", grant.formatted(TestConsole.newName(), "super"))
        .refused("forbidden");
    limited.post("/administrators", grant.formatted(TestConsole.newName(), key)).ok();
    limited
        .post("/roles", "{\"name\":\"more\",\"description\":\"d\",\"permissions\":[\"apps.keys\"]}")
        .refused("forbidden");
    limited
        .post(
            "/roles/update",
            "{\"key\":\""
                + key
                + "\",\"name\":\"more\",\"description\":\"d\",\"permissions\":[\"apps.keys\"]}")
        .refused("forbidden");
    long firstId = first.get("/session").ok().body().path("me").path("id").asLong();
    for (String act : List.of("disable", "delete", "reset-password", "remove-second-factor")) {
      limited.post("/administrators/" + firstId + "/" + act, "{}").refused("forbidden");
    }
    limited.post("/administrators/" + firstId + "/grants", "{\"grants\":[]}").refused("forbidden");
    first.post("/roles/delete", "{\"key\":\"" + key + "\"}").refused("conflict");
    first.post("/roles/delete", "{\"key\":\"super\"}").refused("conflict");
  }

  private static List<AdminEndpoint<?, ?>> calls() {
    return TestServer.shared().server().adminTable().all().stream()
        .filter(endpoint -> !(endpoint.access() instanceof Access.Open))
        // These would end the very session or change its password.
        .filter(endpoint -> !endpoint.path().equals("/session/end"))
        .toList();
  }

  private static Optional<Permission> needed(AdminEndpoint<?, ?> endpoint) {
    return switch (endpoint.access()) {
      case Access.Open _, Access.SignedIn _ -> Optional.empty();
      case Access.Needs needs -> Optional.of(needs.permission());
      case Access.NeedsSomewhere needs -> Optional.of(needs.permission());
    };
  }

  private static Answer call(TestConsole browser, AdminEndpoint<?, ?> endpoint, long app) {
    // An act that needs nothing but its path would be carried out: a member it does not know stops
    // it once it has been let through.
    String path = endpoint.path().replace("{app}", Long.toString(app)).replace("{id}", NOBODY);
    return endpoint.method() == AdminEndpoint.Method.GET
        ? browser.get(path)
        : browser.post(path, "{\"nothing\":1}");
  }
}
